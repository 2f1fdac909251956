import APEXTypes
import ProcessScheduling

/// A process as the reference thinks of it. Whether it is ready follows from what it waits for.
final class ReferenceProcess {
  let identifier: Int32
  let name: String
  let basePriority: Int32
  /// Nil: aperiodic.
  let period: Int64?
  /// Nil: without a deadline.
  let capacity: Int64?

  var isDormant = true
  var isSuspended = false
  var wait: ReferenceWait?
  var priority: Int32
  /// What the priority becomes when its mutex is released.
  var nextPriority: Int32
  var mutex: ReferenceMutex?
  /// It waits for a mutex: it is not to be suspended.
  var wantsMutex = false
  var deadline: UInt64?
  var isKnownToBeLate = false
  /// Of its last release; before the first one start of the period in which it was started.
  var release: UInt64 = 0
  /// When it was started, or NORMAL mode began.
  var begun: UInt64 = 0
  var delay: Int64 = 0
  /// It lets its equals go first as soon as the handler is over.
  var letsEqualsGo = false
  /// What its last wait came to.
  var gotIt = false
  var received: [UInt8] = []
  var offered: [UInt8] = []
  /// What has become of its job since the tracer was told of it: complete, or dormant.
  var endOfJob: ProcessTellingState?

  /// It was started, or its deadline moved, and the tracer is not told yet.
  var startIsNew = false
  var deadlineIsNew = false

  init(_ identifier: Int32, _ plan: ProcessPlan) {
    self.identifier = identifier
    name = plan.name
    basePriority = plan.priority
    period = plan.period
    capacity = plan.capacity
    priority = plan.priority
    nextPriority = plan.priority
  }

  var isPeriodic: Bool { period != nil }
}

/// What a process is created with, in tests.
struct ProcessPlan {
  var name: String
  var priority: Int32
  var period: Int64?
  var capacity: Int64?

  init(_ name: String, priority: Int32, period: Int64? = nil, capacity: Int64? = nil) {
    (self.name, self.priority, self.period, self.capacity) = (name, priority, period, capacity)
  }

  var attributes: ProcessAttributes {
    ProcessAttributes(
      name: ObjectName(of: name), period: period.map { .nanoseconds($0) } ?? .forEver,
      timeCapacity: capacity.map { .nanoseconds($0) } ?? .forEver, entry: 0x1000, stackBytes: 4096,
      basePriority: priority, deadline: .soft)
  }
}

extension ObjectName {
  /// The name that a string says, which is shorter than 64 bytes.
  init(of string: String) {
    let bytes = Array(string.utf8) + Array(repeating: 0, count: 64)
    self = bytes.withUnsafeBufferPointer { ObjectName($0.baseAddress!) }
  }
}
