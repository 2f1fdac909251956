# Instructions that the kernel's trace recorder executed: all whose chain of inlined functions, by the compiler's own
# line table, passes through TraceRing.swift or EventBatch.swift, whoever inlined it; reading the clock and scaling it
# included, argument values that the caller computes not. Input: "ADDRESS COUNT" lines, then the output of `addr2line
# -a -f -i -s`.
FNR == NR {
  executed["0x" $1] = $2
  next
}
/^0x/ {
  address = $1
  next
}
# Taking over the drainer's tail and closing the ring are no emission.
/updateTail|5close/ { other[address] = 1 }
/^(TraceRing|EventBatch)\.swift/ { recorder[address] = 1 }
END {
  for (address in recorder) if (!(address in other)) total += executed[address]
  printf "%d\n", total
}
