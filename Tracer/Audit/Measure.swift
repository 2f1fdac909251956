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
  /// A value beyond the bound, and by how much.
  struct Violation: Equatable {
    var position: UInt64
    var excess: Int64
  }
  let identifier: String
  let bound: Int64
  /// The bound is the least allowed; else the most.
  let isFloor: Bool
  let unit: String
  /// None seen leaves the claim unknown.
  let mustBeExercised: Bool
  var checked: UInt64 = 0
  private(set) var failures: UInt64 = 0
  var cases: [Case] = []
  /// The first five values beyond the bound, in their order.
  private(set) var first: [Violation] = []
  /// The five values farthest beyond it, the very worst first; of equal ones the earlier.
  private(set) var worst: [Violation] = []
  /// There were violations that are no value; where and how far is not kept of any then.
  private(set) var hasOtherFailures = false
  /// The trace does not show of all that the claim is about how it went: without a violation it is unknown.
  var isOpen = false

  init(_ identifier: String, bound: Int64, isFloor: Bool = false, unit: String = "ns", mustBeExercised: Bool = true) {
    self.identifier = identifier
    self.bound = bound
    self.isFloor = isFloor
    self.unit = unit
    self.mustBeExercised = mustBeExercised
  }

  mutating func add(_ value: Int64, at position: UInt64, over span: Span?) {
    checked += 1
    if isFloor ? value < bound : value > bound { violate(by: value, at: position) }
    let place = cases.firstIndex { isFloor ? $0.value > value : $0.value < value } ?? cases.count
    guard place < 5 else { return }
    let hasLength = span.map { $0.from < $0.to } ?? false
    cases.insert(Case(value: value, position: position, span: hasLength ? span : nil), at: place)
    if cases.count > 5 { cases.removeLast() }
  }

  /// A violation that is no value.
  mutating func fail() {
    failures += 1
    hasOtherFailures = true
  }

  private mutating func violate(by value: Int64, at position: UInt64) {
    failures += 1
    let (excess, isBeyond) =
      isFloor ? bound.subtractingReportingOverflow(value) : value.subtractingReportingOverflow(bound)
    let violation = Violation(position: position, excess: isBeyond ? .max : excess)
    if first.count < 5 { first.append(violation) }
    let place = worst.firstIndex { $0.excess < violation.excess } ?? worst.count
    guard place < 5 else { return }
    worst.insert(violation, at: place)
    if worst.count > 5 { worst.removeLast() }
  }
}
