import Foundation
import ModuleCompiler
import ModuleConfiguration
import Testing

/// The page tables of each partition, walked in the machine's memory while the partition runs in ring 3.
@Suite struct PageTableTests {
  /// A partition caught in ring 3.
  struct Catch {
    var partition: Int
    var registers: PausedRegisters
    var memory: PausedMemory
    var walk: PageWalk
  }

  /// Each partition of the flight-control module, at its first instruction and at a hypercall later; Loader, which
  /// makes none, somewhere in its windows.
  @Test func whileAPartitionRunsOnlyItsOwnPagesAreMapped() throws {
    let module = try ModuleVariant.flightControl().compile()
    let bytes = module.imageBytes
    try bytes.withUnsafeBytes { raw in
      let table = try ModuleTable(raw)
      let machine = try PausedMachine.start(image: bytes)
      var catches = try Self.catches(machine, table, at: Self.entries(table), wanted: table.partitionCount)
      let calls = Self.systemCalls(table, bytes)
      catches += try Self.catches(machine, table, at: calls, wanted: table.partitionCount - 1)
      if let loader = try Self.somewhere(machine) { catches.append(loader) }
      #expect(catches.count >= 2 * table.partitionCount - 1)
      #expect(Set(catches.map(\.partition)) == Set(0..<table.partitionCount))
      for one in catches {
        let plan = try Self.plan(of: one.partition, table)
        let name = String(decoding: table.name(table.partition(.init(UInt8(one.partition))).name), as: UTF8.self)
        #expect(plan.findings(one.walk) == [], "\(name)")
        try Self.expectProtected(one.registers, name)
        try Self.expectPorts(one, table, name)
        try Self.expectGates(one)
      }
      try Self.expectDisjoint(catches)
    }
  }

  private static func entries(_ table: ModuleTable) -> [UInt64] {
    Array(Set((0..<table.partitionCount).map { table.partition(.init(UInt8($0))).entryPoint }))
  }

  /// Where `syscall` stands in the partitions' text.
  private static func systemCalls(_ table: ModuleTable, _ image: [UInt8]) -> [UInt64] {
    var found: Set<UInt64> = []
    for index in 0..<table.count(SegmentRecord.self) {
      let segment = table.record(SegmentRecord.self, index)
      guard segment.access.contains(.execute), segment.imageBytes > 1 else { continue }
      let start = Int(segment.imageOffset)
      for offset in 0..<(Int(segment.imageBytes) - 1)
      where image[start + offset] == 0x0F && image[start + offset + 1] == 0x05 {
        found.insert(segment.virtualAddress + UInt64(offset))
      }
    }
    return found.sorted()
  }

  /// Runs from breakpoint to breakpoint until `wanted` partitions have been caught once.
  private static func catches(
    _ machine: PausedMachine, _ table: ModuleTable, at places: [UInt64], wanted: Int
  ) throws -> [Catch] {
    for place in places { try machine.stub.addBreakpoint(at: place) }
    var roots: Set<UInt64> = []
    var result: [Catch] = []
    var isAtBreakpoint = false
    for _ in 0..<2_000 where result.count < wanted {
      // At a window's first instruction no interrupt leads away from the breakpoint.
      if isAtBreakpoint { try machine.stub.step() }
      guard try machine.stub.run() else { break }
      isAtBreakpoint = true
      let registers = try machine.registers()
      guard let root = registers["CR3"], registers["CPL"] == 3, roots.insert(root).inserted else { continue }
      result.append(try caught(machine, registers, root))
    }
    for place in places { try machine.stub.removeBreakpoint(at: place) }
    return result
  }

  /// Stops wherever the machine is until that is a partition in its text, and not the drainer.
  private static func somewhere(_ machine: PausedMachine) throws -> Catch? {
    for _ in 0..<60 {
      guard try machine.stub.run(milliseconds: 3) else { return nil }
      let registers = try machine.registers()
      guard let root = registers["CR3"], registers["CPL"] == 3 else { continue }
      let one = try caught(machine, registers, root)
      if one.partition != 4 { return one }
    }
    return nil
  }

