# Sourced by Tools/check and Tools/style: gates, and the files that they look at.

failures=0
# gate NAME FINDINGS: passes where nothing was found.
gate() {
  if [ -z "$2" ]; then
    echo "pass  $1"
  else
    echo "FAIL  $1"
    head -n 10 <<<"$2" | sed 's/^/        /'
    failures=$((failures + 1))
  fi
}
# conclude NAME: ends the script, with 1 where a gate has failed.
conclude() {
  [ $failures -eq 0 ] && return
  echo "$1: failed, $failures gates" >&2
  exit 1
}
# files PATHS...: what is in the work tree and not ignored, a name each line; outside of a repository, what is there.
files() {
  local name
  { git ls-files -co --exclude-standard -- "$@" 2>/dev/null || find "$@" -type f -not -path '*/.build*'; } |
    while read -r name; do
      if [ -e "$name" ]; then echo "$name"; fi
    done
}
swift_files() { files "$@" | grep '\.swift$'; }
# search PATTERN FILES...: the lines that match; no match is no error.
search() { grep -nE "$@" /dev/null || true; }
