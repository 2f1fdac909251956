import APEXTypes
import ModuleConfiguration
import ProcessScheduling
import Testing

/// A partition that a test tells of step by step: the module, under an acting layer.
///
/// NORMAL mode begins at 1000 ns, where nobody says otherwise.
final class Story {
  let side = ModuleDecider()
  let layer: ActingLayer<ModuleDecider>
  private var created: [Int32] = []

  init(period: UInt64 = 0) { layer = ActingLayer(side, now: 1_000, period: period) }

  var scheduler: ProcessScheduler { side.scheduler }
  var moment: PartitionMoment { layer.moment }
  var now: UInt64 { layer.now }
  var running: Int32 { side.running }

  /// Creates a process.
  func process(_ name: String, _ priority: Int32, period: Int64? = nil, capacity: Int64? = nil) -> Int32 {
    let plan = ProcessPlan(name, priority: priority, period: period, capacity: capacity)
    #expect(scheduler.mayCreateProcess(plan.attributes, moment) == .noError)
    let identifier = scheduler.createProcess(plan.attributes).rawValue
    created.append(identifier)
    return identifier
  }

  /// Creates processes of these priorities, with names as they come.
  func processes(_ priorities: Int32...) -> [Int32] {
    priorities.map { process("process \(created.count + 1)", $0) }
  }

  /// Enters NORMAL mode, in which the processes run: all that have been created, or these.
  func begin(_ started: [Int32]? = nil) {
    for process in started ?? created { #expect(layer.call(.start(process)).code == .noError) }
    layer.enterNormalMode()
  }

  @discardableResult
  func call(_ call: Call) -> Answer { layer.call(call) }

  /// What a service answers that does not wait.
  @discardableResult
  func code(_ call: Call) -> ReturnCode? { layer.call(call).code }

  func pass(_ nanoseconds: UInt64) { layer.pass(nanoseconds) }
  func pass(until instant: UInt64) { layer.pass(until: instant) }

  // MARK: What is to be seen

  func state(_ process: Int32) -> ProcessState? { scheduler.status(of: ProcessIdentifier(process))?.state }
  func priority(_ process: Int32) -> Int32? { scheduler.status(of: ProcessIdentifier(process))?.priority }
  func deadline(_ process: Int32) -> UInt64? { scheduler.status(of: ProcessIdentifier(process))?.deadline.nanoseconds }

  /// What the service has answered that ended last, of those of the process.
  func lastAnswer(_ process: Int32) -> Answer? { layer.finished.last { $0.process == process }?.answer }
  func lastCode(_ process: Int32) -> ReturnCode? { lastAnswer(process)?.code }

  /// Runs each ready one in turn, of which each ends when it runs.
  func orderOfRunning() -> [Int32] {
    var order: [Int32] = []
    while running != 0 {
      order.append(running)
      call(.stopSelf)
    }
    return order
  }

  // MARK: Objects

  func semaphore(_ value: Int32 = 0, of maximum: Int32 = 5, _ discipline: QueuingDiscipline = .fifo) -> Int32 {
    let name = ObjectName(of: "semaphore")
    return identifier(scheduler.createSemaphore(name, value: value, maximumValue: maximum, discipline, moment))
  }

  func event() -> Int32 { identifier(scheduler.createEvent(ObjectName(of: "event"), moment)) }

  func mutex(_ priority: Int32, _ discipline: QueuingDiscipline = .fifo, name: String = "mutex") -> Int32 {
    identifier(scheduler.createMutex(ObjectName(of: name), priority: priority, discipline, moment))
  }

  func buffer(_ count: Int32, bytes: Int32 = 8, _ discipline: QueuingDiscipline = .fifo) -> Int32 {
    let name = ObjectName(of: "buffer")
    return identifier(
      scheduler.createBuffer(name, maximumBytes: bytes, maximumCount: count, discipline, moment))
  }

  func blackboard(bytes: Int32 = 8) -> Int32 {
    identifier(scheduler.createBlackboard(ObjectName(of: "blackboard"), maximumBytes: bytes, moment))
  }

  private func identifier(_ creation: Creation) -> Int32 {
    #expect(creation.code == .noError)
    return creation.identifier
  }
}
