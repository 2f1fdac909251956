import APEXTypes

/// A condition that any number of processes can wait for (ARINC 653 Part 1, 3.7.2.4).
struct Event: NamedObject {
  let name: ObjectName
  var isUp: Bool
}

/// `EVENT_STATUS_TYPE`.
public struct EventStatus: Equatable, Sendable {
  /// EVENT_STATE: UP or DOWN.
  public var isUp: Bool
  /// WAITING_PROCESSES: how many wait for it to be up; 0 while it is.
  public var waitingProcesses: Int32
}

extension ProcessScheduler {
  /// Creates an event, which is down.
  public func createEvent(_ name: ObjectName, _ moment: PartitionMoment) -> Creation {
    let count = state.pointee.eventCount
    let code = mayCreate(name, in: events, count, of: ProcessLimits.eventCount, areRight: true, moment)
    guard code == .noError else { return Creation(code) }
    (events + Int(count)).initialize(to: Event(name: name, isUp: false))
    state.pointee.eventCount = count &+ 1
    return Creation(.noError, count &+ 1)
  }

  /// The event is up, and all who wait for it are ready.
  public func setEvent(_ event: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = object(event, in: events, state.pointee.eventCount) else { return .invalidParameter }
    own.pointee.isUp = true
    while !wakeFirst(at: .event(event), moment).isNone {}
    return .noError
  }

  /// The event is down; who has become ready by it stays so.
  public func resetEvent(_ event: Int32) -> ReturnCode {
    guard let own = object(event, in: events, state.pointee.eventCount) else { return .invalidParameter }
    own.pointee.isUp = false
    return .noError
  }

  /// Waits while the event is down.
  public func waitEvent(_ event: Int32, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> ServiceStep {
    guard let own = object(event, in: events, state.pointee.eventCount), timeOut.isTimeOut else {
      return .done(.invalidParameter)
    }
    return own.pointee.isUp ? .done(.noError) : wait(at: .event(event), .fifo, timeOut, moment)
  }

  /// Its identifier; nil where there is none of this name.
  public func event(named name: ObjectName) -> Int32? { find(name, in: events, state.pointee.eventCount) }

  /// What it is now; nil where there is none with this identifier.
  public func eventStatus(_ event: Int32) -> EventStatus? {
    guard let own = object(event, in: events, state.pointee.eventCount) else { return nil }
    return EventStatus(isUp: own.pointee.isUp, waitingProcesses: waiterCount(at: .event(event)))
  }
}
