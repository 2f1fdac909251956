# What the words of Tools/build-partition's command line mean.

# refuse WHAT: bad usage.
refuse() {
  echo "$program: $1; '$program --help' says more" >&2
  exit 2
}

# value_of OPTION ARGUMENTS…: what follows an option.
value_of() {
  [[ $# -gt 1 && -n $2 ]] || refuse "$1 wants a value"
  echo "$2"
}

# require_name NAME: one that can be a file, and an image in a module file.
require_name() {
  [[ $1 =~ ^[A-Za-z_][A-Za-z0-9_-]*$ ]] ||
    refuse "'$1' is no name for a partition: take letters, digits, _ and -, a letter first (--name)"
}

# bytes_of TEXT: what --heap says; refused where it is no size of a heap.
bytes_of() {
  local number=${1%[KM]} bytes=0
  if [[ $number =~ ^[1-9][0-9]{0,8}$ ]]; then
    bytes=$number
    [[ $1 != *K ]] || bytes=$((number * 1024))
    [[ $1 != *M ]] || bytes=$((number * 1024 * 1024))
  fi
  [[ $bytes -ge 16384 && $bytes -le 33554432 ]] || refuse "--heap: '$1' is no size from 16K to 32M"
  echo "$bytes"
}

# begin_new NAME FOLDER SOURCE: the template under this name, in the language of one of its sources.
begin_new() {
  local name=$1 folder=$2 source=$3 template=$tree/Kernel/Modules/Template file
  require_name "$name"
  [[ $name != *-* ]] || refuse "'$name' names a type too, so there may be no - in it"
  local -A files=([$source]="$folder/${source/Nav/$name}" [module.xml]="$folder/module.xml")
  for file in "${files[@]}"; do [[ ! -e $file ]] || refuse "'$file' is there already"; done
  mkdir -p "$folder" || exit 2
  for file in "${!files[@]}"; do sed "s/\\bNav\\b/$name/g" "$template/$file" >"${files[$file]}"; done
  printf '%s\n' "${files[@]}" | sort
  echo "next: '$0 --name $name -o $folder $folder', then 'partita check $folder/module.xml'" >&2
}
