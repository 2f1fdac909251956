# Kernel instructions, from what `partita dump` prints: under the emulator one guest instruction is one nanosecond.
#
# Prints lines "QUANTITY NUMBER"; a figure is made of the numbers of one quantity. An entry begins when the entry stub
# reads the time-stamp counter, which is the time of its input event; what the stub did before that reading
# (lineStub, timerStub, exceptionStub and systemCallStub, counted in the image) is added. It ends with the first
# instruction in ring 3: the last event's time plus the `resumed=` of the next input. An entry that waits for a window's
# instant ends where the wait begins, with the `padded` event, since the wait is as long as it has to be.

function nanoseconds(text,  part) {
  split(text, part, ".")
  return part[1] * 1000000000 + part[2]
}
function field(name,  start) {
  if (!match($0, " " name "=[^ ]*")) return ""
  start = RSTART + length(name) + 2
  return substr($0, start, RSTART + RLENGTH - start)
}

# The kernel is left for ring 3 at `instant`: books the entry that ends there.
function leave(instant,  spent) {
  if (!inEntry) return
  inEntry = 0
  spent = instant - entryTime + stub
  if (switched) print started ? "partition_start" : keyframed ? "keyframe_switch" : "partition_switch", spent
  else if (cause == "interrupt" && !upcalled) print "interrupt_round_trip", spent
  if (upcalled) print cause == "interrupt" ? "direct_upcall" : "marked_upcall", spent
  if (reflected) print "fault_reflected", spent
  if (cause == "hypercall" && !switched && !upcalled) print "hypercall." call, spent
}

$3 == "interrupt" || $3 == "timer" || $3 == "hypercall" || $3 == "exception" {
  time = nanoseconds($2)
  # An interrupt of the wait before a window, or of the idle loop, resumes no partition.
  if ($4 == "–") inEntry = 0
  else {
    leave(lastTime + field("resumed"))
    inEntry = 1
  }
  entryTime = time
  cause = $3
  call = field("call")
  stub = cause == "hypercall" ? systemCallStub : cause == "interrupt" ? lineStub : \
    cause == "exception" ? exceptionStub : timerStub
  switched = upcalled = marked = reflected = started = keyframed = 0
}
# Memory is made anew in ring 0, piece by piece with interrupts on in between: one such entry is no switch but a start.
$3 == "memoryPiece" { started = 1 }
$3 == "keyframe" { keyframed = 1 }
# The test device acts between entries: its time belongs to no figure.
$3 == "stimulus" { inEntry = 0 }
$3 == "mark" && cause == "interrupt" && inEntry && !marked {
  marked = 1
  print "interrupt_to_mark", nanoseconds($2) - entryTime + stub
}
$3 == "acknowledged" && inEntry { print "interrupt_to_eoi", nanoseconds($2) - entryTime + stub }
$3 == "partitionSwitch" { switched = 1 }
$3 == "upcallWritten" { upcalled = 1 }
$3 == "exceptionWritten" { reflected = 1 }
$3 == "padded" && inEntry {
  inEntry = 0
  print keyframed ? "keyframe_switch" : upcalled ? "window_first_upcall" : "window_switch", \
    nanoseconds($2) - entryTime + stub
}
{ lastTime = nanoseconds($2) }
