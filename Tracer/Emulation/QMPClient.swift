import Foundation

/// A connection to the emulator's monitor (QEMU Machine Protocol over a Unix socket).
public struct QMPClient: ~Copyable {
  private let descriptor: Int32
  private let deadline: Duration
  private let signals: SignalWatch?
  /// Whether a signal ends the wait for an answer.
  var isInterruptible = true
  private var pending: [UInt8] = []
  /// A line longer than this is not the monitor's.
  private static let longestLine = 1 << 16

  /// Connects to `path` and leaves the negotiation mode.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait for each answer.
  ///   - signals: what ends a wait before that, with `interrupted`; none of them is taken.
  public init(
    path: String, timeout: Duration = .seconds(2), signals: SignalWatch? = nil
  ) throws(EmulationError) {
    deadline = timeout
    self.signals = signals
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .monitor(reason: SystemCall.lastError) }
    try connectSocket(to: path)
    let greeting = try readMessage()
    guard greeting["QMP"] != nil else { throw .monitor(reason: "no greeting") }
    try execute("qmp_capabilities")
  }

  /// Gives every processor a non-maskable interrupt: the kernel then ends the module in order.
  public mutating func injectNonMaskableInterrupt() throws(EmulationError) { try execute("inject-nmi") }

  /// Runs a command without arguments and waits for its answer; events in between are passed over.
  public mutating func execute(_ command: String) throws(EmulationError) {
    _ = try perform("{\"execute\":\"\(command)\"}\n", command)
  }

  /// Runs a command of the monitor for humans, and answers what it prints.
  public mutating func printed(by line: String) throws(EmulationError) -> String {
    let command: [String: Any] = ["execute": "human-monitor-command", "arguments": ["command-line": line]]
    return try perform(command) as? String ?? ""
  }

  /// Runs a command and answers what it returns.
  mutating func perform(_ command: [String: Any]) throws(EmulationError) -> Any {
    let name = "\(command["execute"] ?? "")"
    guard let text = try? JSONSerialization.data(withJSONObject: command) else {
      throw .monitor(reason: "\(name) has arguments that are no text")
    }
    return try perform(String(decoding: text, as: UTF8.self) + "\n", name)
  }

  /// Sends a line and waits for what it returns.
  private mutating func perform(_ text: String, _ command: String) throws(EmulationError) -> Any {
    guard SystemCall.writeAll(text.utf8, to: descriptor) else {
      throw .monitor(reason: "\(command) could not be sent, \(SystemCall.lastError)")
    }
    while true {
      let answer = try readMessage()
      if let result = answer["return"] { return result }
      if let failure = answer["error"] as? [String: Any] {
        throw .monitor(reason: "\(command) was refused, \(failure["desc"] ?? "without a reason")")
      }
      guard answer["event"] != nil else { throw .monitor(reason: "\(command) got an answer that is none") }
    }
  }

  private func connectSocket(to path: String) throws(EmulationError) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < capacity else { throw .monitor(reason: "the path \(path) is too long for a socket") }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      let reason = SystemCall.lastError
      if signals?.isPending ?? false { throw .interrupted }
      throw .monitor(reason: "\(path), \(reason)")
    }
  }

  /// Waits for bytes of the monitor, or for a signal.
  ///
  /// - Returns: whether there are bytes; false also where something else has ended the wait early.
  private func waitForBytes(milliseconds: Int) throws(EmulationError) -> Bool {
    var entries = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    if isInterruptible, let signals {
      entries.append(pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0))
    }
    _ = poll(&entries, nfds_t(entries.count), Int32(clamping: milliseconds))
    if entries.count > 1, entries[1].revents != 0 { throw .interrupted }
    return entries[0].revents != 0
  }

  /// The next line as a JSON object.
  private mutating func readMessage() throws(EmulationError) -> [String: Any] {
    let end = ContinuousClock.now + deadline
    while true {
      if let newline = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(pending[..<newline])
        pending.removeSubrange(...newline)
        guard let message = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else {
          throw .monitor(reason: "a line is not a JSON object")
        }
        return message
      }
      guard pending.count < Self.longestLine else { throw .monitor(reason: "a line without an end") }
      let left = ContinuousClock.now.duration(to: end)
      guard left > .zero else { throw .monitor(reason: "no answer in time") }
      guard try waitForBytes(milliseconds: left.wholeMilliseconds + 1) else { continue }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = SystemCall.retrying { recv(descriptor, &buffer, buffer.count, 0) }
      guard count > 0 else { throw .monitor(reason: "the connection closed") }
      pending += buffer[..<count]
    }
  }

  deinit { close(descriptor) }
}

extension Duration {
  /// Milliseconds, the rest dropped.
  var wholeMilliseconds: Int { Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000) }
}
