import APEXTypes
import ProcessScheduling
import TestSeeds

/// What there is in a random partition.
///
/// Few objects, and few priorities: so that many want the same.
struct WorldPlan {
  var period: UInt64
  var processes: [ProcessPlan] = []
  var semaphores: [(value: Int32, maximum: Int32, QueuingDiscipline)] = []
  var eventCount = 0
  var mutexes: [(priority: Int32, QueuingDiscipline)] = []
  var buffers: [(bytes: Int32, count: Int32, QueuingDiscipline)] = []
  var blackboards: [Int32] = []

  init(_ random: inout SeededGenerator) {
    func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }
    func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func discipline() -> QueuingDiscipline { pick([.fifo, .priority]) }

    period = pick([0, 4_000, 8_000, 8_000, 20_000])
    let greatest = Int32(pick([3, 5, 12, 239]))
    let periodicShare = pick([0, 1, 3])
    for number in 1...pick([2, 3, 5, 8, 16, 32]) {
      let isPeriodic = period != 0 && count(1...8) <= periodicShare
      let length = isPeriodic ? Int64(period) * Int64(count(1...3)) : nil
      let capacity = count(1...3) == 1 ? min(Int64(count(300...30_000)), length ?? .max) : nil
      let priority = Int32.random(in: 1...greatest, using: &random)
      processes.append(ProcessPlan("process \(number)", priority: priority, period: length, capacity: capacity))
    }
    for _ in 0..<pick([0, 1, 1, 2, 3]) {
      let maximum = Int32(pick([1, 2, 5]))
      semaphores.append((Int32.random(in: 0...maximum, using: &random), maximum, discipline()))
    }
    eventCount = pick([0, 1, 1, 2])
    for _ in 0..<pick([0, 1, 2, 3]) {
      let priority = max(Int32.random(in: 1...greatest, using: &random), pick(processes).priority)
      mutexes.append((priority, discipline()))
    }
    for _ in 0..<pick([0, 1, 1, 2, 3]) {
      buffers.append((Int32(pick([1, 5, 12, 40])), Int32(count(1...4)), discipline()))
    }
    for _ in 0..<pick([0, 1, 1, 2]) { blackboards.append(Int32(pick([1, 7, 32]))) }
  }

  /// Creates all of it on both sides.
  func create(_ both: Lockstep, _ moment: PartitionMoment) {
    let (scheduler, reference) = (both.module.scheduler, both.reference)
    for (index, plan) in processes.enumerated() {
      let code = scheduler.mayCreateProcess(plan.attributes, moment)
      if code != .noError { both.note("process \(plan) is not created: \(code)") }
      let identifier = scheduler.createProcess(plan.attributes)
      if identifier.rawValue != Int32(index + 1) { both.note("process \(index + 1) is \(identifier)") }
      reference.processes.append(ReferenceProcess(identifier.rawValue, plan))
    }
    func expect(_ creation: Creation, _ count: Int) {
      if creation.code != .noError || creation.identifier != Int32(count) { both.note("\(creation), not \(count)") }
    }
    for (index, (value, maximum, discipline)) in semaphores.enumerated() {
      let name = ObjectName(of: "semaphore \(index)")
      expect(scheduler.createSemaphore(name, value: value, maximumValue: maximum, discipline, moment), index + 1)
      let twin = ReferenceSemaphore(value: value, maximum: maximum, byPriority: discipline == .priority)
      reference.semaphores.append(twin)
    }
    for index in 0..<eventCount {
      expect(scheduler.createEvent(ObjectName(of: "event \(index)"), moment), index + 1)
      reference.events.append(ReferenceEvent())
    }
    for (index, (priority, discipline)) in mutexes.enumerated() {
      let name = ObjectName(of: "mutex \(index)")
      expect(scheduler.createMutex(name, priority: priority, discipline, moment), index + 1)
      let twin = ReferenceMutex(Int32(index + 1), priority: priority, byPriority: discipline == .priority)
      reference.mutexes.append(twin)
    }
    for (index, (bytes, count, discipline)) in buffers.enumerated() {
      let name = ObjectName(of: "buffer \(index)")
      expect(scheduler.createBuffer(name, maximumBytes: bytes, maximumCount: count, discipline, moment), index + 1)
      let twin = ReferenceBuffer(
        maximumBytes: Int(bytes), maximumCount: Int(count), byPriority: discipline == .priority)
      reference.buffers.append(twin)
    }
    for (index, bytes) in blackboards.enumerated() {
      let name = ObjectName(of: "blackboard \(index)")
      expect(scheduler.createBlackboard(name, maximumBytes: bytes, moment), index + 1)
      reference.blackboards.append(ReferenceBlackboard(maximumBytes: Int(bytes)))
    }
  }
}
