# What Tools/build-images and Tools/build-partition have in common: flags from where they are written down, and what
# becomes of an image that is linked.

readonly program=$(basename "$0")
# What is sorted is the same everywhere.
export LC_ALL=C

# The same sources make the same bytes, and so the same build identity and the same trace, wherever they lie: debug
# information names files from the top of the tree, and no files of the compiler's cache.
readonly anywhere=(
  -Xswiftc -file-prefix-map -Xswiftc "$PWD=." -Xcc "-ffile-prefix-map=$PWD=."
  -Xswiftc -Xfrontend -Xswiftc -no-clang-module-breadcrumbs
)

# toolset_options TOOL TOOLSET: the options that a toolset of Kernel/Image has for a tool, one a line.
toolset_options() {
  awk -v tool="\"$1\":" '
    index($0, tool) { isOurs = 1; next }
    isOurs { line = $0; sub(/.*"extraCLIOptions":/, "", line)
      while (match(line, /"[^"]*"/)) {
        print substr(line, RSTART + 1, RLENGTH - 2)
        line = substr(line, RSTART + RLENGTH)
      }
      if (index(line, "]")) exit
    }' "Kernel/Image/$2.json"
}

# made_with: what the libraries are made with beside the sources: compiler and C library.
made_with() {
  stat -L -c '%n %s %Y' "$(command -v swiftc)" "$(toolset_options linker partition-c | grep '/libc\.a$')"
}

# check_partition FILE NAME: what the kernel relies on and the linker does not promise.
check_partition() {
  local file=$1 name=$2 segments
  segments=$(readelf -lW "$file" |
    awk '$1 == "LOAD" { flags = ""; for (i = 7; i < NF; i++) flags = flags $i; print flags }')
  if grep -q 'W.*E' <<<"$segments"; then
    echo "$program: $name has a segment that is writable and executable" >&2
    return 1
  fi
  if [[ -n $(nm -u "$file" | grep -v ' w ') ]]; then
    echo "$program: $name has undefined symbols:" >&2
    nm -u "$file" >&2
    return 1
  fi
  [[ $(readelf -n "$file") == *'Build ID'* ]] || { echo "$program: $name has no build identity" >&2; return 1; }
}

# functions_that_call: of a disassembly those that have the instruction `syscall`.
functions_that_call() {
  awk '/^[0-9a-f]+ <.*>:$/ { name = substr($2, 2, length($2) - 3) } $2 == "syscall" { print name }'
}
