import Foundation
import GuestRing
import ModuleConfiguration

/// Answers the bell of a drainer whose host reads the ring itself (`DrainBell`).
///
/// Between the emulator and this reader lies a pipe with room for one write: a packet pipe of a single page. The
/// emulator waits in its write while the stroke before has not been read, and virtual time waits with it; so the module
/// runs the same however fast the host is.
///
/// Unchecked: the thread is the only one that uses the ring, and `finish` waits for its end.
final class BellReader: @unchecked Sendable {
  /// The emulator's end, till it has been started.
  let writing: Int32
  private let reading: Int32
  private let memoryPath: String
  private let isMemoryOurs: Bool
  private let trace: Int32
  private let isDone = DispatchSemaphore(value: 0)
  private var isStarted = false
  private var isWritingOpen = true
  /// What went wrong, if something did.
  private var failure: String?

  /// - Parameters:
  ///   - memory: the machine's memory as a file; it need not be there yet.
  ///   - isOurs: whether nobody else wants that file: its name goes as soon as it is open, so that nothing is left
  ///     behind even if we are killed.
  ///   - path: the trace, an existing file.
  init(memory: String, isOurs: Bool, trace path: String) throws(EmulationError) {
    memoryPath = memory
    isMemoryOurs = isOurs
    trace = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard trace >= 0 else { throw .unwritable(path: path, reason: SystemCall.lastError) }
    guard let ends = Self.makePacketPipe() else {
      close(trace)
      throw .notStarted(program: "the drainer's bell", reason: "this system has no pipe for one packet at a time")
    }
    (reading, writing) = ends
  }

  /// A pipe that takes one write at a time; nil where the system does not make one.
  private static func makePacketPipe() -> (reading: Int32, writing: Int32)? {
    guard let ends = SystemCall.makePipe() else { return nil }
    // F_SETPIPE_SZ, in Linux alone; it answers what the size is now.
    let setPipeSize: Int32 = 1031
    // O_DIRECT of x86-64: what is written at a time stays a packet of its own.
    let packets: Int32 = 0o40000
    let flags = fcntl(ends.writing, F_GETFL)
    var isNarrow = fcntl(ends.writing, setPipeSize, 1) == sysconf(Int32(_SC_PAGESIZE))
    isNarrow = isNarrow && fcntl(ends.writing, F_SETFL, flags | packets | O_NONBLOCK) == 0
    var byte: UInt8 = 0
    // Seen is better than believed: the second write must not fit.
    isNarrow = isNarrow && write(ends.writing, &byte, 1) == 1 && write(ends.writing, &byte, 1) == -1
    isNarrow = isNarrow && errno == EAGAIN && read(ends.reading, &byte, 1) == 1
    isNarrow = isNarrow && fcntl(ends.writing, F_SETFL, flags | packets) == 0
    if isNarrow { return ends }
    close(ends.reading)
    close(ends.writing)
    return nil
  }

  /// To be called once the emulator has its end.
  func start() {
    closeWritingEnd()
    isStarted = true
    let thread = Thread { [self] in
      answer()
      isDone.signal()
    }
    thread.stackSize = 1 << 20
    thread.qualityOfService = .userInteractive
    thread.start()
  }

  private func closeWritingEnd() {
    if isWritingOpen { close(writing) }
    isWritingOpen = false
  }

  /// Waits until everything is in the trace, once the emulator is gone; what went wrong, if something did.
  func finish() -> String? {
    guard isStarted else { return nil }
    isDone.wait()
    isStarted = false
    return failure
  }

  private func answer() {
    var ring: LiveRing?
    var stroke: UInt8 = 0
    while SystemCall.retrying({ read(reading, &stroke, 1) }) == 1 {
      // After a failure the bell is answered all the same: the module shall end.
      guard failure == nil else { continue }
      do throws(RescueError) {
        if ring == nil { ring = try makeRing() }
        try ring?.take(stroke)
      } catch {
        failure = "\(error)"
      }
    }
    guard failure == nil else { return }
    do throws(RescueError) {
      try ring?.finish()
    } catch {
      failure = "\(error)"
    }
  }

  private func makeRing() throws(RescueError) -> LiveRing {
    let trace = trace
    let memory = try GuestMemory(ramFile: memoryPath)
    if isMemoryOurs { unlink(memoryPath) }
    return try LiveRing(memory) { SystemCall.writeAll($0, to: trace) }
  }

  deinit {
    closeWritingEnd()
    close(reading)
    close(trace)
  }
}