  private static func caught(
    _ machine: PausedMachine, _ registers: PausedRegisters, _ root: UInt64
  ) throws -> Catch {
    let memory = try machine.memory()
    let walk = PageWalk(root: root) { memory.word($0) }
    let information = try #require(walk.pages.first { $0.address == PartitionLayout.informationPage })
    let index = try #require(memory.word(information.physical + UInt64(InformationPage.partitionIndex)))
    return Catch(partition: Int(index), registers: registers, memory: memory, walk: walk)
  }

  /// What architecture and module table allow to be mapped while the partition runs.
  private static func plan(of partition: Int, _ table: ModuleTable) throws -> MappingPlan {
    var plan = MappingPlan()
    let record = table.partition(.init(UInt8(partition)))
    for index in record.segments.indices {
      let segment = table.record(SegmentRecord.self, index)
      plan.add(
        segment.virtualAddress, bytes: segment.memoryBytes, user: true, write: segment.access.contains(.write),
        execute: segment.access.contains(.execute))
    }
    plan.add(PartitionLayout.stackTop - record.stackBytes, bytes: record.stackBytes, user: true, write: true)
    plan.add(PartitionLayout.sharedPage, bytes: 4096, user: true, write: true)
    plan.add(PartitionLayout.informationPage, bytes: 4096, user: true)
    if record.flags.contains(.drainer) {
      plan.add(PartitionLayout.ringControl, bytes: 4096, user: true)
      plan.add(PartitionLayout.ring, bytes: 2 * table.module.ringBytes, user: true)
      plan.add(PartitionLayout.moduleTable, bytes: UInt64(table.byteCount), user: true)
    }
    let text = try SwitcherConstants.value("SWITCHER_TEXT")
    plan.add(text, bytes: try KernelFile.switcherBytes(), user: false, execute: true)
    for name in ["IDT_PAGE", "GDT_PAGE", "TSS_PAGE", "IO_BITMAP", "IO_BITMAP_END"] {
      plan.add(try SwitcherConstants.value(name), bytes: 4096, user: false)
    }
    plan.add(try SwitcherConstants.value("IO_BITMAP") + 4096, bytes: 4096, user: false)
    for name in ["NMI_STACK", "DOUBLE_FAULT_STACK", "MACHINE_CHECK_STACK", "REGISTER_PAGE"] {
      plan.add(try SwitcherConstants.value(name), bytes: 4096, user: false, write: true)
    }
    return plan
  }

