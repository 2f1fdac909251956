import Testing

@testable import ModuleCompiler

/// Which I/O ports a partition may get, port by port.
@Suite struct PortGrantTests {
  private static func rules(first: UInt64, count: UInt64 = 1) -> [Rule] {
    let grant = "First=\"0x\(String(first, radix: 16))\" Count=\"\(count)\""
    let text = SampleModule.text.replacing("First=\"0x3F8\" Count=\"8\"", with: grant)
      .replacing("<p:Owner PartitionIdentifier=\"10\"/>", with: "")
    return SampleModule.check(text).errors.map(\.rule).filter { $0 == .reservedPort || $0 == .portGrantRange }
  }

  /// As the machines' maps have them, neighbours of one owner or another joined. The debug port is the drainer's.
  private static let reserved: [ClosedRange<UInt64>] = [
    0x00...0x0F, 0x20...0x21, 0x40...0x43, 0x61...0x61, 0x64...0x64, 0x70...0x77, 0x7E...0x8F, 0x92...0x92,
    0xA0...0xA1, 0xB2...0xB3, 0xC0...0xDF, 0xE9...0xE9, 0xF0...0xF1, 0xF4...0xF4, 0x3F0...0x3F5, 0x3F7...0x3F7,
    0x4D0...0x4D1, 0x505...0x505, 0x510...0x51B, 0x600...0x67F, 0x700...0x73F, 0xA00...0xA1B, 0xCC0...0xCFF,
    0x1000...0x7FFF,
  ]

  /// From the first to the last, and not one more: what lies beside it may be some device's.
  @Test(arguments: reserved)
  func whatOwnsTheMachineIsNobodys(_ ports: ClosedRange<UInt64>) {
    for port in [ports.lowerBound, ports.upperBound] { #expect(Self.rules(first: port) == [.reservedPort]) }
    if ports.upperBound < 0x7FFF { #expect(Self.rules(first: ports.upperBound + 1).isEmpty) }
    guard ports.lowerBound > 0 else { return }
    #expect(Self.rules(first: ports.lowerBound - 1).isEmpty)
    // One of several is enough.
    #expect(Self.rules(first: ports.lowerBound - 1, count: 2) == [.reservedPort])
  }

  @Test(arguments: [0x60, 0x2F8, 0x3F6, 0x3F8, 0x378, 0x1F0, 0x740, 0xFFF] as [UInt64])
  func whatADeviceOfItsOwnerIsMayBeGranted(_ port: UInt64) {
    #expect(Self.rules(first: port).isEmpty)
  }

  /// The kernel's map of permissions has the ports up to 0x7FFF: of a grant beyond it nothing would come.
  @Test(arguments: [0x8000, 0xAE00, 0xC000, 0xFFFF] as [UInt64])
  func whatTheKernelCannotGrantIsRefused(_ port: UInt64) {
    #expect(Self.rules(first: port) == [.portGrantRange])
  }

  /// Entries that overlap would tell one port twice.
  @Test func reservedPortsAreListedOnce() {
    let all = ModuleRules.reservedPorts.map(\.ports)
    for (earlier, later) in zip(all, all.dropFirst()) { #expect(earlier.upperBound < later.lowerBound) }
  }
}
