import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// From a decision to the hardware, and what was seen of it.
extension Kernel {
  /// Carries out everything in a decision but the resumption itself.
  @inline(__always) mutating func act() {
    let works = core.decision.works
    if works.contains(.answer) {
      let answer = core.decision.givenAnswer
      running.registers[general: 0] = UInt64(answer.status.rawValue)
      running.registers[general: 3] = answer.value
    }
    // Nearly always all that is left is the timer and the drainer's tail.
    let isRare = works.intersects(.rare) || ring.needsKeyframe
    if isRare { actBeforeTimer() }
    if works.contains(.lineMask) { setMask() }
    if works.contains(.timer) {
      let instant = core.decision.timerInstant.nanoseconds
      LocalTimer.arm(nanoseconds: instant &- clock.now.nanoseconds)
    }
    if isRare { writeContexts() }
    // The drainer's root is not for calls at once: nobody else has a 0 there.
    if running.rootForCallsAtOnce == 0 { takeDrainerTail() }
    if isRare, works.contains(.keyframe) || ring.needsKeyframe && core.hasRoomForKeyframe { recordKeyframe() }
  }

  @inline(never) private mutating func actBeforeTimer() {
    // Only an answer has an effect, and only the loaded partition is answered.
    if core.decision.works.contains(.effect) { carryOut(core.decision.effect, for: loaded, running.registers) }
    if let line = core.decision.acknowledge {
      let inService = Self.acknowledge(line, quieting: realTimeClockLines)
      ring.record(.acknowledged, partition: .none, detail: 0, operand: UInt32(line.vector), UInt64(inService))
    }
    if core.decision.works.contains(.partitions) { showModes() }
    if core.decision.works.contains(.promises) { showPromises() }
    if let callback = core.decision.callback { enter(callback) }
  }

  @inline(__always) private mutating func setMask() {
    InterruptControllers.setMask(core.decision.newLineMask)
    ring.record(
      .maskRead, partition: .none, detail: 0, operand: UInt32(InterruptControllers.mask))
  }

  @inline(never) private mutating func writeContexts() {
    if let upcall = core.decision.upcall { write(upcall) }
    if let exception = core.decision.exception { write(exception) }
  }

  /// Where `address` of a partition lies. The core has allowed the access; nil is an address it could not have.
  mutating func memory(of partition: PartitionIndex, at address: UInt64) -> UnsafeMutableRawPointer? {
    let owner = Int(partition.rawValue)
    let belowTop = PartitionLayout.stackTop &- address
    let stackBytes = contexts[owner].stackBytes
    if belowTop <= stackBytes, belowTop > 0 {
      return UnsafeMutableRawPointer(
        bitPattern: UInt(contexts[owner].stack.rawValue &+ (stackBytes &- belowTop)))
    }
    var index = contexts[owner].firstSegment
    let last = index &+ contexts[owner].segmentCount
    while index < last {
      let offset = address &- segments[index].virtualAddress
      if offset < segments[index].byteCount {
        return UnsafeMutableRawPointer(bitPattern: UInt(segments[index].physical.rawValue &+ offset))
      }
      index &+= 1
    }
    return nil
  }

  /// What a service does beside answering.
  mutating func carryOut(_ effect: HypercallEffect, for caller: PartitionIndex, _ registers: RegisterPage) {
    switch effect {
    case .none: break
    case .console(let address, let byteCount): writeConsole(caller, address, byteCount)
    case .writeMessage(let port, let channel, let address, let byteCount):
      copyMessage(.write, of: caller, port: port, channel: channel, slot: 0, address, byteCount)
    case .readMessage(let port, let channel, let address, let byteCount):
      copyMessage(.read, of: caller, port: port, channel: channel, slot: 0, address, byteCount)
    case .segmentBase(let base):
      contexts[Int(caller.rawValue)].segmentBase = base
      Processor.segmentBase = base
    case .sendMessage(let port, let channel, let slot, let address, let byteCount):
      copyMessage(.send, of: caller, port: port, channel: channel, slot: slot, address, byteCount)
    case .receiveMessage(let port, let channel, let slot, let address, let byteCount):
      copyMessage(.receive, of: caller, port: port, channel: channel, slot: slot, address, byteCount)
    case .restoreUpcallFrame: restoreFrame(of: caller, registers)
    case .noteWords(let address, let count): noteWords(caller, address, count)
    }
  }

