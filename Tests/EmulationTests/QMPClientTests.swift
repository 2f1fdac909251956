import Foundation
import Synchronization
import Testing

@testable import Emulation

/// A monitor that answers what the test tells it to.
final class FakeMonitor: Sendable {
  let path: String
  private let listener: Int32
  private let commands = Mutex<[String]>([])

  /// - Parameters:
  ///   - greeting: sent at once.
  ///   - answer: what to send for a line received; nil closes the connection.
  init(
    path: String, greeting: String = #"{"QMP": {"version": {}, "capabilities": []}}"# + "\r\n",
    answer: @escaping @Sendable (String) -> String?
  ) {
    self.path = path
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.listener = listener
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    listen(listener, 4)
    Thread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        self?.serve(connection, greeting, answer)
        // A child that another test has just started may hold it open, too.
        shutdown(connection, Int32(SHUT_RDWR))
        close(connection)
      }
    }.start()
  }

  var received: [String] { commands.withLock { $0 } }

  private func serve(_ connection: Int32, _ greeting: String, _ answer: (String) -> String?) {
    _ = SystemCall.writeAll(greeting.utf8, to: connection)
    var pending = ""
    var buffer = [UInt8](repeating: 0, count: 1024)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      pending += String(decoding: buffer[..<count], as: UTF8.self)
      while let newline = pending.firstIndex(of: "\n") {
        let line = String(pending[..<newline])
        pending.removeSubrange(...newline)
        commands.withLock { $0.append(line) }
        guard let text = answer(line), SystemCall.writeAll(text.utf8, to: connection) else { return }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}

@Suite(.serialized) struct QMPClientTests {
  private let folder: FakeEmulator
  init() throws { folder = try FakeEmulator("") }
  private var path: String { folder.folder + "/qmp" }

  @Test func injectsAnInterruptAfterNegotiating() throws {
    let monitor = FakeMonitor(path: path) { _ in #"{"return": {}}"# + "\r\n" }
    var client = try QMPClient(path: path)
    try client.injectNonMaskableInterrupt()
    #expect(monitor.received == [#"{"execute":"qmp_capabilities"}"#, #"{"execute":"inject-nmi"}"#])
  }

  @Test(arguments: [true, false]) func savesMemoryOfAMachineThatStandsStillMeanwhile(isRunning: Bool) throws {
    let monitor = FakeMonitor(path: path) { line in
      if line.contains("query-status") { return "{\"return\": {\"running\": \(isRunning)}}\n" }
      return line.contains("summary") ? #"{"return": {"base-memory": 4096}}"# + "\n" : #"{"return": {}}"# + "\n"
    }
    var client = try QMPClient(path: path)
    try client.saveMemory(to: "/here/it is")
    let commands = monitor.received.dropFirst().compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    let names = commands.map { $0["execute"] as? String }
    let saved = ["pmemsave"]
    #expect(
      names == ["query-status", "query-memory-size-summary"] + (isRunning ? ["stop"] + saved + ["cont"] : saved))
    let arguments = commands.first { $0["execute"] as? String == "pmemsave" }?["arguments"] as? [String: Any]
    #expect(arguments?["size"] as? Int == 4096 && arguments?["filename"] as? String == "/here/it is")
  }

  @Test func aMachineGoesOnWhereItsMemoryCannotBeSaved() throws {
    let monitor = FakeMonitor(path: path) { line in
      if line.contains("query-status") { return #"{"return": {"running": true}}"# + "\n" }
      if line.contains("summary") { return #"{"return": {"base-memory": 4096}}"# + "\n" }
      return line.contains("pmemsave") ? #"{"error": {"desc": "no room"}}"# + "\n" : #"{"return": {}}"# + "\n"
    }
    var client = try QMPClient(path: path)
    var failure: EmulationError?
    do { try client.saveMemory(to: "x") } catch { failure = error }
    #expect(failure == .monitor(reason: "pmemsave was refused, no room"))
    #expect(monitor.received.last?.contains("cont") == true)
  }

  @Test func seeksAndWaits() throws {
    let looks = Mutex(0)
    let monitor = FakeMonitor(path: path) { line in
      if line.contains("query-status") {
        let count = looks.withLock {
          $0 += 1; return $0
        }
        return "{\"return\": {\"running\": \(count < 3)}}\n"
      }
      return line.contains("query-replay") ? #"{"return": {"icount": 41}}"# + "\n" : #"{"return": {}}"# + "\n"
    }
    var client = try QMPClient(path: path)
    var waits = 0
    let reached = try client.seek(to: 42) { count in
      waits += 1
      return count == 41
    }
    #expect(reached == 41 && waits == 2, "the recording ended one before")
    #expect(monitor.received.contains { $0.contains("replay-seek") && $0.contains("42") })
    looks.withLock { $0 = 0 }
    #expect(try client.seek(to: 42) { _ in false } == nil, "given up")
  }

  @Test func aStateThatCannotBeSavedIsTold() throws {
    let monitor = FakeMonitor(path: path) { line in
      line.contains("savevm") ? #"{"return": "Error: no room\r\n"}"# + "\n" : #"{"return": {}}"# + "\n"
    }
    var client = try QMPClient(path: path)
    #expect(throws: EmulationError.monitor(reason: "Error: no room")) { try client.saveState(named: "x") }
    withExtendedLifetime(monitor) {}
  }

  @Test func passesOverEvents() throws {
    let monitor = FakeMonitor(path: path) { _ in
      #"{"event": "STOP"}"# + "\r\n" + #"{"event": "RESUME"}"# + "\r\n" + #"{"return": {}}"# + "\r\n"
    }
    var client = try QMPClient(path: path)
    try client.injectNonMaskableInterrupt()
    #expect(monitor.received.count == 2)
  }

  @Test func tellsARefusal() throws {
    let monitor = FakeMonitor(path: path) { line in
      line.contains("inject") ? #"{"error": {"class": "x", "desc": "not today"}}"# + "\n" : #"{"return": {}}"# + "\n"
    }
    var client = try QMPClient(path: monitor.path)
    var failure: EmulationError?
    do { try client.injectNonMaskableInterrupt() } catch { failure = error }
    #expect(failure == .monitor(reason: "inject-nmi was refused, not today"))
    #expect(monitor.received.count == 2)
  }

  @Test(arguments: [
    "hello\n", "[1]\n", "{\"x\": 1}\n", "\u{0}\u{1}\n", "", String(repeating: "x", count: 1 << 17),
  ])
  func refusesWhatIsNoMonitor(greeting: String) {
    let monitor = FakeMonitor(path: path, greeting: greeting) { _ in nil }
    var failure: EmulationError?
    do { _ = try QMPClient(path: monitor.path, timeout: .milliseconds(200)) } catch { failure = error }
    #expect(failure != nil)
    withExtendedLifetime(monitor) {}
  }

  @Test func aClosingMonitorIsAnError() {
    let monitor = FakeMonitor(path: path) { _ in nil }
    #expect(throws: EmulationError.monitor(reason: "the connection closed")) {
      _ = try QMPClient(path: monitor.path)
    }
    withExtendedLifetime(monitor) {}
  }

  @Test func aSignalEndsTheWaitForASilentMonitor() throws {
    let monitor = FakeMonitor(path: path, greeting: "") { _ in nil }
    let signals = try SignalWatch()
    signals.post()
    #expect(throws: EmulationError.interrupted) {
      _ = try QMPClient(path: monitor.path, timeout: .seconds(100), signals: signals)
    }
    #expect(signals.take() == 1, "whoever asks for the signal finds it")
    withExtendedLifetime(monitor) {}
  }

  /// A signal that comes while a machine stands still for us does not leave it so.
  @Test func aMachineGoesOnInSpiteOfASignal() throws {
    let signals = try SignalWatch()
    let monitor = FakeMonitor(path: path) { line in
      if line.contains("\"stop\"") { signals.post() }
      if line.contains("query-status") { return #"{"return": {"running": true}}"# + "\n" }
      return line.contains("summary") ? #"{"return": {"base-memory": 4096}}"# + "\n" : #"{"return": {}}"# + "\n"
    }
    var client = try QMPClient(path: path, timeout: .seconds(100), signals: signals)
    try client.saveMemory(to: "x")
    #expect(monitor.received.last?.contains("cont") == true)
    #expect(throws: EmulationError.interrupted) { try client.execute("query-status") }
  }

  @Test func nobodyListens() {
    #expect(throws: EmulationError.self) { _ = try QMPClient(path: folder.folder + "/nothing") }
    #expect(throws: EmulationError.self) { _ = try QMPClient(path: String(repeating: "x", count: 300)) }
  }
}
