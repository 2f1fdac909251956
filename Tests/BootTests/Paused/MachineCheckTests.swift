import Foundation
import ModuleConfiguration
import Testing

/// A machine check ends the module with a word about itself. A CPU that is not told to raise it resets instead.
@Suite struct MachineCheckTests {
  @Test(arguments: [false, true]) func endsTheModuleByItsName(inRingThree: Bool) throws {
    let module = try ModuleVariant.arena(attacker: "NeverYield", due: HostileImage.never).compile()
    let bytes = module.imageBytes
    let entry = try bytes.withUnsafeBytes { try ModuleTable($0).partition(.init(0)).entryPoint }
    let machine = try PausedMachine.start(image: bytes)
    try machine.stub.addBreakpoint(at: entry)
    #expect(try machine.stub.run())
    try machine.stub.removeBreakpoint(at: entry)
    if !inRingThree {
      for _ in 0..<20 where try machine.registers()["CPL"] == 3 { try machine.stub.step() }
    }
    let place = try #require(machine.registers()["RIP"])
    // A partition that has COM1 may have left it looped back to itself, or with the divisor in the place of the data.
    _ = try machine.monitor.printed(by: inRingThree ? "o /b 0x3fc 0x1b" : "o /b 0x3fb 0x83")
    // Bank 1: an error that is valid, uncorrected, enabled, and has left nothing to go on with.
    #expect(try machine.monitor.printed(by: "mce 0 1 0xb200000000000000 0 0 0") == "")
    // The machine goes on to its end, perhaps before the stub has answered.
    _ = try? machine.stub.leave()
    let (status, _) = try machine.waitForEnd()
    #expect(status == .exited(3), "a kernel fault")
    let console = try String(contentsOfFile: machine.file("console"), encoding: .utf8)
    let digits = String(place, radix: 16)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    #expect(console.contains("kernel fault, vector 0000000000000012 error 0000000000000000 at \(padded) "))
  }
}
