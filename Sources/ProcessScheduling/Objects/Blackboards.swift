import APEXTypes
import CallersMemory

/// One message that all processes of a partition can read (ARINC 653 Part 1, 3.7.2.2).
struct Blackboard: NamedObject {
  let name: ObjectName
  let maximumBytes: Int32
  let message: UnsafeMutableRawPointer
  /// 0 while it is empty.
  var byteCount: Int32
}

/// `BLACKBOARD_STATUS_TYPE`.
public struct BlackboardStatus: Equatable, Sendable {
  /// EMPTY_INDICATOR: nothing was displayed since it was created or cleared.
  public var isEmpty: Bool
  /// MAX_MESSAGE_SIZE, as it was created with.
  public var maximumMessageBytes: Int32
  /// WAITING_PROCESSES: how many wait for a message; 0 while there is one.
  public var waitingProcesses: Int32
}

extension ProcessScheduler {
  /// Creates a blackboard, which is empty; `invalidConfiguration` where there is no room for its message.
  public func createBlackboard(_ name: ObjectName, maximumBytes: Int32, _ moment: PartitionMoment) -> Creation {
    let count = state.pointee.blackboardCount
    let code = mayCreate(
      name, in: blackboards, count, of: ProcessLimits.blackboardCount, areRight: maximumBytes > 0, moment)
    guard code == .noError else { return Creation(code) }
    guard let message = newMessageRoom(UInt64(maximumBytes)) else { return Creation(.invalidConfiguration) }
    (blackboards + Int(count)).initialize(
      to: Blackboard(name: name, maximumBytes: maximumBytes, message: message, byteCount: 0))
    state.pointee.blackboardCount = count &+ 1
    return Creation(.noError, count &+ 1)
  }

  /// Replaces the message, and gives it to all who wait for one.
  ///
  /// Unsafe: `message` has `byteCount` bytes.
  public func displayBlackboard(
    _ blackboard: Int32, _ message: UnsafeRawPointer?, _ byteCount: Int32, _ moment: PartitionMoment
  ) -> ReturnCode {
    guard let own = object(blackboard, in: blackboards, state.pointee.blackboardCount), byteCount > 0,
      byteCount <= own.pointee.maximumBytes, let message
    else { return .invalidParameter }
    // A fault half-way through the copy would leave a torn message for all to read.
    partita_touch(message, Int(byteCount), false)
    own.pointee.message.copyMemory(from: message, byteCount: Int(byteCount))
    own.pointee.byteCount = byteCount
    while let reader: UnsafeMutablePointer<ProcessControlBlock> = wakeFirst(at: .blackboard(blackboard), moment) {
      hand(message, byteCount, to: reader)
    }
    return .noError
  }

  /// Copies the message; waits while there is none. The length is `exchange`'s after a wait, 0 where none came.
  ///
  /// Unsafe: `message` has room for the blackboard's longest, until the caller runs again.
  public func readBlackboard(
    _ blackboard: Int32, into message: UnsafeMutableRawPointer?, _ timeOut: ServiceTime, _ moment: PartitionMoment
  ) -> (step: ServiceStep, byteCount: Int32) {
    guard let own = object(blackboard, in: blackboards, state.pointee.blackboardCount), timeOut.isTimeOut, let message
    else { return (.done(.invalidParameter), 0) }
    if own.pointee.byteCount == 0 {
      partita_touch(message, Int(own.pointee.maximumBytes), true)
      layReady(MessageExchange(message, 0))
      return (wait(at: .blackboard(blackboard), .fifo, timeOut, moment), 0)
    }
    message.copyMemory(from: own.pointee.message, byteCount: Int(own.pointee.byteCount))
    return (.done(.noError), own.pointee.byteCount)
  }

  /// The blackboard is empty; `invalidParameter` where there is none with this identifier.
  public func clearBlackboard(_ blackboard: Int32) -> ReturnCode {
    guard let own = object(blackboard, in: blackboards, state.pointee.blackboardCount) else {
      return .invalidParameter
    }
    own.pointee.byteCount = 0
    return .noError
  }

  /// Its identifier; nil where there is none of this name.
  public func blackboard(named name: ObjectName) -> Int32? {
    find(name, in: blackboards, state.pointee.blackboardCount)
  }

  /// What it is now; nil where there is none with this identifier.
  public func blackboardStatus(_ blackboard: Int32) -> BlackboardStatus? {
    guard let own = object(blackboard, in: blackboards, state.pointee.blackboardCount) else { return nil }
    return BlackboardStatus(
      isEmpty: own.pointee.byteCount == 0, maximumMessageBytes: own.pointee.maximumBytes,
      waitingProcesses: waiterCount(at: .blackboard(blackboard)))
  }
}
