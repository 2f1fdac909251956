import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// From an entry to the core: what happened is recorded as an input, word for word what the core is told.
// Methods that only look are mutating too: a borrowed kernel would be copied whole, about 900 bytes, at each call.
extension Kernel {
  /// Tells the core why the kernel was entered.
  @inline(never) mutating func takeInput(from registers: RegisterPage, interrupted: PartitionIndex) {
    let now = SystemTime(nanoseconds: clock.nanoseconds(pages.entryTicks))
    var snapshot = self.snapshot(registers, interrupted)
    let vector = registers.vector
    let requests = pages.nonMaskableCount
    if requests != nonMaskableCount { return takeNonMaskable(requests, registers, at: now) }
    if vector >= 256 { return takeHypercall(registers, snapshot, at: now) }
    if vector == UInt64(LocalTimer.vector) {
      LocalTimer.endInterrupt()
      return takeTimer(snapshot, UInt16(vector), at: now)
    }
    if let line = InterruptLine(vector: vector) {
      if line.rawValue == 7 || line.rawValue == 15, InterruptControllers.inService(of: line) & line.bit != 0 {
        snapshot.flags.insert(.lineInService)
      }
      return takeInterrupt(of: line, snapshot, at: now)
    }
    if vector < 32 { return takeException(registers, snapshot, at: now) }
    // The local APIC's spurious vector, or one that no device has: nothing happened, and nothing changes.
    takeTimer(snapshot, UInt16(vector), at: now)
  }

  /// What the partition's shared page and registers said at the entry.
  private mutating func snapshot(_ registers: RegisterPage, _ interrupted: PartitionIndex) -> EntrySnapshot {
    let exit = clock.nanoseconds(pages.exitTicks)
    var snapshot = EntrySnapshot(
      partition: interrupted.rawValue, addressSpace: interrupted.rawValue, resumeDelay: exit &- ring.lastTime)
    let expected = interrupted.isNone ? kernelTable.root : running.root
    if _slowPath(pages.foundRoot != expected) { snapshot.addressSpace = addressSpace(pages.foundRoot) }
    guard !interrupted.isNone else { return snapshot }
    let shared = running.shared
    snapshot.counterWord = Instruction.load64(shared + SharedPage.upcallsReturned)
    // The rest matters only to a delivery, which wants the flag on, and to the reflection of an exception.
    let isException = registers.vector < 32
    if Instruction.load64(shared + SharedPage.virtualInterruptFlag) & 1 != 0 {
      snapshot.flags.insert(.interruptsEnabled)
    } else if !isException {
      return snapshot
    }
    // The call that publishes the entry may be followed by an upcall at once, for marks that wait.
    let publishesEntry =
      registers.vector >= 256 && registers[general: 0] == UInt64(HypercallNumber.setUpcallEntry.rawValue)
    guard isException || publishesEntry || core.partitions[Int(interrupted.rawValue)].upcallEntry != 0 else {
      return snapshot
    }
    snapshot.flags = snapshot.flags.union(frameFlags(registers, interrupted))
    return snapshot
  }

  /// Whose page tables CR3 named, where they are not those expected.
  private mutating func addressSpace(_ found: PhysicalAddress) -> UInt8 {
    if found == kernelTable.root { return 0xFF }
    for index in 0..<contexts.count where contexts[index].root == found { return UInt8(truncatingIfNeeded: index) }
    return 0xFE
  }

  /// Begins the events of an input that a snapshot came with.
  @inline(__always)
  private mutating func open(
    _ kind: EventKind, _ snapshot: EntrySnapshot, _ what: UInt16, wordCount: Int = 2, _ words: TraceEvent.Words,
    at now: SystemTime
  ) -> EventBatch {
    var batch = ring.open(at: now.nanoseconds)
    batch.recordInput(
      kind, partition: snapshot.partition, detail: snapshot.flags.rawValue, operand: snapshot.operand(what),
      wordCount: wordCount, words)
    batch.readTime(clock)
    return batch
  }

