import APEXTypes
import ModuleConfiguration
import PartitionEntry
import ProcessMemory
import ProcessScheduling

/// A call of the kernel at a queuing port that somebody wants to succeed.
///
/// The kernel's calls never wait. A process waits at the port's place, and the scheduler tries its request when it is
/// its turn; a partition that is one flow gives up the window and tries again in the next ones, so it is as exact as
/// its windows are close.
struct PortRequest {
  let number: HypercallNumber
  let port: QueuingPort
  let address: UInt64
  let byteCount: UInt64
  private(set) var answer = partita_answer(status: UInt64(ReturnCode.notAvailable.rawValue), value: 0)

  init(_ number: HypercallNumber, _ port: QueuingPort, address: UnsafeRawPointer?, byteCount: Int) {
    self.number = number
    self.port = port
    self.address = UInt64(UInt(bitPattern: address))
    self.byteCount = UInt64(bitPattern: Int64(byteCount))
  }

  var isUnavailable: Bool { answer.status == UInt64(ReturnCode.notAvailable.rawValue) }

  mutating func attempt() {
    answer = partita_hypercall3(UInt64(number.rawValue), port.identifier, address, byteCount)
  }

  private var place: WaitingPlace { .port(Int32(truncatingIfNeeded: port.identifier)) }

  /// Whether the kernel has no reason to refuse the request for good.
  private var fits: Bool {
    let isSent = number == .sendQueuingMessage
    guard port.direction == (isSent ? .source : .destination), byteCount > 0 else { return false }
    // There may be more room for a message than it needs.
    return !isSent || byteCount <= UInt64(clamping: port.maximumMessageBytes)
  }

  /// Calls the kernel, and waits while the call is not available, or while others wait at the port already.
  ///
  /// - Returns: the kernel's value.
  mutating func perform(_ timeOut: ServiceTime) throws(ReturnCode) -> UInt64 {
    let isAlone = ProcessMachine.scheduler.running.isNone && !ProcessMachine.scheduler.isInErrorHandler
    let code = withUnsafeMutablePointer(to: &self) { own in
      ProcessMachine.perform { scheduler, moment in
        if scheduler.waiterCount(at: own.pointee.place) == 0 || !own.pointee.fits { own.pointee.attempt() }
        guard own.pointee.isUnavailable, !isAlone else { return .done(.noError) }
        // Unsafe: the request lies on the stack of a process that does not run until it is woken.
        scheduler.layReady(MessageExchange(UnsafeMutableRawPointer(own), 0))
        return scheduler.wait(at: own.pointee.place, own.pointee.port.discipline, timeOut, moment)
      }
    }
    if code != .noError { throw code }
    if isUnavailable, isAlone, timeOut != .notAtAll {
      // Nobody waits while the partition initialises, nor in the handler of an interrupt that comes while all processes
      // wait: none of them would run meanwhile.
      let (moment, hasProcesses) = (ProcessMachine.moment, ProcessMachine.scheduler.processCount > 0)
      guard moment.isNormal, !moment.isInUpcall || !hasProcesses else { throw .invalidMode }
      try performAlone(timeOut)
    }
    return try Hypercall.value(of: answer)
  }

  /// The only flow of its partition gives up the window and tries again in the next ones.
  mutating func performAlone(_ timeOut: ServiceTime) throws(ReturnCode) {
    let begin = Clock.now
    repeat {
      Partition.yield()
      attempt()
      if !isUnavailable { return }
    } while timeOut == .forEver || Clock.now - begin < Nanoseconds(UInt64(bitPattern: timeOut.rawValue))
    throw .timedOut
  }
}

extension ProcessMachine {
  /// Tries for the first process at each queuing port what it waits for, and wakes those for which it could be done.
  static func servePorts() {
    var port: Int32 = 0
    while let next = scheduler.nextAwaitedPort(after: port) {
      port = next
      while true {
        // Of one moment: who is in time for the call is in time for its answer.
        let moment = moment
        let first = scheduler.firstInTime(at: .port(port), moment)
        guard !first.isNone, let address = scheduler.exchange(of: first).address else { break }
        let request = address.assumingMemoryBound(to: PortRequest.self)
        request.pointee.attempt()
        if request.pointee.isUnavailable { break }
        scheduler.wakeFirst(at: .port(port), moment)
      }
    }
  }
}
