import APEXTypes
import Dispatch
import Emulation
import Foundation
import ModuleConfiguration
import TraceFormat
import TraceReading

/// One boot of a module, captured, and read back.
struct CapturedRun: Sendable {
  let trace: [UInt8]
  let report: CaptureReport
  /// All that the module wrote to its console.
  let console: String
  /// The emulator's own log of the interrupts and exceptions that it took; empty where none was asked for.
  let interruptLog: String
  let events: [TraceEvent]
  let condition: TraceCondition
  let partitions: [String]

  /// More emulators at a time than this would only wait for each other.
  private static let slots = DispatchSemaphore(value: 2)

  /// Boots `module` and follows it to its end.
  ///
  /// - Throws: where something that the boot needs is missing, or the capture does not end in order.
  static func capture(
    _ module: ModuleVariant, milliseconds: UInt64, kernel: String = "partita-kernel", logsInterrupts: Bool = false,
    transport: DrainTransport = .port
  ) throws -> CapturedRun {
    let image = try module.compile().imageBytes
    let locator = KernelLocator.current
    let folder = try PrivateDirectory()
    let tracePath = folder.file("run.partita")
    try Data().write(to: URL(fileURLWithPath: tracePath))
    var request = CaptureRequest(
      emulator: try locator.emulator(), guardian: locator.program("setpriv"),
      kernel: try BootImages.path(kernel), image: image, trace: tracePath)
    request.stopInstant = SystemTime.zero + Nanoseconds(milliseconds * 1_000_000)
    request.patience.nextBlock = .seconds(120)
    request.patience.firstBlock = .seconds(120)
    request.transport = transport
    if logsInterrupts { request.interruptLog = folder.file("interrupts") }

    var console: [UInt8] = []
    let report = try boot(request) { console += $0 }
    guard report.isWhole else {
      throw UnfinishedCapture(reason: report.complaint ?? "\(report)", messages: report.emulatorMessages)
    }
    let trace = Array(try Data(contentsOf: URL(fileURLWithPath: tracePath)))
    let log = logsInterrupts ? try String(contentsOfFile: folder.file("interrupts"), encoding: .utf8) : ""
    return try CapturedRun(
      trace: trace, report: report, console: String(decoding: console, as: UTF8.self), interruptLog: log)
  }

  private static func boot(_ request: CaptureRequest, _ onConsole: ([UInt8]) -> Void) throws -> CaptureReport {
    slots.wait()
    defer { slots.signal() }
    let capture = try Capture(request, signals: SignalWatch())
    return capture.run(onConsole: onConsole) { _ in }
  }

  private init(trace: [UInt8], report: CaptureReport, console: String, interruptLog: String) throws {
    self.trace = trace
    self.report = report
    self.console = console
    self.interruptLog = interruptLog
    let reader = try TraceReader(bytes: trace)
    var events: [TraceEvent] = []
    while let batch = reader.nextBatch() {
      if case .events(_, let more) = batch { events += more }
    }
    self.events = events
    condition = reader.condition
    partitions = withExtendedLifetime(reader) { TraceVocabulary(reader.moduleTable).partitions }
  }

  /// The index of the partition of this name.
  func partition(_ name: String) throws -> UInt8 {
    guard let index = partitions.firstIndex(of: name) else {
      throw MissingForBoot(what: "partition \(name)", remedy: "the module has \(partitions)")
    }
    return UInt8(index)
  }

  /// The events of one kind, with their positions.
  func events(_ kind: EventKind) -> [(position: Int, event: TraceEvent)] {
    events.enumerated().filter { $0.element.kind == kind.rawValue }.map { ($0.offset, $0.element) }
  }
}

/// A capture that did not end in order with a whole trace.
struct UnfinishedCapture: Error, CustomStringConvertible {
  var reason: String
  var messages: String

  var description: String { "the capture failed: \(reason) \(messages)" }
}

/// Runs that several tests look at; each is captured when the first test wants it.
enum SharedRuns {
  /// The module as it ships with its stimulus, 10 virtual seconds.
  static let flight = Result { try CapturedRun.capture(.flightControl(), milliseconds: 10_000) }
  /// The same for 1.2 seconds, under the emulator's interrupt log.
  static let logged = Result {
    try CapturedRun.capture(.flightControl(), milliseconds: 1_200, logsInterrupts: true)
  }
  /// A short one in many small blocks, to be damaged.
  static let inSmallBlocks = Result {
    try CapturedRun.capture(
      .flightControl().replacing("EventsPerBlock=\"4096\"", by: "EventsPerBlock=\"256\""), milliseconds: 300)
  }
}
