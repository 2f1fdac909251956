import Emulation
import ModuleConfiguration
import Testing
import TraceFormat
import TraceReading

/// Non-maskable interrupts wherever they can come: counted, in the trace, never lost, and nothing breaks by them.
@Suite struct NonMaskableTests {
  enum Place: String, CaseIterable, Sendable {
    /// A partition's first instruction.
    case ringThree
    /// The first instruction of the way in by `syscall`: ring 0, and the stack pointer still the partition's.
    case systemCall
    /// The first instruction of the window timer's stub: ring 0, the partition's page tables.
    case timerStub
    /// Wherever the machine is after some time, most likely idle.
    case anywhere
  }

  @Test(arguments: Place.allCases) func oneIsCountedAndEndsTheModule(_ place: Place) throws {
    let module = try ModuleVariant.arena(attacker: "NeverYield", due: HostileImage.never).compile()
    let bytes = module.imageBytes
    let entry = try bytes.withUnsafeBytes { try ModuleTable($0).partition(.init(0)).entryPoint }
    let machine = try PausedMachine.start(image: bytes)
    let stub = try SwitcherConstants.value("SWITCHER_TEXT") + 0xE0 * 16
    switch place {
    case .ringThree, .systemCall:
      try machine.stub.addBreakpoint(at: entry)
      #expect(try machine.stub.run())
      try machine.stub.removeBreakpoint(at: entry)
      if place == .systemCall {
        for _ in 0..<20 where try machine.registers()["CPL"] == 3 { try machine.stub.step() }
        let registers = try machine.registers()
        #expect(registers["CPL"] == 0)
        #expect(registers["RSP"] == PartitionLayout.stackTop, "still the partition's own")
      }
    case .timerStub:
      try machine.stub.addBreakpoint(at: stub)
      for _ in 0..<3 { #expect(try machine.stub.run()) }
      try machine.stub.removeBreakpoint(at: stub)
    case .anywhere:
      try machine.stub.addBreakpoint(at: entry)
      #expect(try machine.stub.run())
      try machine.stub.removeBreakpoint(at: entry)
      #expect(try machine.stub.run(milliseconds: 20))
    }
    try machine.monitor.injectNonMaskableInterrupt()
    try machine.stub.leave()
    let (status, trace) = try machine.waitForEnd()
    #expect(status == .exited(1), "an orderly end")
    let events = try Self.events(trace)
    let counted = events.filter { $0.knownKind == .nonMaskable }
    #expect(counted.map(\.operand) == [1])
    let stops = events.filter { $0.knownKind == .stop }
    #expect(stops.map(\.detail) == [StopReason.nonMaskableInterrupt.rawValue])
    #expect(events.last?.knownKind == .end)
    #expect(try Judge.replay(trace).verdict == .identical)
    #expect(try Judge.verify(trace).report.claims(.fail) == [])
  }

  private static func events(_ trace: [UInt8]) throws -> [TraceEvent] {
    let reader = try TraceReader(bytes: trace)
    var events: [TraceEvent] = []
    while let batch = reader.nextBatch() {
      if case .events(_, let more) = batch { events += more }
    }
    return events
  }
}