  /// Control registers, debug registers and segments: what no partition can have changed, and nothing left of another.
  private static func expectProtected(_ registers: PausedRegisters, _ name: String) throws {
    let control = try #require(registers["CR4"]), zero = try #require(registers["CR0"])
    let protects: UInt64 = 1 << 16 | 1 << 5
    #expect(zero & protects == protects, "\(name): write protection, numeric errors")
    let guards: UInt64 = 1 << 20 | 1 << 21 | 1 << 11 | 1 << 6
    #expect(control & guards == guards, "\(name): SMEP, SMAP, UMIP, machine checks")
    let opens: UInt64 = 1 << 8 | 1 << 16
    #expect(control & opens == 0, "\(name): no performance counters, no FSGSBASE instructions")
    for index in 0..<4 { #expect(registers["DR\(index)"] == 0, "\(name)") }
    // Bit 14: a trap behind a window's first instruction, since boot.
    let status = try #require(registers["DR6"])
    #expect(status & ~0x4000 == 0xFFFF_0FF0 && registers["DR7"] == 0x400, "\(name)")
    for segment in ["DS", "ES", "FS", "GS"] { #expect(registers[segment] == 0, "\(name): \(segment)") }
    #expect(registers.words(of: "GS").dropFirst().first.flatMap { UInt64($0, radix: 16) } == 0, "\(name): GS base")
    #expect(registers["LDT"] == 0)
    let flags = try #require(registers["RFL"])
    // At a window's first instruction the kernel holds the interrupts and traps behind it, unless that is a `syscall`.
    #expect(flags & 0x3_7000 == 0, "\(name): no privilege, nested task, virtual 8086")
    #expect(flags & 0x300 != 0x300, "\(name): interrupts on and no trap, or for one instruction held")
    let tables = registers.words(of: "IDT")
    #expect(tables.first.flatMap { UInt64($0, radix: 16) } == (try SwitcherConstants.value("IDT_PAGE")))
  }

  /// The I/O bitmap permits the partition's grants and nothing else, for all 65,536 ports.
  private static func expectPorts(_ one: Catch, _ table: ModuleTable, _ name: String) throws {
    let first = try SwitcherConstants.value("IO_BITMAP")
    var permitted: Set<Int> = []
    for port in 0..<65536 {
      let address = first + UInt64(port / 8)
      let page = try #require(one.walk.pages.first { $0.address == address & ~4095 })
      if one.memory.byte(page.physical + address % 4096) >> UInt8(port % 8) & 1 == 0 { permitted.insert(port) }
    }
    var granted: Set<Int> = []
    let record = table.partition(.init(UInt8(one.partition)))
    for index in record.portGrants.indices {
      let grant = table.record(PortGrantRecord.self, index)
      for port in grant.firstPort..<(grant.firstPort + grant.count) { granted.insert(Int(port)) }
    }
    #expect(permitted == granted, "\(name)")
    let end = try SwitcherConstants.value("IO_BITMAP_END")
    let last = try #require(one.walk.pages.first { $0.address == end })
    #expect(one.memory.byte(last.physical) == 0xFF, "the byte that closes the bitmap")
  }

  /// Where stubs lead: exceptions, lines that cannot be spurious, and all else.
  private enum Way { case exception, line, other }

  /// All 256 gates: ring 0 only, interrupts off, and stubs that push the same frame whether or not the CPU pushes a
  /// code.
  private static func expectGates(_ one: Catch) throws {
    let idt = try SwitcherConstants.value("IDT_PAGE"), text = try SwitcherConstants.value("SWITCHER_TEXT")
    let table = try #require(one.walk.pages.first { $0.address == idt }).physical
    func code(_ address: UInt64) throws -> UInt8 {
      let page = try #require(one.walk.pages.first { $0.address == address & ~4095 })
      return one.memory.byte(page.physical + address % 4096)
    }
    let withCode: Set<Int> = [8, 10, 11, 12, 13, 14, 17, 21, 29, 30]
    var targets: [Way: Set<UInt64>] = [:]
    for vector in 0..<256 {
      let low = try #require(one.memory.word(table + UInt64(vector) * 16))
      let high = try #require(one.memory.word(table + UInt64(vector) * 16 + 8))
      #expect(low >> 40 & 0xFF == 0x8E, "vector \(vector): an interrupt gate for ring 0 alone")
      #expect(low >> 16 & 0xFFFF == (try SwitcherConstants.value("KERNEL_CODE")))
      let target = low & 0xFFFF | low >> 32 & 0xFFFF_0000 | high << 32
      let stack = [2: 1, 8: 2, 18: 3][vector] ?? 0
      #expect(low >> 32 & 7 == UInt64(stack), "vector \(vector): its stack")
      guard stack == 0 else { continue }
      var place = text + UInt64(vector) * 16
      // The debug exception has a way in of its own, and from there to its stub's frame.
      if vector == 1 { #expect(target > text + 256 * 16 && target < text + 3 * 4096) }
      if vector != 1 { #expect(target == place, "vector \(vector)") }
      if !withCode.contains(vector) {
        #expect(try code(place) == 0x6A && code(place + 1) == 0, "vector \(vector): a zero for the error code")
        place += 2
      }
      let isLong = vector >= 128
      #expect(try code(place) == (isLong ? 0x68 : 0x6A) && Int(code(place + 1)) == vector, "vector \(vector)")
      place += isLong ? 5 : 2
      let isNear = try code(place) == 0xE9
      var distance: UInt32 = 0
      for index in 0..<(isNear ? 4 : 1) {
        distance |= UInt32(try code(place + 1 + UInt64(index))) << (8 * UInt32(index))
      }
      let signed = isNear ? Int64(Int32(bitPattern: distance)) : Int64(Int8(truncatingIfNeeded: distance))
      let next = place + (isNear ? 5 : 2)
      let way: Way = vector < 32 ? .exception : (32..<48).contains(vector) && vector & 7 != 7 ? .line : .other
      targets[way, default: []].insert(UInt64(bitPattern: Int64(bitPattern: next) + signed))
    }
    #expect(targets.values.allSatisfy { $0.count == 1 } && targets.count == 3, "one way in for each kind")
  }

  /// No page of one partition in another's tables, and none of the kernel's in anybody's.
  private static func expectDisjoint(_ catches: [Catch]) throws {
    var owners: [UInt64: Int] = [:]
    var registerPages: [Int: UInt64] = [:]
    let registers = try SwitcherConstants.value("REGISTER_PAGE")
    let kernel = try KernelFile.memory()
    for one in catches {
      let tables = Set(one.walk.tables)
      let supervisor = Set(one.walk.pages.filter { !$0.rights.isUser }.map(\.physical))
      // What the kernel alone may write, too: an emulator may let a partition, by a far call, and read it by a return.
      for page in one.walk.pages where page.rights.isUser || page.rights.isWritable {
        let owner = owners.updateValue(one.partition, forKey: page.physical)
        #expect(owner == nil || owner == one.partition, "\(page) of \(one.partition) is \(owner ?? -1)'s too")
      }
      for page in one.walk.pages where page.rights.isUser {
        #expect(!kernel.contains(page.physical), "\(page) is the kernel's")
        #expect(!tables.contains(page.physical) && !supervisor.contains(page.physical), "\(page)")
      }
      let own = try #require(one.walk.pages.first { $0.address == registers }).physical
      #expect(registerPages.updateValue(own, forKey: one.partition) ?? own == own)
    }
    #expect(Set(registerPages.values).count == registerPages.count, "each has a register page of its own")
    let shown = Set(catches.flatMap(\.walk.pages).filter(\.rights.isUser).map(\.physical))
    #expect(shown.isDisjoint(with: registerPages.values))
  }

  /// The walker must see what is planted, or its silence means nothing.
  @Test func theWalkerReportsWhatIsPlanted() {
    var memory: [UInt64: UInt64] = [:]
    func entry(_ table: UInt64, _ index: UInt64, _ value: UInt64) { memory[table + index * 8] = value }
    // 0x400000 executable, 0x401000 writable, and the switcher's page for the supervisor.
    entry(0x1000, 0, 0x2000 | 7)
    entry(0x2000, 0, 0x3000 | 7)
    entry(0x3000, 2, 0x4000 | 7)
    entry(0x4000, 0, 0x10000 | 5)
    entry(0x4000, 1, 0x11000 | 7 | 1 << 63)
    entry(0x1000, 511, 0x5000 | 7)
    entry(0x5000, 510, 0x6000 | 7)
    entry(0x6000, 0, 0x7000 | 7)
    entry(0x7000, 0, 0x12000 | 1)
    var plan = MappingPlan()
    plan.add(0x400000, bytes: 4096, user: true, execute: true)
    plan.add(0x401000, bytes: 4096, user: true, write: true)
    plan.add(0xFFFF_FFFF_8000_0000, bytes: 4096, user: false, execute: true)
    func findings() -> [String] {
      let words = memory
      return plan.findings(PageWalk(root: 0x1000) { $0 < 0x100000 ? words[$0] ?? 0 : nil })
    }
    #expect(findings() == [])
    let whole = memory
    for (name, table, index, value, count) in [
      ("an extra page", 0x4000, 2, 0x13000 | 5 | 1 << 63, 1), ("a page gone", 0x4000, 1, 0, 1),
      ("the kernel's page for ring 3", 0x7000, 0, 0x12000 | 5, 1), ("text writable", 0x4000, 0, 0x10000 | 7, 2),
      ("data executable", 0x4000, 1, 0x11000 | 7, 2), ("a large page", 0x3000, 5, 0x200000 | 0x87, 3),
      ("a table nowhere", 0x2000, 7, 0x7FFF_F000 | 7, 1), ("the same tables again", 0x1000, 1, 0x2000 | 7, 2),
    ] as [(String, UInt64, UInt64, UInt64, Int)] {
      memory = whole
      entry(table, index, value)
      #expect(findings().count == count, "\(name): \(findings())")
    }
  }
}
