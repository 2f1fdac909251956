import APEXTypes
import ModuleConfiguration
import ProcessScheduling

/// The module under test, with memory of its own and of its processes.
final class ModuleDecider: Decider {
  /// What is to be in memory that nobody may write to.
  static let untouched: UInt8 = 0xEE
  /// Room for a message of each process, and for nobody's: at index 0.
  static let roomBytes = 256

  private let memory: UnsafeMutableRawPointer
  private let messages: UnsafeMutableRawPointer
  private let outgoing: UnsafeMutableRawPointer
  private let incoming: UnsafeMutableRawPointer

  init() {
    func zeros(_ count: Int) -> UnsafeMutableRawPointer {
      let room = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
      room.initializeMemory(as: UInt8.self, repeating: 0, count: count)
      return room
    }
    memory = zeros(ProcessScheduler.byteCount)
    messages = zeros(ProcessLimits.messageBytes)
    let rooms = Self.roomBytes * Int(ProcessLimits.processCount + 1)
    (outgoing, incoming) = (zeros(rooms), zeros(rooms))
  }

  deinit { for room in [memory, messages, outgoing, incoming] { room.deallocate() } }

  var scheduler: ProcessScheduler { ProcessScheduler(memory: memory, messages: messages) }

  /// Where the running process has messages sent to.
  var ownIncoming: UnsafeMutableRawPointer { incoming + Self.roomBytes * Int(running) }
  private var ownOutgoing: UnsafeMutableRawPointer { outgoing + Self.roomBytes * Int(running) }

  // MARK: Choice

  var running: Int32 { scheduler.running.rawValue }
  var isOutranked: Bool { scheduler.isOutranked }
  var nextInstant: SystemTime { scheduler.nextInstant }
  var nextDeadline: SystemTime { scheduler.nextDeadline }
  func nextTick(_ nextPeriod: SystemTime) -> SystemTime { scheduler.nextTick { nextPeriod } }
  func beginNormalMode(_ moment: PartitionMoment) { scheduler.beginNormalMode(moment) }
  func releaseDue(_ moment: PartitionMoment) { scheduler.releaseDue(moment) }
  func takeLate(after: Int32, _ now: SystemTime) -> Int32 {
    scheduler.takeLate(after: ProcessIdentifier(after), now).rawValue
  }
  func tellingIsOver() { scheduler.tellingIsOver() }
  func isOverdue(_ moment: PartitionMoment) -> Bool { scheduler.isOverdue(moment) }
  func dispatch() -> Int32 { scheduler.dispatch().rawValue }
  func undispatch() { scheduler.undispatch() }
  func beOutranked() { scheduler.beOutranked() }
  func tellDispatch(of next: Int32, _ moment: PartitionMoment) -> ProcessTelling? {
    scheduler.tellDispatch(of: ProcessIdentifier(next), moment)
  }
  func takeTelling(_ moment: PartitionMoment) -> ProcessTelling? { scheduler.takeTelling(moment) }
  func beginErrorHandling() -> Int32 { scheduler.beginErrorHandling().rawValue }
  func endErrorHandling() -> Bool { scheduler.endErrorHandling() }
  func takeTickWish() -> Bool { scheduler.takeTickWish() }
  func takeTimerWish() -> Bool { scheduler.takeTimerWish() }

  // MARK: Services

  func perform(_ call: Call, _ moment: PartitionMoment) -> Answer {
    switch call {
    case .stopSelf: return scheduler.stopSelf() ? Answer(.ends) : .done(.noAction)
    case .stop(let process):
      let (code, telling) = scheduler.stop(ProcessIdentifier(process), moment)
      return Answer(.done(code), telling: telling)
    case .receiveBuffer(let buffer, let timeOut):
      let room = fresh(ownIncoming)
      let (step, count) = scheduler.receiveBuffer(buffer, into: room, timeOut, moment)
      return answer(step, room, count)
    case .readBlackboard(let blackboard, let timeOut):
      let room = fresh(ownIncoming)
      let (step, count) = scheduler.readBlackboard(blackboard, into: room, timeOut, moment)
      return answer(step, room, count)
    default: return answer(step(call, moment))
    }
  }

  func endOfWait(_ call: Call) -> Answer {
    let code = scheduler.endOfWait
    guard call.wantsMessage, code == .noError else { return .done(code) }
    return answer(.done(code), ownIncoming, scheduler.exchange.byteCount)
  }

  private func step(_ call: Call, _ moment: PartitionMoment) -> ServiceStep {
    switch call {
    case .setPriority(let process, let priority):
      return scheduler.setPriority(ProcessIdentifier(process), priority, moment)
    case .suspendSelf(let timeOut): return scheduler.suspendSelf(timeOut, moment)
    case .timedWait(let delay): return scheduler.timedWait(delay, moment)
    case .periodicWait: return scheduler.periodicWait(moment)
    case .waitSemaphore(let semaphore, let timeOut): return scheduler.waitSemaphore(semaphore, timeOut, moment)
    case .waitEvent(let event, let timeOut): return scheduler.waitEvent(event, timeOut, moment)
    case .acquireMutex(let mutex, let timeOut): return scheduler.acquireMutex(mutex, timeOut, moment)
    case .sendBuffer(let buffer, let message, let timeOut):
      let room = filled(message)
      return scheduler.sendBuffer(buffer, room, Int32(message.count), timeOut, moment)
    default: return .done(code(call, moment))
    }
  }

  private func code(_ call: Call, _ moment: PartitionMoment) -> ReturnCode {
    switch call {
    case .suspend(let process): return scheduler.suspend(ProcessIdentifier(process), moment)
    case .resume(let process): return scheduler.resume(ProcessIdentifier(process), moment)
    case .start(let process, let delay): return scheduler.start(ProcessIdentifier(process), after: delay, moment)
    case .lockPreemption: return scheduler.lockPreemption(moment)
    case .unlockPreemption: return scheduler.unlockPreemption(moment)
    case .replenish(let budget): return scheduler.replenish(budget, moment)
    case .signalSemaphore(let semaphore): return scheduler.signalSemaphore(semaphore, moment)
    case .setEvent(let event): return scheduler.setEvent(event, moment)
    case .resetEvent(let event): return scheduler.resetEvent(event)
    case .releaseMutex(let mutex): return scheduler.releaseMutex(mutex, moment)
    case .resetMutex(let mutex, let process):
      return scheduler.resetMutex(mutex, of: ProcessIdentifier(process), moment)
    case .displayBlackboard(let blackboard, let message):
      return scheduler.displayBlackboard(blackboard, filled(message), Int32(message.count), moment)
    case .clearBlackboard(let blackboard): return scheduler.clearBlackboard(blackboard)
    default: fatalError("no service without an answer of another kind: \(call)")
    }
  }

  // MARK: Messages

  private func fresh(_ room: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    room.initializeMemory(as: UInt8.self, repeating: Self.untouched, count: Self.roomBytes)
    return room
  }

  private func filled(_ message: [UInt8]) -> UnsafeMutableRawPointer {
    let room = ownOutgoing
    message.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { room.copyMemory(from: base, byteCount: bytes.count) }
    }
    return room
  }

  private func answer(_ step: ServiceStep, _ room: UnsafeRawPointer? = nil, _ count: Int32 = 0) -> Answer {
    let message = UnsafeRawBufferPointer(start: room, count: room == nil ? 0 : Int(count))
    switch step {
    case .done(let code): return Answer(.done(code), Array(message))
    case .waits: return Answer(.waits)
    case .givesWay: return Answer(.givesWay)
    }
  }
}
