# shellcheck shell=bash
# Figures of the command on the host. A part of Tools/bench.

# long NAME EVENTS OPTIONS...: a synthesized trace of FlightControl.
long() {
  local name=$1 events=$2
  shift 2
  is_fresh "$cache/$name.partita" ||
    $partita synthesize $module --images $images --events "$events" "$@" --force -o "$cache/$name.partita" \
      >"$cache/$name.summary"
}
long_events=10000000
# The rates' aims are those of a hundred million events: the traces are read again until there are so many.
rated_events=100000000
long_traces() {
  is_fresh $cache/captured.partita ||
    $partita capture $module --stimulus $stimulus --for 240s --force -o $cache/captured.partita >$cache/captured.summary
  long steady $long_events --seed 1
  long shuffled $long_events --seed 2 --shuffled
}
# rate COMMAND VERB AIM: on a synthesized, a captured (240 virtual seconds) and a shuffled trace, read again and again;
# the slowest is the figure. The host may be busy: what a core's time is worth is told too.
rate() {
  local name slowest=
  long_traces
  for name in steady captured shuffled; do
    # The captured trace stands for a long one, which takes its memory once: what is freed is kept for the next reading.
    MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TRIM_THRESHOLD_=1000000000 \
      $partita "$1" $cache/$name.partita --events $rated_events >"$cache/$1.$name"
    echo "$figure.$name = $(awk -v line="events-$2-per-second" '$1 == line { print $3 }' "$cache/$1.$name") events/s" \
      "($(awk -v line="events-$2-per-processor-second" '$1 == line { print $3 }' "$cache/$1.$name") a second a core)"
  done
  slowest=$(cat "$cache/$1".{steady,captured,shuffled} | awk -v line="events-$2-per-second" '
    $1 == line && (!n++ || $3 < least) { least = $3 } END { print least }')
  say "$slowest" events/s "the slowest of three; $(nproc) cores shared with others; $3"
}
decode_rate() { rate measure-decoding decoded "every column summed; aim 300,000,000 on two cores"; }
replay_rate() { rate measure-replay replayed "aim 20,000,000 on two cores"; }
verify_rate() { rate measure-verification verified "aim 100,000,000 on two cores"; }
# What an event costs on one thread, as far as each stage: payloads are read, compared with their checksums and
# decompressed; the order and the times of events are found; then either every column is summed where it lies, or all
# are written to memory, and then events one behind the other. Replay and verification have all of that in them.
cost_by_stage() {
  local name stage
  long_traces
  for name in steady captured shuffled; do
    for stage in payloads order sums columns rows; do
      stage_cost $name $stage measure-decoding --stage $stage
    done
    stage_cost $name replay measure-replay
    stage_cost $name verification measure-verification
  done
}
# stage_cost TRACE STAGE COMMAND...: nanoseconds of a core an event.
stage_cost() {
  local name=$1 stage=$2
  shift 2
  $partita "$@" $cache/$name.partita --events $long_events --threads 1 >$cache/stage
  echo "$figure.$name.$stage =" \
    "$(awk '/-per-processor-second/ { printf "%.1f", 1e9 / $3 }' $cache/stage) ns of one core an event"
}
# What others make of the same events in the same run: babeltrace2 into nothing; and how many times that we make.
babeltrace_rate() {
  local begin end rate command
  if ! command -v babeltrace2 >/dev/null || ! $partita help export >/dev/null 2>&1; then
    say "not measured" "" "needs babeltrace2 and 'partita export'"
    return
  fi
  long_traces
  rm -rf $cache/steady.ctf
  $partita export $cache/steady.partita --format ctf -o $cache/steady.ctf >/dev/null
  begin=$(date +%s.%N)
  babeltrace2 $cache/steady.ctf --component sink.utils.dummy >/dev/null
  end=$(date +%s.%N)
  rate=$(awk -v events=$long_events -v a="$begin" -v b="$end" 'BEGIN { printf "%d", events / (b - a) }')
  say "$rate" events/s "babeltrace2's dummy sink on the events of decode_rate.steady"
  for command in decoding verification; do
    $partita measure-$command $cache/steady.partita >$cache/beside
    echo "$figure.${command}_ratio = $(divide "$(awk '/-per-second/ { print $3; exit }' $cache/beside)" "$rate" 1)" \
      "times babeltrace2 (aim ≥ 20; right after it)"
  done
}
# pace EVENTS COMMAND...: events a second of a command that goes through so many.
pace() {
  local events=$1 begin
  shift
  begin=$(date +%s.%N)
  "$@" >/dev/null
  awk -v events="$events" -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN { printf "%d", events / (b - a) }'
}
# What people and other programs read: a trace as text, beside what babeltrace2 makes of the same events, and exports.
text_rate() {
  local events=1000000 trace=$cache/printed.partita format rate text
  long printed $events --seed 4
  text=$(pace $events $partita dump $trace)
  say "$text" events/s "dump, a line an event"
  echo "$figure.json = $(pace $events $partita dump $trace --format json) events/s (dump --format json)"
  for format in csv sqlite perfetto chrome ctf vcd; do
    rm -rf "$cache/printed.$format"
    rate=$(pace $events $partita export $trace --format $format -o "$cache/printed.$format")
    echo "$figure.$format = $rate events/s ($(du -sm "$cache/printed.$format" | cut -f 1) MB)"
  done
  if command -v babeltrace2 >/dev/null; then
    rate=$(pace $events babeltrace2 $cache/printed.ctf)
    echo "$figure.ratio = $(divide "$text" "$rate" 1) times babeltrace2's text of the same events ($rate events/s)"
  fi
  rm -rf $cache/printed.{csv,sqlite,perfetto,chrome,ctf,vcd}
}
synthesize_rate() {
  local begin end
  begin=$(date +%s.%N)
  $partita synthesize $module --images $images --events 2000000 --force -o $cache/synthesized.partita >/dev/null
  end=$(date +%s.%N)
  say "$(awk -v a="$begin" -v b="$end" 'BEGIN { printf "%d", 2000000 / (b - a) }')" events/s "one core, with encoding"
}
# peak COMMAND: the greatest memory of a measurement on 10,000,000 events.
peak() {
  long_traces
  say "$($partita "$1" $cache/steady.partita | awk '$1 == "peak-memory" { print $3 }')" MiB \
    "$long_events events; aim ≤ 64 for any number"
}
decode_peak_memory() { peak measure-decoding; }
replay_peak_memory() { peak measure-replay; }
verify_peak_memory() { peak measure-verification; }
# Time an event, and memory, from a million to a hundred million events.
growth() { grow 1000000 10000000 100000000; }
# Ten minutes and 6 GB.
growth_to_a_billion() { grow 1000000000; }
# grow EVENTS...: what an event costs in synthesized traces of so many.
grow() {
  local events name command
  for events; do
    name=grown$events
    long $name $events --seed 3
    for command in measure-decoding measure-replay measure-verification; do
      $partita $command $cache/$name.partita >$cache/growth
      echo "growth.${command#measure-}.$events =" \
        "$(awk '/-per-processor-second/ { printf "%.1f", 1e9 / $3 }' $cache/growth) ns of one core an event" \
        "($(awk '$1 == "peak-memory" { print $3, $4 }' $cache/growth))"
    done
  done
}
capture_speed() {
  flight
  say "$(cat $cache/flight.speed)" "virtual seconds a second"
}

# flood FILE TRANSPORT WINDOW DURATION: events a second of a module of Kernel/Modules/Flood that makes events as fast as
# it can, in a window of so many seconds out of each hundredth, and megabytes a second of what partitions left in them.
flood() {
  local begin end lost
  sed -E "s/(PeriodDurationSeconds|WindowDurationSeconds)=\"0.009\"/\1=\"$3\"/" "Kernel/Modules/Flood/$1" \
    >$cache/flood.xml
  $partita pack $cache/flood.xml --images $images --force -o $cache/flood.img >/dev/null
  begin=$(date +%s.%N)
  $partita capture $cache/flood.img --transport "$2" --for "$4" --force -o $cache/flood.partita >$cache/flood.summary
  end=$(date +%s.%N)
  lost=$(awk '$1 == "lost" { print $2 }' $cache/flood.summary)
  [ "$lost" = 0 ] || fail "a flood of $1 through $2 lost $lost events"
  $partita stats $cache/flood.partita | awk -v a="$begin" -v b="$end" '
    $1 == "events" && !events { events = $2 }
    $1 == "noteWords" && !words { words = $2 * 8 }
    END { printf "%d %.1f\n", events / (b - a), words * 8 / 1e6 / (b - a) }'
}
# Each way with the densest load that it takes without loss, of two kinds. Marks: 67 events a call, nearly alike, of
# each of which the drainer makes 0.2 bytes in 358 instructions. Notes: 32 events a call of eight words of data, of each
# of which it makes 9 bytes. Through the port the drainer must be given most of the time.
memory_capture_rate() {
  # Assigned first: within another command's arguments a flood that loses events would not end the bench.
  local port memory port_data memory_data seen
  seen=$(flood module.xml port 0.0013 2s)
  read -r port port_data <<<"$seen"
  seen=$(flood module.xml memory 0.009 1s)
  read -r memory memory_data <<<"$seen"
  echo "$figure.marks.port = $port events/s (small and alike; through the debug port, without loss)"
  echo "$figure.marks.memory = $memory events/s (read from the machine's memory, without loss)"
  echo "$figure.marks = $(divide "$memory" "$port" 1) times the port's rate" \
    "(the emulator's own time for making the events is in both)"
  seen=$(flood notes.xml port 0.0008 2s)
  read -r port port_data <<<"$seen"
  seen=$(flood notes.xml memory 0.009 1s)
  read -r memory memory_data <<<"$seen"
  echo "$figure.notes.port = $port events/s ($port_data MB/s of words; through the debug port, without loss)"
  echo "$figure.notes.memory = $memory events/s ($memory_data MB/s; read from the machine's memory, without loss)"
  say "$(divide "$memory" "$port" 1)" "times the port's rate" "aim ≥ 10; of notes, by noteWords"
}
