import APEXTypes
import Foundation
import Testing

@testable import Emulation

@Suite(.serialized) struct CaptureTests {
  private let whole = Blocks.events(1000, time: 5) + Blocks.events(24, time: 70, lost: 3) + Blocks.seal(time: 99)

  @Test func anOrderlyRun() throws {
    let fake = try FakeEmulator("cat $here/blocks > $trace; echo hello > $console; exit 1")
    try fake.write(whole, "blocks")
    let report = try fake.capture { $0.stopInstant = SystemTime(nanoseconds: 100) }
    #expect(report.ending == .orderly)
    #expect(report.isWhole)
    #expect(report.complaint == nil)
    #expect(report.progress.events == 1024)
    #expect(report.progress.lost == 3)
    #expect(report.consoleTail == "hello\n")
    #expect(!report.wasInterrupted)
    #expect(fake.read("arguments").contains("-append\nstop=100"))
    #expect(fake.isGone)
  }

  @Test func nothingIsLeftBehind() throws {
    let fake = try FakeEmulator("cat $here/blocks > $trace; exit 1")
    try fake.write(whole, "blocks")
    _ = try fake.capture()
    let folder = (fake.read("monitor-path") as NSString).deletingLastPathComponent
    #expect(folder.contains("partita."))
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func anEmulatorThatCannotBegin() throws {
    let fake = try FakeEmulator("echo 'no such machine' >&2; exit 1")
    let report = try fake.capture()
    #expect(report.ending == .emulatorFailed(status: 1))
    #expect(report.emulatorMessages == "no such machine")
    #expect(report.complaint != nil)
  }

  @Test(
    arguments: [
      ("exit 3", .kernelFault), ("exit 0", .machineReset), ("exit 35", .emulatorFailed(status: 35)),
      ("kill -9 $$", .emulatorKilled(signal: 9)), ("exit 1", .orderly),
    ] as [(String, CaptureReport.Ending)])
  func aPartialTraceIsNeverWhole(end: String, ending: CaptureReport.Ending) throws {
    let fake = try FakeEmulator("cat $here/blocks > $trace; \(end)")
    try fake.write(Blocks.events(10, time: 1), "blocks")
    let report = try fake.capture()
    #expect(report.ending == ending)
    #expect(report.progress.events == 10)
    #expect(!report.isWhole)
    #expect(report.complaint != nil)
  }

  @Test func garbageIsNotATrace() throws {
    let fake = try FakeEmulator("head -c 5000 /dev/urandom > $trace; exit 1")
    let report = try fake.capture()
    #expect(!report.isWhole)
    #expect(report.progress.isGarbled)
    #expect(report.complaint != nil)
  }

  @Test func aModuleThatNeverBoots() throws {
    let fake = try FakeEmulator("sleep 1000 & wait")
    let report = try fake.capture { $0.patience.firstBlock = .milliseconds(300) }
    #expect(report.ending == .neverBooted)
    #expect(fake.isGone)
  }

  @Test func aModuleThatFallsSilent() throws {
    let fake = try FakeEmulator("cat $here/blocks > $trace; trap '' TERM INT; sleep 1000")
    try fake.write(Blocks.events(10, time: 1), "blocks")
    let report = try fake.capture { $0.patience.nextBlock = .milliseconds(300) }
    #expect(report.ending == .stalled)
    #expect(report.progress.blocks == 1)
    #expect(fake.isGone)
  }

  @Test func aSignalEndsTheModuleInOrder() throws {
    let fake = try FakeEmulator(
      """
      ln -s $here/qmp $monitor
      cat $here/blocks > $trace
      until [ -e $here/nmi ]; do sleep 0.01; done
      cat $here/seal >> $trace
      exit 1
      """)
    try fake.write(Blocks.events(10, time: 1), "blocks")
    try fake.write(Blocks.seal(time: 2), "seal")
    let nmi = fake.folder + "/nmi"
    let monitor = FakeMonitor(path: fake.folder + "/qmp") { line in
      if line.contains("inject-nmi") { _ = FileManager.default.createFile(atPath: nmi, contents: nil) }
      return #"{"return": {}}"# + "\r\n"
    }
    let signals = try SignalWatch()
    var isAsked = false
    let report = try Capture(fake.request, signals: signals).run(onConsole: { _ in }) { progress in
      if progress.blocks > 0, !isAsked {
        isAsked = true
        signals.post()
      }
    }
    #expect(report.isWhole)
    #expect(report.wasInterrupted)
    #expect(monitor.received.last?.contains("inject-nmi") == true)
  }

  @Test func aSecondSignalEndsItAtOnce() throws {
    let fake = try FakeEmulator("cat $here/blocks > $trace; sleep 1000")
    try fake.write(Blocks.events(10, time: 1), "blocks")
    let signals = try SignalWatch()
    let report = try Capture(fake.request, signals: signals).run(onConsole: { _ in }) { progress in
      if progress.blocks > 0 { signals.post() }
    }
    #expect(report.ending == .abandoned)
    #expect(!report.isWhole)
    #expect(fake.isGone)
  }

  @Test func aModuleThatDoesNotObey() throws {
    let fake = try FakeEmulator("cat $here/blocks > $trace; sleep 1000")
    try fake.write(Blocks.events(10, time: 1), "blocks")
    let signals = try SignalWatch()
    var request = fake.request
    request.patience.orderlyEnd = .milliseconds(300)
    var isAsked = false
    let report = try Capture(request, signals: signals).run(onConsole: { _ in }) { _ in
      if !isAsked { signals.post() }
      isAsked = true
    }
    #expect(report.ending == .unresponsive)
    #expect(fake.isGone)
  }

  @Test func consoleInputReachesTheModule() throws {
    let fake = try FakeEmulator(
      "cat $here/blocks > $trace; head -c 70000 > $here/typed; echo done; cat $here/seal >> $trace; exit 1")
    try fake.write(Blocks.events(10, time: 1), "blocks")
    try fake.write(Blocks.seal(time: 2), "seal")
    let text = String(repeating: "status\r", count: 10_000)
    try fake.write(text, "input")
    let descriptor = open(fake.folder + "/input", O_RDONLY)
    defer { close(descriptor) }
    let report = try fake.capture { $0.consoleInput = descriptor }
    #expect(report.isWhole)
    #expect(report.consoleTail == "done\n")
    #expect(fake.read("typed") == text.trimmingCharacters(in: .newlines))
    #expect(fake.read("arguments").contains("stdio,id=console,signal=off"))
  }

  @Test func whoHasEnoughDismissesTheEmulator() throws {
    let fake = try FakeEmulator(
      "cat $here/blocks > $trace; while [ ! -e $here/dismissed ]; do sleep 0.01; done; exit 0")
    try fake.write(Blocks.events(10, time: 1) + Blocks.events(10, time: 5), "blocks")
    let here = fake.folder
    var monitor: FakeMonitor?
    let report = try Capture(fake.request, signals: SignalWatch()).run(onConsole: { _ in }) { progress in
      guard progress.events > 10, monitor == nil else { return }
      monitor = FakeMonitor(path: fake.read("monitor-path")) { line in
        if line.contains("quit") { _ = FileManager.default.createFile(atPath: here + "/dismissed", contents: nil) }
        return #"{"return": {}}"# + "\r\n"
      }
    } until: {
      $0.events > 10
    }
    #expect(report.ending == .dismissed && report.complaint == nil && !report.isWhole)
    #expect(monitor?.received.last?.contains("quit") == true)
    #expect(fake.isGone)
  }

  @Test func aMissingProgramIsTold() throws {
    let fake = try FakeEmulator("")
    var request = fake.request
    request.emulator = fake.folder + "/nothing"
    request.guardian = nil
    #expect(throws: EmulationError.self) { _ = try Capture(request, signals: SignalWatch()) }
  }
}
