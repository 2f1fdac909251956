/// The values of one measured claim, as the auditor finds them: how many, and the worst five with their events.
struct Measure {
  struct Case: Equatable {
    var value: Int64
    var position: UInt64
  }
  let identifier: String
  let bound: Int64
  /// The bound is the least allowed; else the most.
  let isFloor: Bool
  var checked: UInt64 = 0
  var failures: UInt64 = 0
  var cases: [Case] = []

  init(_ identifier: String, bound: Int64, isFloor: Bool = false) {
    self.identifier = identifier
    self.bound = bound
    self.isFloor = isFloor
  }

  mutating func add(_ value: Int64, at position: UInt64) {
    checked += 1
    if isFloor ? value < bound : value > bound { failures += 1 }
    let place = cases.firstIndex { isFloor ? $0.value > value : $0.value < value } ?? cases.count
    guard place < 5 else { return }
    cases.insert(Case(value: value, position: position), at: place)
    if cases.count > 5 { cases.removeLast() }
  }
}
