import APEXTypes
import Testing

@testable import Emulation

@Suite struct MachineTests {
  private func machine() -> Machine {
    Machine(
      kernel: "k.elf", image: "m.img", trace: "t.part", console: .output(path: "c"), monitor: "/tmp/x/monitor")
  }

  /// The value after `option`.
  private func value(_ option: String, _ machine: Machine) -> String? {
    let arguments = machine.arguments
    guard let index = arguments.firstIndex(of: option), index + 1 < arguments.count else { return nil }
    return arguments[index + 1]
  }

  @Test func repeatableRunHasNoClockOfTheHost() {
    #expect(value("-icount", machine()) == "shift=0,sleep=off")
    #expect(value("-rtc", machine()) == "base=2026-01-01,clock=vm")
    #expect(value("-append", machine()) == nil)
    #expect(!machine().arguments.contains("stdio,id=console,signal=off"))
  }

  @Test func realTimeRunCalibrates() {
    var machine = machine()
    machine.pace = .realTime
    machine.stopInstant = SystemTime(nanoseconds: 2_000_000_000)
    #expect(value("-icount", machine) == nil)
    #expect(value("-append", machine) == "stop=2000000000 clock=calibrate")
  }

  @Test func everyDeviceHasItsBackend() {
    let arguments = machine().arguments
    #expect(arguments.contains("file,id=trace,path=t.part"))
    #expect(arguments.contains("isa-debugcon,iobase=0xe9,chardev=trace"))
    #expect(arguments.contains("isa-debug-exit,iobase=0xf4,iosize=1"))
    #expect(value("-serial", machine()) == "chardev:console")
    #expect(value("-qmp", machine()) == "unix:/tmp/x/monitor,server=on,wait=off")
    #expect(value("-kernel", machine()) == "k.elf")
    #expect(value("-initrd", machine()) == "m.img")
  }

  @Test func memoryMayBeAFile() {
    var machine = machine()
    #expect(value("-machine", machine) == "pc" && value("-object", machine) == nil)
    machine.memoryFile = "a,b"
    #expect(value("-machine", machine) == "pc,memory-backend=ram")
    #expect(value("-object", machine) == "memory-backend-file,id=ram,share=on,size=128M,mem-path=a,,b")
    #expect(value("-m", machine) == "128M")
  }

  @Test func theBellIsTheStandardOutput() {
    var machine = machine()
    machine.transport = .memory
    machine.memoryFile = "m"
    #expect(machine.arguments.contains("stdio,id=trace,signal=off"))
    #expect(machine.arguments.contains("isa-debugcon,iobase=0xe9,readback=77,chardev=trace"))
    #expect(!machine.arguments.contains { $0.contains("t.part") })
  }

  @Test func aRecordingIsMadeAndReplayed() {
    let recording = Recording(log: "/l,og", disk: "d")
    var machine = machine()
    machine.repetition = .record(recording)
    #expect(value("-icount", machine) == "shift=0,sleep=off,rr=record,rrfile=/l,,og,rrsnapshot=begin")
    #expect(value("-drive", machine) == "file=d,if=none,id=recording,format=qcow2")
    // What QEMU cannot load is not there, its firmware is: the same instructions come at boot.
    #expect(value("-global", machine) == "apic-common.vapic=off" && value("-option-rom", machine) == "kvmvapic.bin")
    #expect(machine.arguments.contains("file,id=trace,path=t.part") && !machine.arguments.contains("-S"))

    machine.repetition = .replay(recording, debugger: "/s")
    #expect(value("-icount", machine) == "shift=0,sleep=off,rr=replay,rrfile=/l,,og,rrsnapshot=begin")
    #expect(value("-gdb", machine) == "unix:/s,server=on,wait=off" && machine.arguments.contains("-S"))
    #expect(!machine.arguments.contains { $0.contains("t.part") || $0.contains("isa-debug-exit") })
    machine.transport = .memory
    #expect(machine.arguments.contains("isa-debugcon,iobase=0xe9,readback=77,chardev=trace"))
  }

  @Test func commasInPathsDoNotEndAnOption() {
    var machine = machine()
    machine.trace = "a,b"
    #expect(machine.arguments.contains("file,id=trace,path=a,,b"))
  }

  @Test func interruptLogIsAskedFor() {
    var machine = machine()
    machine.interruptLog = "log"
    #expect(machine.arguments.suffix(4) == ["-d", "int", "-D", "log"])
  }
}