  /// Begins the events of an input that comes from no partition.
  @inline(__always)
  mutating func open(
    _ kind: EventKind, detail: UInt8 = 0, operand: UInt32, _ words: TraceEvent.Words, at now: SystemTime
  ) -> EventBatch {
    var batch = ring.open(at: now.nanoseconds)
    batch.recordInput(kind, partition: 0xFF, detail: detail, operand: operand, wordCount: 2, words)
    batch.readTime(clock)
    return batch
  }

  private mutating func takeTimer(_ snapshot: EntrySnapshot, _ vector: UInt16, at now: SystemTime) {
    var batch = open(.timer, snapshot, vector, TraceEvent.Words(snapshot.counterWord, snapshot.resumeDelay), at: now)
    core.timer(snapshot, at: now, into: &batch)
    ring.close(batch)
  }

  private mutating func takeInterrupt(of line: InterruptLine, _ snapshot: EntrySnapshot, at now: SystemTime) {
    var batch = open(
      .interrupt, snapshot, UInt16(line.vector), TraceEvent.Words(snapshot.counterWord, snapshot.resumeDelay), at: now)
    let marks = batch.place
    core.interrupt(line, snapshot, at: now, into: &batch)
    batch.readTime(clock)
    batch.retime(from: marks, to: batch.place)
    ring.close(batch)
  }

  private mutating func takeNonMaskable(
    _ requests: UInt64, _ registers: RegisterPage, at now: SystemTime
  ) {
    let operand = UInt32(truncatingIfNeeded: requests &- nonMaskableCount)
    nonMaskableCount = requests
    // The module ends here: what else brought the CPU in is not looked at, but the timer must be able to fire again.
    if registers.vector == UInt64(LocalTimer.vector) { LocalTimer.endInterrupt() }
    var batch = open(.nonMaskable, operand: operand, TraceEvent.Words(), at: now)
    core.nonMaskable(at: now, into: &batch)
    ring.close(batch)
  }

  private mutating func takeException(
    _ registers: RegisterPage, _ snapshot: EntrySnapshot, at now: SystemTime
  ) {
    let vector = UInt8(truncatingIfNeeded: registers.vector)
    let address = vector == 14 ? Instruction.faultAddress : 0
    let errorCode =
      vector == 13 ? protectionCode(registers, of: PartitionIndex(snapshot.partition)) : registers.errorCode
    let returned = Instruction.load32(running.shared + SharedPage.exceptionsReturned)
    var batch = open(
      .exception, snapshot, UInt16(vector), wordCount: 6,
      TraceEvent.Words(
        snapshot.counterWord, snapshot.resumeDelay, errorCode, address, registers.instructionPointer,
        UInt64(returned)), at: now)
    core.exception(
      vector: vector, errorCode: errorCode, address: address, exceptionsReturned: returned, snapshot, at: now,
      into: &batch)
    ring.close(batch)
  }

  private mutating func takeHypercall(
    _ registers: RegisterPage, _ snapshot: EntrySnapshot, at now: SystemTime
  ) {
    let number = registers[general: 0]
    var call = Hypercall(number: number, arguments: (0, 0, 0, 0, 0, 0), operand: 0)
    var count = 0
    let known = number <= 0xFFFF ? HypercallNumber(rawValue: UInt16(truncatingIfNeeded: number)) : nil
    if let known { count = known.argumentCount }
    if count > 0 { call.arguments.0 = registers[general: 5] }
    if count > 1 { call.arguments.1 = registers[general: 4] }
    if count > 2 { call.arguments.2 = registers[general: 3] }
    if count > 3 { call.arguments.3 = registers[general: 9] }  // r10
    if let known { call.operand = operand(known, call, registers, PartitionIndex(snapshot.partition)) }
    // A number beyond 16 bits is no number: the trace shows 0xFFFF, which none is.
    call.number = number <= 0xFFFF ? number : 0xFFFF
    var batch = ring.open(at: now.nanoseconds)
    batch.recordCall(
      call,
      head: RingRecord.packed(
        kind: EventKind.hypercall.rawValue, partition: snapshot.partition, detail: snapshot.flags.rawValue,
        wordCount: 3 &+ count, operand: snapshot.operand(UInt16(truncatingIfNeeded: call.number))),
      counters: snapshot.counterWord, resumeDelay: snapshot.resumeDelay, count)
    batch.readTime(clock)
    core.hypercall(call, snapshot, at: now, into: &batch)
    ring.close(batch)
  }

