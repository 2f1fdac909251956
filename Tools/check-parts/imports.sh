# Sourced by Tools/style: whether README's graph of modules and the sources' imports agree.

# module_folders: a module and its folder each line. Libraries of C that are not ours are in no graph.
module_folders() {
  local folder
  for folder in Sources/* Tracer/* Kernel/KernelMain Kernel/ArchX86 Kernel/ArchX86Assembly Kernel/Partitions; do
    if [ -d "$folder" ] && [ ! -e "$folder/module.modulemap" ]; then echo "$(basename "$folder") $folder"; fi
  done
}

# module_imports: who imports whom in Swift, two names a line.
module_imports() {
  local name folder
  while read -r name folder; do
    find "$folder" -name '*.swift' -exec grep -hoE '^(@[a-z]+ |public )?import +[A-Za-z0-9]+' {} + |
      awk -v name="$name" '{ print name, $NF }'
  done < <(module_folders) | sort -u
}

# graph_differences: imports of ours that README's graph does not lead to, and edges of it that no import is behind.
# Nothing is imported by what has no Swift, nor by partitions in C.
graph_differences() {
  awk '
    FILENAME == "README.md" {
      if ($0 == "```mermaid") { isGraph = 1 } else if (/^```/) { isGraph = 0 }
      if (!isGraph || split($0, sides, " --> ") != 2) next
      gsub(/[ &]+/, " ", sides[1]); gsub(/[ &]+/, " ", sides[2])
      for (i = split(sides[1], above, " "); i > 0; i--)
        for (j = split(sides[2], below, " "); j > 0; j--) { edge[above[i], below[j]]; leads[above[i], below[j]] }
      next
    }
    $2 ~ "/" { module[$1]; next }
    { swift[$1]; imports[$1, $2] }
    END {
      for (via in module) for (from in module) if ((from, via) in leads)
        for (to in module) if ((via, to) in leads) leads[from, to]
      for (pair in imports) {
        split(pair, ends, SUBSEP)
        if (ends[2] in module && ends[1] != ends[2] && !(pair in leads))
          print "README.md: no way from " ends[1] " to " ends[2] ", which it imports"
      }
      for (pair in edge) {
        split(pair, ends, SUBSEP)
        if (!(ends[1] in module) || !(ends[2] in module))
          print "README.md: " ends[1] " --> " ends[2] ": no such module"
        else if (ends[1] in swift && !(pair in imports) && ends[1] != "Partitions")
          print "README.md: " ends[1] " --> " ends[2] ": is not imported"
      }
    }' README.md <(module_folders) <(module_imports) | sort
}
