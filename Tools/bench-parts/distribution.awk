# Least, median and greatest of the numbers in the second column, sorted: "LEAST / MEDIAN / GREATEST".
{ value[NR] = $2 }
END {
  if (NR == 0) print "none"
  else printf "%d / %d / %d\n", value[1], value[int((NR + 1) / 2)], value[NR]
}