  /// What the core cannot look up itself.
  private mutating func operand(
    _ number: HypercallNumber, _ call: Hypercall, _ registers: RegisterPage, _ caller: PartitionIndex
  ) -> UInt64 {
    switch number {
    case .writeConsole: return SerialConsole.room
    case .createSamplingPort, .createQueuingPort: return portNumber(nameAt: call.arguments.0, of: caller)
    case .returnFromUpcall:
      let frame = registers.stackPointer
      guard frame & 15 == 0, core.allows(.write, caller, frame, UpcallFrame.byteCount),
        let memory = memory(of: caller, at: frame)
      else { return 0 }
      // A return address that no address space has would fault in the kernel, at `iretq`.
      let target = Instruction.load64(memory + Int(UpcallFrame.returnFrame))
      guard target < 0x8000_0000_0000 else { return 0 }
      contexts[Int(caller.rawValue)].frameInUse = frame
      let stack = Instruction.load64(memory + Int(UpcallFrame.returnFrame) + 24)
      let next = Self.newFrame(below: stack)
      return (core.allows(.write, caller, next, stack &- next) ? 3 : 1) | (isHandlerOver(caller) ? 4 : 0)
    case .findModuleSchedule: return scheduleNumber(nameAt: call.arguments.0, of: caller)
    case .raiseApplicationError: return handlerState(of: caller, registers)
    default: return 0
    }
  }

  /// Index + 1 of the caller's port whose name stands at `address` (at most 32 bytes, ended by a zero); 0 for none.
  private mutating func portNumber(nameAt address: UInt64, of caller: PartitionIndex) -> UInt64 {
    guard let given = name(at: address, of: caller) else { return 0 }
    for index in table.partition(caller).ports.indices
    where given.isEqual(to: table.name(table.record(PortRecord.self, index).name)) {
      return UInt64(index) + 1
    }
    return 0
  }

  /// Index + 1 of the module schedule whose name stands at `address`; 0 for none. One without a name is not found.
  ///
  /// Whoever may read the name may ask, and all schedules are looked through with interrupts off: a part of L.
  private mutating func scheduleNumber(nameAt address: UInt64, of caller: PartitionIndex) -> UInt64 {
    guard let given = name(at: address, of: caller) else { return 0 }
    for index in 0..<table.count(ScheduleRecord.self) {
      let name = table.name(table.record(ScheduleRecord.self, index).name)
      if name.count > 0, given.isEqual(to: name) { return UInt64(index) + 1 }
    }
    return 0
  }

  /// A whole name in the caller's memory, if it may read it.
  private mutating func name(at address: UInt64, of caller: PartitionIndex) -> GivenName? {
    guard core.allows(.read, caller, address, UInt64(ModuleLimits.maximumNameLength)) else { return nil }
    return memory(of: caller, at: address).map { GivenName(UnsafeRawPointer($0)) }
  }

  /// The test device's action, as an input and as an act.
  @inline(never) mutating func play(_ stimulus: StimulusRecord) {
    let now = clock.now
    var batch = open(
      .stimulus, detail: UInt8(truncatingIfNeeded: stimulus.action.rawValue),
      operand: UInt32(truncatingIfNeeded: stimulus.data), TraceEvent.Words(), at: now)
    core.stimulus(at: now, into: &batch)
    ring.close(batch)
    act()
    if stimulus.action == .serialByte { SerialConsole.loopBack(UInt8(truncatingIfNeeded: stimulus.data)) }
  }

  /// The interrupt of a line that the test device has pulsed.
  mutating func takePulse(of line: InterruptLine) {
    takeInterrupt(of: line, EntrySnapshot(flags: .isPulse), at: clock.now)
    act()
  }
}
