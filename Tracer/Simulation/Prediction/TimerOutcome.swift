/// What came of a timer's entry: how long the kernel takes for it depends on that.
struct TimerOutcome: Hashable {
  var hasUpcall = false
  var hasSwitch = false
}
