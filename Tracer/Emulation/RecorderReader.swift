import Foundation
import GuestRing

/// Looks at a flight recorder's ring (`RingPolicy`) while its machine runs, and writes what the ring holds when the
/// machine is gone.
///
/// Nobody drains such a module: that its ring grows is the only sign of life, and its memory the only place of its
/// trace.
final class RecorderReader {
  private let memoryPath: String
  private let isMemoryOurs: Bool
  private let tracePath: String
  private var probe: RingProbe?
  private var memory: GuestMemory?
  private var nextLook = ContinuousClock.now
  /// Words recorded by the last look, ever; 0 while the kernel has not come so far.
  private(set) var recordedWords: UInt64 = 0
  /// Events recorded by the last look, ever.
  var recordedEvents: Int { Int(clamping: probe?.recordedEvents ?? 0) }

  /// - Parameters:
  ///   - memory: the machine's memory as a file; it need not be there yet.
  ///   - isOurs: whether nobody else wants that file: its name goes as soon as it is open, so that nothing is left
  ///     behind even if we are killed.
  ///   - path: the trace, an existing file.
  init(memory: String, isOurs: Bool, trace path: String) {
    memoryPath = memory
    isMemoryOurs = isOurs
    tracePath = path
  }

  /// Looks a few times a second.
  ///
  /// - Returns: whether more is recorded than when it looked before.
  func look() -> Bool {
    guard ContinuousClock.now >= nextLook else { return false }
    // To find the ring all memory is searched.
    nextLook = .now + (probe == nil ? .milliseconds(500) : .milliseconds(100))
    if probe == nil { probe = try? RingProbe(opened()) }
    let words = probe?.recordedWords ?? 0
    defer { recordedWords = words }
    return words > recordedWords
  }

  private func opened() throws(RescueError) -> GuestMemory {
    if let memory { return memory }
    let found = try GuestMemory(ramFile: memoryPath)
    // An emulator that has just started may not have given it its size.
    guard found.end > 0 else { throw .ringEmpty }
    if isMemoryOurs { unlink(memoryPath) }
    memory = found
    return found
  }

  /// Writes the trace, once the emulator is gone; what is wrong with it, if something is.
  func finish() -> String? {
    do throws(RescueError) {
      let rescue = try TraceRescue(opened())
      guard rescue.eventCount > 0 else { return nil }
      let trace = open(tracePath, O_WRONLY | O_APPEND | O_CLOEXEC)
      defer { if trace >= 0 { close(trace) } }
      var isWritten = trace >= 0
      try rescue.write { isWritten = isWritten && SystemCall.writeAll($0, to: trace) }
      if !isWritten { return "\(tracePath): \(SystemCall.lastError)" }
      return rescue.isSpoilt ? "something else than the kernel has written to the trace ring" : nil
    } catch {
      return "\(error)"
    }
  }
}
