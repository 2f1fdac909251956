# shellcheck shell=bash
# Captures, taken once and kept until something that they come from changes. A part of Tools/bench.

# is_fresh FILE: whether nothing that a capture depends on is newer.
is_fresh() {
  [ -e "$1" ] && [ -z "$(find $partita $images Kernel/Modules Tools/bench $parts -newer "$1" -print -quit)" ]
}

# flight: 10 virtual seconds of FlightControl with its stimulus, and its events as text.
flight() {
  is_fresh $cache/flight.txt && return
  local begin end
  begin=$(date +%s.%N)
  $partita capture $module --stimulus $stimulus --for 10s --force -o $cache/flight.partita >$cache/flight.summary
  end=$(date +%s.%N)
  divide 10 "$(awk -v a="$begin" -v b="$end" 'BEGIN { print b - a }')" >$cache/flight.speed
  $partita dump $cache/flight.partita >$cache/flight.txt
}
# summary FIELD: the first number of a line of the capture's summary. Call `flight` before, outside of any $( ): there a
# failure would pass unseen.
summary() { awk -v field="$1" '$1 == field { print $2 }' $cache/flight.summary; }

# quantities: kernel instructions of everything that happens in the flight; see trace.awk.
quantities() {
  flight
  is_fresh $cache/quantities && return
  local stubs
  stubs=$(stub_instructions)
  # shellcheck disable=SC2086
  awk $stubs -f $parts/trace.awk $cache/flight.txt >$cache/quantities.new
  mv $cache/quantities.new $cache/quantities
}
# The instructions of an entry before it reads the counter, counted in the image.
stub_instructions() {
  objdump -d --no-show-raw-insn $kernel | awk '
    /^[0-9a-f]+ </ { place = $2 }
    # The stubs: pushes and a jump, with padding between.
    place == "<partita_switcher_start>:" && /:\t(push|jmp)/ {
      stub++
      if (!/jmp/) next
      if (/<switcher_exception>/ && !exception_stub) exception_stub = stub
      if (/<switcher_line>/ && !line_stub) line_stub = stub
      if (/<switcher_common>/ && !common_stub) common_stub = stub
      stub = 0
    }
    # An exception in ring 3 with the interrupt flag on jumps at once.
    place == "<switcher_exception>:" && /:\t/ && !fifth { exception++; if (/:\tj/) fifth = 1 }
    place == "<partita_syscall_entry>:" && /:\t/ && !second { if (/rdtsc/) second = 1; else second_stub++ }
    place == "<switcher_common>:" && /:\t/ && !third { if (/rdtsc/) third = 1; else common++ }
    place == "<switcher_line>:" && /:\t/ && !fourth { if (/rdtsc/) fourth = 1; else line++ }
    END {
      print "-v timerStub=" common_stub + common " -v exceptionStub=" exception_stub + exception + common \
        " -v lineStub=" line_stub + line " -v systemCallStub=" second_stub
    }'
}
distribution() { sort -nk2 | awk -f $parts/distribution.awk; }
# kernel_figure [REMARK]: the distribution of the quantity that has the figure's name.
kernel_figure() {
  quantities
  say "$(grep "^$figure " $cache/quantities | distribution)" "instructions, $three" "${1:-}"
}

# probe KIND [REMARK]: what partition Probe has measured with its own readings of the counter, less the readings.
probe() {
  if ! is_fresh $cache/probe.txt; then
    $partita capture $probes --for 2s --force -o $cache/probe.partita >$cache/probe.summary
    $partita dump $cache/probe.partita --kind hypercall --partition Probe | grep ' call=note ' >$cache/probe.txt
  fi
  # A note is kind << 32 | median, least << 32 | greatest. Kind 0 is an empty pair of readings.
  local numbers
  numbers=$(sed -E 's/.* a0=0x([0-9a-f]+) a1=0x([0-9a-f]+) .*/\1 \2/' $cache/probe.txt | while read -r kind times; do
    echo $((16#$kind >> 32)) $((16#$times >> 32)) $((16#$kind & 0xFFFFFFFF)) $((16#$times & 0xFFFFFFFF))
  done | awk -v kind="$1" '
    $1 == 0 && (!pairs++ || $2 < empty) { empty = $2 }
    $1 == kind && !n++ { least = $2; median = $3; greatest = $4 }
    $1 == kind { if ($2 < least) least = $2; if ($4 > greatest) greatest = $4 }
    END {
      if (n && pairs) printf "%d / %d / %d\n", least - empty, median - empty, greatest - empty
      else print "none"
    }')
  say "$numbers" "instructions, $three" "${2:-}"
}

# place SYMBOL: its address as the emulator's log has it.
place() { nm $kernel | awk -v symbol="$1" '$3 == symbol { print $1 }'; }

# recorder: executes the module under an emulator that logs every instruction of the kernel; leaves "INSTRUCTIONS
# EVENTS".
recorder() {
  is_fresh $cache/recorder && return
  local stop=100000000 pid
  $partita pack $module --stimulus $stimulus --force -o $cache/flight.img >/dev/null
  $partita capture $cache/flight.img --for ${stop}ns --force -o $cache/short.partita >$cache/short.summary
  rm -f $cache/log $cache/logged.partita
  mkfifo $cache/log
  awk -F/ -v boot=$cache/boot -v enter="$(place partita_enter)" -v wait="$(place partita_wait)" \
    -v after="$(place partita_switcher_end)" '
    /^Trace/ { executed[$2]++ }
    /^Trace/ && !entered { if ($2 == enter) entered = 1; else if ($2 < wait || $2 >= after) instructions++ }
    END {
      print instructions >boot
      for (address in executed) print address, executed[address]
    }' <$cache/log >$cache/executed &
  pid=$!
  # The machine as `partita capture` has it, but one instruction a translation block, so that the log has each of them.
  # The emulator's exit status says how the module ended; that it ended well shows in the trace.
  qemu-system-x86_64 -machine pc -cpu max -m 128M -display none -nodefaults -no-user-config -no-reboot -monitor none \
    -icount shift=0,sleep=off -rtc base=2026-01-01,clock=vm -kernel $kernel -initrd $cache/flight.img \
    -append stop=$stop -chardev file,id=trace,path=$cache/logged.partita \
    -device isa-debugcon,iobase=0xe9,chardev=trace -device isa-debug-exit,iobase=0xf4,iosize=1 -serial null \
    -singlestep -d exec,nochain -D $cache/log \
    -dfilter "$(nm $kernel | awk '$3 == "partita_text_start" { a = $1 } $3 == "partita_text_end" { b = $1 }
      END { print "0x" a "..0x" b }')" || true
  wait $pid
  cmp -s $cache/short.partita $cache/logged.partita || fail "the module ran otherwise under the log than without it"
  awk '{ print "0x" $1 }' $cache/executed | addr2line -e $kernel -a -f -i -s >$cache/places
  echo "$(awk -f $parts/recorder.awk $cache/executed $cache/places)" \
    "$(awk '$1 == "events" { print $2 }' $cache/short.summary)" >$cache/recorder
}

section() { size -A "$1" | awk -v name="$2" '$1 == name { print $2 }'; }
loaded() { size "$1" | awk 'NR == 2 { print $4 }'; }
