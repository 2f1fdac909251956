import APEXTypes
import ModuleConfiguration
import PartitionEntry
import ProcessMemory
import ProcessScheduling

/// A process: one of several flows of a partition, of which the ready one of the greatest priority runs (ARINC 653 Part
/// 1, 3.3).
///
/// `main` creates and starts the processes and then calls `Process.run`: until then none of them runs. A process gives
/// way when it waits or stops, when a service that it calls makes one of greater priority ready, and when the time
/// comes, or the message, that one of greater priority waits for. A handler of the partition's own for an interrupt may
/// call services that do not wait; what it makes ready runs when it is over.
public struct Process: Equatable, Sendable {
  /// Where a process begins; when it returns the process ends.
  public typealias Entry = @convention(c) () -> Void

  private static let minimumStackBytes: UInt = 2048
  /// Of an upcall's frame, the red zone above it, and its handler, which calls services.
  private static let upcallBytes: UInt = 1536

  /// From 1, in the order of creation.
  public let identifier: ProcessIdentifier

  /// The process with this identifier, whether there is one or not.
  @inlinable public init(identifier: ProcessIdentifier) { self.identifier = identifier }

  // MARK: Creation

  /// Creates a process, before the partition is in NORMAL mode.
  ///
  /// Give it the name, the period and the deadline that the module file has: nothing compares them.
  /// - Parameters:
  ///   - name: at most 32 bytes of UTF-8.
  ///   - period: `forEver` for an aperiodic process; else a multiple of the partition's.
  ///   - timeCapacity: from release to deadline, at most the period; `forEver` for none.
  ///   - priority: 1 … 239, a greater one goes first.
  ///   - stackBytes: at least 2048 are given; what upcalls need comes on top.
  /// - Throws: `noAction` where the name is taken, `invalidParameter` where one of them is out of range,
  ///   `invalidConfiguration` where there is no room or the period does not fit, `invalidMode` in NORMAL mode.
  public init(
    named name: StaticString, period: ServiceTime = .forEver, timeCapacity: ServiceTime = .forEver, priority: Int32,
    stackBytes: UInt32 = 4096, deadline: ProcessAttributes.DeadlineKind = .soft, entry: Entry
  ) throws(ReturnCode) {
    try self.init(
      ProcessAttributes(
        name: ObjectName(name), period: period, timeCapacity: timeCapacity, entry: FunctionAddress.of(entry),
        stackBytes: stackBytes, basePriority: priority, deadline: deadline))
  }

  /// The same from all attributes together.
  public init(_ attributes: ProcessAttributes) throws(ReturnCode) {
    var created = ProcessIdentifier.none
    try ProcessMachine.try { scheduler, moment in
      let code = scheduler.mayCreateProcess(attributes, moment)
      guard code == .noError else { return .done(code) }
      guard let stack = StackPool.newStack(Self.stackBytes(attributes.stackBytes)) else {
        return .done(.invalidConfiguration)
      }
      created = scheduler.createProcess(attributes)
      partita_stack_top(created.rawValue)?.pointee = stack.top
      partita_stack_fence(created.rawValue)?.pointee = stack.fence
      return .done(.noError)
    }
    identifier = created
  }

  /// An upcall's frame, with the extended state and its handler's own, lies on the stack of the process that it
  /// interrupts, beside what the process itself needs; and so does that of an exception, in an upcall's handler too.
  private static func stackBytes(_ wanted: UInt32) -> UInt {
    let frame = upcallBytes &+ UInt(InformationPageView.word(InformationPage.extendedStateBytes))
    return max(UInt(wanted), minimumStackBytes) &+ 2 &* frame
  }

  /// The process of this name; nil where there is none.
  public static func named(_ name: ObjectName) -> Process? {
    let found = ProcessMachine.ask { $0.process(named: name) }
    return found.isNone ? nil : Process(identifier: found)
  }

  /// The process of this name; nil where there is none.
  public static func named(_ name: StaticString) -> Process? { (try? ObjectName(name)).flatMap { named($0) } }

  /// Who calls; nil in `main` and in the error handler.
  public static var current: Process? {
    let running = ProcessMachine.scheduler.running
    return running.isNone ? nil : Process(identifier: running)
  }

  /// Attributes, state, current priority and deadline; nil where there is no such process.
  public var status: ProcessStatus? { ProcessMachine.ask { $0.status(of: identifier) } }

  /// Whether there is such a process.
  public var exists: Bool { ProcessMachine.ask { $0.exists(identifier) } }

  /// Enters NORMAL mode, where `main` has not, and lets the processes run, for ever.
  ///
  /// When none is ready, nor will be in this window, the window is given up. It registers the virtual timer and, where
  /// there are queuing ports, their interrupt, both without a handler of the partition's own. Where the kernel refuses
  /// that, processes give way only where they call a service.
  public static func run() -> Never { ProcessMachine.run() }

  // MARK: Life

  /// Starts it: a periodic process is released with the partition's next period, in NORMAL mode, and `delay` later;
  /// others are ready so long from now, or from when NORMAL mode begins.
  ///
  /// - Throws: `noAction` where it is started already, `invalidParameter` where there is no such process, and where the
  ///   delay is negative or not shorter than the period, `invalidConfiguration` where its deadline would be out of
  ///   range.
  public func start(after delay: ServiceTime = .notAtAll) throws(ReturnCode) {
    try ProcessMachine.try { scheduler, moment in
      let code = scheduler.start(identifier, after: delay, moment)
      if code == .noError { ProcessMachine.prepare(identifier) }
      return .done(code)
    }
  }

  /// Stops another process, wherever it waits. A mutex that it owns remains its own, until that is reset.
  ///
  /// - Throws: `invalidParameter` for the caller itself and where there is no such process, `noAction` where it is not
  ///   started.
  public func stop() throws(ReturnCode) {
    try ProcessMachine.try { scheduler, moment in
      let (code, telling) = scheduler.stop(identifier, moment)
      ProcessMachine.tell(telling)
      return .done(code)
    }
  }

  /// Ends the caller: a process, or the error handler. It comes back where neither calls.
  public static func stopSelf() {
    if ProcessMachine.scheduler.isInErrorHandler { ErrorHandler.end() }
    if current == nil { return }
    VirtualInterrupts.disable()
    partita_forget_upcalls()
    ProcessMachine.judgedMoment(ProcessMachine.moment)
    if ProcessMachine.scheduler.stopSelf() { ProcessMachine.giveWay() }
  }
}
