import Foundation

/// A connection to the emulator's debugger stub (GDB's remote serial protocol over a Unix socket): breakpoints, steps,
/// and stops at a moment's notice. Connecting stops the machine.
struct DebugStub: ~Copyable {
  private let descriptor: Int32
  private var pending: [UInt8] = []

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw DebugStubFailure(what: "no connection to \(path)") }
  }

  deinit { close(descriptor) }

  mutating func addBreakpoint(at address: UInt64) throws { try expectOK("Z0,\(String(address, radix: 16)),1") }
  mutating func removeBreakpoint(at address: UInt64) throws { try expectOK("z0,\(String(address, radix: 16)),1") }

  /// Lets the machine run until it stops at a breakpoint; false if it has ended instead.
  mutating func run() throws -> Bool {
    try send("c")
    return try reply(patience: 60)?.hasPrefix("T") ?? false
  }

  /// Lets the machine run for some milliseconds of the host and stops it wherever it is.
  mutating func run(milliseconds: Int) throws -> Bool {
    try send("c")
    usleep(UInt32(milliseconds) * 1_000)
    try write([3])
    return try reply(patience: 60)?.hasPrefix("T") ?? false
  }

  /// One instruction, without interrupts.
  mutating func step() throws {
    try send("s")
    guard try reply(patience: 60)?.hasPrefix("T") ?? false else { throw DebugStubFailure(what: "no step") }
  }

  /// Lets the machine run on without us.
  mutating func leave() throws { try expectOK("D") }

  private mutating func expectOK(_ packet: String) throws {
    try send(packet)
    guard try reply(patience: 10) == "OK" else { throw DebugStubFailure(what: "\(packet) refused") }
  }

  private func write(_ bytes: [UInt8]) throws {
    let count = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard count == bytes.count else { throw DebugStubFailure(what: "the connection broke") }
  }

  private func send(_ packet: String) throws {
    let sum = packet.utf8.reduce(UInt8(0)) { $0 &+ $1 }
    let digits = String(sum, radix: 16)
    try write(Array("$\(packet)#\(digits.count < 2 ? "0" + digits : digits)".utf8))
  }

  /// The next packet; nil where the connection ends.
  private mutating func reply(patience seconds: Int) throws -> String? {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      if let start = pending.firstIndex(of: UInt8(ascii: "$")),
        let hash = pending[start...].firstIndex(of: UInt8(ascii: "#")), pending.count >= hash + 3
      {
        let text = String(decoding: pending[(start + 1)..<hash], as: UTF8.self)
        pending.removeSubrange(..<(hash + 3))
        try write([UInt8(ascii: "+")])
        return text
      }
      guard ContinuousClock.now < end else { throw DebugStubFailure(what: "no answer in time") }
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 1_000) > 0 else { continue }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      pending += buffer[..<count]
    }
  }
}

struct DebugStubFailure: Error, CustomStringConvertible {
  var what: String

  var description: String { "the emulator's debugger stub: \(what)" }
}
