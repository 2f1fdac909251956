import Emulation
import Foundation
import TemporaryFolder
import TraceFormat

/// A shell script that stands for the emulator, and the folder that it and the test share.
final class FakeEmulator {
  private let files: TemporaryFolder
  var folder: String { files.path }
  let script: String

  /// - Parameter body: shell commands. They know `$trace` (where the trace goes), `$console`, `$monitor` (the socket's
  ///   path), `$here` (the shared folder) and the whole command line in `$here/arguments`.
  init(_ body: String) throws {
    files = try TemporaryFolder()
    script = files.file("emulator")
    let text = """
      #!/bin/bash
      here='\(files.path)'
      printf '%s\\n' "$@" > "$here/arguments"
      echo $$ > "$here/pid"
      for word; do case $word in
        file,id=trace,path=*) trace=${word#file,id=trace,path=} ;;
        file,id=console,path=*) console=${word#file,id=console,path=} ;;
        unix:*) monitor=${word#unix:}; monitor=${monitor%%,*} ;;
      esac; done
      echo "$monitor" > "$here/monitor-path"
      \(body)
      """
    try write(text, "emulator")
    chmod(script, 0o755)
    try write("", "trace")
    waitUntilNobodyWrites()
  }

  /// A child that another test forked meanwhile holds our descriptor until it has become another program, and a file
  /// that somebody could write cannot be run ("text file busy"). Nor can it be leased: that tells.
  private func waitUntilNobodyWrites() {
    // What Linux calls F_SETLEASE, which Glibc's module does not show.
    let setLease: Int32 = 1024
    let descriptor = open(script, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    for _ in 0..<10_000 {
      if fcntl(descriptor, setLease, F_RDLCK) == 0 || errno != EAGAIN { break }
      usleep(1000)
    }
    _ = fcntl(descriptor, setLease, F_UNLCK)
  }

  var tracePath: String { folder + "/trace" }

  func write(_ text: String, _ name: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
  }

  func write(_ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  func read(_ name: String) -> String {
    ((try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? "").trimmingCharacters(in: .newlines)
  }

  /// A request that runs this script, with little patience.
  var request: CaptureRequest {
    var request = CaptureRequest(
      emulator: script, guardian: KernelLocator.current.program("setpriv"), kernel: "kernel.elf", image: [1, 2, 3],
      trace: tracePath)
    request.patience.tick = .milliseconds(2)
    request.patience.firstBlock = .seconds(60)
    return request
  }

  /// Runs the script to its end.
  func capture(_ change: (inout CaptureRequest) -> Void = { _ in }) throws -> CaptureReport {
    var request = request
    change(&request)
    return try Capture(request, signals: SignalWatch()).run(onConsole: { _ in }, onProgress: { _ in })
  }

  /// Whether the script's process is gone.
  var isGone: Bool {
    guard let pid = pid_t(read("pid")) else { return false }
    return kill(pid, 0) != 0 && errno == ESRCH
  }
}

/// The bytes of blocks as a meter sees them: true headers, payloads of zeros.
enum Blocks {
  static func events(_ count: UInt32, time: UInt64, lost: UInt64 = 0, payload: UInt32 = 100) -> [UInt8] {
    var header = BlockHeader(type: .events)
    header.eventCount = count
    header.baseTime = time
    header.eventsLostBefore = lost
    header.storedByteCount = payload
    return bytes(header)
  }

  static func seal(time: UInt64) -> [UInt8] {
    var header = BlockHeader(type: .seal)
    header.baseTime = time
    return bytes(header)
  }

  private static func bytes(_ header: BlockHeader) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: BlockHeader.byteCount + Int(header.storedByteCount))
    result.withUnsafeMutableBytes { header.write(to: $0) }
    return result
  }
}
