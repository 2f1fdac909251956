import CommandFolder
import Foundation
import GuestRing
import ModuleConfiguration
import Testing
import TraceFormat

/// The kernel's stacks end at pages that are not there: who runs over one is stopped with a word about it.
@Suite struct KernelStackTests {
  private static let pageBytes: UInt64 = 4096

  /// A kernel whose fifth end of interrupt calls itself for ever.
  @Test func aKernelThatRunsOverItsStackTellsSoAndOverwritesNothing() throws {
    let machine = try PausedMachine.start(
      image: ModuleVariant.flightControl().compile().imageBytes,
      kernel: try BootImages.path("kernel-bottomless-stack"), milliseconds: 300, mebibytes: 128, keepsMemory: true)
    try machine.stub.leave()
    let (status, _) = try machine.waitForEnd()
    #expect(status == .exited(3), "a kernel fault")
    let console = try String(contentsOfFile: machine.file("console"), encoding: .utf8)
    #expect(console.contains("kernel fault, vector 0000000000000008 error 0000000000000000 at "))
    let told = try #require(
      console.firstMatch(of: /address ([0-9a-f]{16}): the kernel's stack is full/), "\(console)")
    let address = try #require(UInt64(told.1, radix: 16))

    // The first word that the stack has no room for, where boot's first tables were: they are as boot has left them,
    // with one entry for the lowest addresses.
    let memory = PausedMemory(data: try Data(contentsOf: URL(fileURLWithPath: machine.memoryFile)))
    let end = (address | (Self.pageBytes - 1)) + 1
    #expect(end - address < 256, "just beyond the stack")
    // A frame may have holes; the call that found no room was made from the lowest one.
    #expect(stride(from: end, to: end + 256, by: 8).contains { memory.word($0) != 0 })
    for word in stride(from: end - Self.pageBytes + 8, to: end, by: 8) { #expect(memory.word(word) == 0) }
    // What was recorded until then is whole: the judges find nothing wrong with it.
    let rescued = try RescuedRunTests.rescue(GuestMemory(ramFile: machine.memoryFile))
    let (events, _) = try RescuedRunTests.read(rescued)
    #expect(events.count { $0.knownKind == .acknowledged } == 4)
    try RescuedRunTests.expectDoubtAlone(rescued)
  }

  /// Below each stack lies a page that neither the kernel's address space nor a partition's has.
  @Test func belowEachStackNothingIsMapped() throws {
    let bytes = try ModuleVariant.flightControl().compile().imageBytes
    let entry = try bytes.withUnsafeBytes { try ModuleTable($0).partition(.init(0)).entryPoint }
    let machine = try PausedMachine.start(image: bytes)
    try machine.stub.addBreakpoint(at: entry)
    #expect(try machine.stub.run())
    let memory = try machine.memory()
    let root = try #require(machine.registers()["CR3"])
    let own = PageWalk(root: root) { memory.word($0) }
    let words = try #require(own.pages.first { $0.address == (try? SwitcherConstants.value("TSS_PAGE")) }).physical
    func word(_ offset: UInt64) throws -> UInt64 { try #require(memory.word(words + offset)) }
    let kernel = PageWalk(root: try word(0x810)) { memory.word($0) }
    #expect(kernel.pages.contains { $0.address == words && $0.rights.isWritable }, "the kernel's own address space")

    for walk in [own, kernel] {
      let mapped = Set(walk.pages.map(\.address))
      for name in ["NMI_STACK", "DOUBLE_FAULT_STACK", "MACHINE_CHECK_STACK", "REGISTER_PAGE"] {
        let stack = try SwitcherConstants.value(name)
        #expect(mapped.contains(stack) && !mapped.contains(stack - Self.pageBytes), "\(name)")
      }
    }
    // The stack that the kernel runs on, and the one of its last words behind it.
    let writable = Set(kernel.pages.filter(\.rights.isWritable).map(\.address))
    let mapped = Set(kernel.pages.map(\.address))
    var page = try word(0x808) & ~(Self.pageBytes - 1)
    let top = page + Self.pageBytes
    while writable.contains(page) { page -= Self.pageBytes }
    #expect(!mapped.contains(page) && top - page - Self.pageBytes == 65536)
    #expect(!mapped.contains(top) && writable.contains(top + Self.pageBytes), "below the other")
    let image = try KernelFile.memory()
    #expect(page > image.lowerBound && top < image.upperBound)
  }

  /// What the kernel's functions subtract from the stack pointer, by binutils' disassembler.
  private static func disassembledFrames() throws -> [UInt64] {
    let objdump = Process()
    objdump.executableURL = URL(fileURLWithPath: "/usr/bin/objdump")
    objdump.arguments = ["-d", "--no-show-raw-insn", try BootImages.path("partita-kernel")]
    let pipe = Pipe()
    objdump.standardOutput = pipe
    try objdump.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    objdump.waitUntilExit()
    #expect(objdump.terminationStatus == 0)
    return text.matches(of: /sub +\$0x([0-9a-f]+),%rsp/).compactMap { UInt64($0.1, radix: 16) }
  }

  /// No function lays down so much at once that it could step over the page.
  @Test func noFrameReachesOverAPage() throws {
    let frames = try KernelFile.frames(in: BootImages.bytes("partita-kernel"))
    #expect(frames.allSatisfy { $0 + 8 < Self.pageBytes }, "\(frames.max() ?? 0)")
    // Nobody's frame is overlooked: a disassembler has as many, and of the same sizes.
    let disassembled = try Self.disassembledFrames().filter { $0 >= 128 }
    #expect(!disassembled.isEmpty && frames.sorted() == disassembled.sorted(), "\(frames) and \(disassembled)")
    // And one that reaches over a page is seen.
    var large = try KernelFile.faulting(in: "recordBoot")
    let place = try #require(zip(large, try BootImages.bytes("partita-kernel")).enumerated().first { $1.0 != $1.1 })
    large.replaceSubrange(place.offset..<(place.offset + 7), with: [0x48, 0x81, 0xEC, 0x00, 0x20, 0x00, 0x00])
    #expect(KernelFile.frames(in: large).contains(0x2000))
  }
}