  private mutating func writeConsole(_ caller: PartitionIndex, _ address: UInt64, _ byteCount: UInt64) {
    guard let text = memory(of: caller, at: address) else { preconditionFailure() }
    for index in 0..<Int(byteCount) { SerialConsole.write(text.load(fromByteOffset: index, as: UInt8.self)) }
    ring.record(
      .consoleWritten, partition: caller, detail: 0, operand: UInt32(truncatingIfNeeded: byteCount),
      XXH64.hash(UnsafeRawBufferPointer(start: text, count: Int(byteCount))))
  }

  @inline(never) private mutating func noteWords(_ caller: PartitionIndex, _ address: UInt64, _ count: UInt64) {
    guard let words = memory(of: caller, at: address) else { preconditionFailure() }
    // Unsafe: the core has checked that the words are whole ones of the caller.
    ring.recordNote(of: caller, words.assumingMemoryBound(to: UInt64.self), count: Int(truncatingIfNeeded: count))
  }

  /// Gives a partition the context that its upcall frame holds, with flags it may have, and its interrupts on.
  private mutating func restoreFrame(of caller: PartitionIndex, _ registers: RegisterPage) {
    guard let frame = memory(of: caller, at: registers.stackPointer) else { preconditionFailure() }
    for index in 0..<15 { registers[general: index] = Instruction.load64(frame + index * 8) }
    let returnFrame = frame + Int(UpcallFrame.returnFrame)
    registers.instructionPointer = Instruction.load64(returnFrame)
    registers.flags = Instruction.load64(returnFrame + 16) & RegisterPage.partitionFlags | 0x202
    registers.stackPointer = Instruction.load64(returnFrame + 24)
    Instruction.store64(
      1, to: contexts[Int(caller.rawValue)].shared.pointer + SharedPage.virtualInterruptFlag)
  }

  /// Quiets the device by its recipe and ends the service.
  ///
  /// - Returns: what is still in service, read back.
  @inline(__always)
  static func acknowledge(_ line: InterruptLine, quieting realTimeClockLines: UInt16) -> UInt16 {
    if realTimeClockLines &>> UInt16(line.rawValue) & 1 != 0 { RealTimeClock.acknowledge() }
    Acts.endInterrupt(line)
    return InterruptControllers.inService(of: line)
  }

  private mutating func write(_ upcall: UpcallDecision) {
    let index = Int(upcall.partition.rawValue)
    let registers = RegisterPage(contexts[index].registers)
    let shared = contexts[index].shared.pointer
    // What was checked is what is written to: the registers alone do not tell, for the call may have moved the tail.
    let frame = upcall.reusesFrame ? contexts[index].frameInUse : Self.newFrame(below: registers.stackPointer)
    guard let memory = memory(of: upcall.partition, at: frame) else { preconditionFailure() }
    Acts.enterUpcall(
      upcall, registers: registers, frame: frame, frameMemory: memory, shared: shared)
    ring.record(
      .upcallWritten, partition: upcall.partition, detail: 0, operand: UInt32(upcall.vector), frame,
      registers.instructionPointer,
      Instruction.load64(shared + SharedPage.virtualInterruptFlag))
  }

  /// The drainer's tail, whenever it has moved.
  @inline(__always) private mutating func takeDrainerTail() {
    guard !loaded.isNone else { return }
    let shared = running.shared
    let tail = Instruction.load64(shared + SharedPage.drainTail)
    if ring.updateTail(tail) {
      ring.record(
        .drained, partition: loaded, detail: 0, operand: 0, tail,
        Instruction.load64(shared + SharedPage.drainedBytes))
    }
  }

  @inline(never) private mutating func recordKeyframe() {
    var count = 0
    let words = keyframeWords
    core.forEachStateWord { word in
      precondition(count < words.count)
      words[count] = word
      count += 1
    }
    let state = UnsafeBufferPointer(rebasing: words[0..<count])
    ring.needsKeyframe = false
    for first in stride(from: 0, to: count, by: 8) { ring.recordKeyframeWords(state, from: first) }
    ring.record(
      .keyframe, partition: .none, detail: 0, operand: UInt32(truncatingIfNeeded: count),
      XXH64.hash(UnsafeRawBufferPointer(state)))
  }
}
