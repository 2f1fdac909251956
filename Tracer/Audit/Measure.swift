/// The values of one measured claim, as the auditor finds them: how many, and the worst five with their events.
struct Measure {
  /// The time that a value is about; of no value where it has no length.
  struct Span: Equatable {
    enum Part: Equatable {
      case all
      /// What lies in this partition's windows.
      case windows(of: Int)
      case kernel
    }
    var from: UInt64
    var to: UInt64
    var part = Part.all
  }
  struct Case: Equatable {
    var value: Int64
    var position: UInt64
    var span: Span?
  }
  let identifier: String
  let bound: Int64
  /// The bound is the least allowed; else the most.
  let isFloor: Bool
  let unit: String
  /// None seen leaves the claim unknown.
  let mustBeExercised: Bool
  var checked: UInt64 = 0
  var failures: UInt64 = 0
  var cases: [Case] = []

  init(_ identifier: String, bound: Int64, isFloor: Bool = false, unit: String = "ns", mustBeExercised: Bool = true) {
    self.identifier = identifier
    self.bound = bound
    self.isFloor = isFloor
    self.unit = unit
    self.mustBeExercised = mustBeExercised
  }

  mutating func add(_ value: Int64, at position: UInt64, over span: Span?) {
    checked += 1
    if isFloor ? value < bound : value > bound { failures += 1 }
    let place = cases.firstIndex { isFloor ? $0.value > value : $0.value < value } ?? cases.count
    guard place < 5 else { return }
    let hasLength = span.map { $0.from < $0.to } ?? false
    cases.insert(Case(value: value, position: position, span: hasLength ? span : nil), at: place)
    if cases.count > 5 { cases.removeLast() }
  }
}
