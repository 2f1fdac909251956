import CommandFolder
import Foundation
import Testing
import TraceFormat
import TraceReading

/// Ctrl-C in `what-if`, where the prediction itself does not look up.
@Suite(.serialized) struct PredictionInterruptionTests {
  /// A trace without a start is read to its end before anything is predicted.
  @Test(arguments: [["--module", "module.image"], ["--schedule-search"]])
  func whileAStartIsLookedFor(options: [String]) throws {
    let trace = try Self.withoutStart(LongTrace.bytes.get())
    let folder = try InterruptionTests.folder(trace)
    for _ in 0..<30 {
      let command = try RunningCommand(["what-if", "run.partita"] + options, in: folder)
      guard command.reaches({ command.bytesRead > 1 << 21 }) else { continue }
      command.send(SIGINT)
      let ending = command.finish()
      // It had come to its end, or nearly.
      guard command.bytesReadInAll < trace.count * 3 / 4 || ending == .status(3) else { continue }
      #expect(ending == .status(3) && command.errors.contains("interrupted"), "\(command.errors)")
      #expect(folder.names == InterruptionTests.names && folder.leftovers == [])
      return
    }
    Issue.record("it was never interrupted: the trace is too short for this machine")
  }

  /// The same trace, but that where the module starts it is told to be idle.
  private static func withoutStart(_ bytes: [UInt8]) throws -> [UInt8] {
    let reader = try TraceReader(bytes: bytes)
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes), eventsPerBlock: 4096)
    while var event = reader.nextPresentEvent() {
      if event.knownKind == .start { event.kind = EventKind.idle.rawValue }
      writer.append(event)
    }
    return writer.finish()
  }
}
