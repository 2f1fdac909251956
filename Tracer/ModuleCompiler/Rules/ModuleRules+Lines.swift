import APEXTypes
import ModuleConfiguration
import TraceFormat

extension ModuleRules {
  mutating func checkLines() {
    var lineByNumber: [UInt64: Int] = [:]
    var handled: LineDescription?
    for line in module.lines {
      guard line.number < UInt64(ModuleLimits.lineCount), line.number != 2 else {
        diagnostics.error(
          .lineNumber, line: line.line, "there is no interrupt line \(line.number) to use",
          "lines are 0 to 15; line 2 is the second controller's")
        continue
      }
      if let first = lineByNumber.updateValue(line.line, forKey: line.number) {
        diagnostics.error(
          .duplicateLine, line: line.line, "line \(line.number) is listed already (line \(first) of the file)",
          "list each line once, with all its owners")
      }
      if line.hasKernelHandler {
        if let first = handled { checkHandlers(first, line) } else { handled = line }
      }
      checkOwners(of: line)
      checkRecipe(of: line)
      checkTiming(of: line)
    }
  }

  /// The kernel has one count of what its own handler took: of two lines it would tell neither's.
  private mutating func checkHandlers(_ first: LineDescription, _ second: LineDescription) {
    diagnostics.error(
      .secondKernelHandler, line: second.line,
      "line \(second.number) has KernelHandler=\"true\", and so has line \(first.number) (line \(first.line) of the "
        + "file)",
      "leave it to one line: the kernel's own handler counts the interrupts of one only")
  }

  private mutating func checkOwners(of line: LineDescription) {
    if line.owners.isEmpty, !line.hasKernelHandler {
      diagnostics.error(
        .lineWithoutOwner, line: line.line, "nobody may register line \(line.number)",
        "add a p:Owner, or KernelHandler=\"true\", or remove the line")
    }
    var lineByOwner: [UInt64: Int] = [:]
    for owner in line.owners {
      checkPartition(owner.identifier, namedBy: "line \(line.number)", line: owner.line)
      if let first = lineByOwner.updateValue(owner.line, forKey: owner.identifier) {
        diagnostics.error(
          .duplicateOwner, line: owner.line,
          "partition \(owner.identifier) owns line \(line.number) already (line \(first) of the file)",
          "name each owner once")
      }
    }
  }

  private mutating func checkRecipe(of line: LineDescription) {
    let (needed, word, reason): (LineRecord.AcknowledgeRecipe, String, String) =
      switch line.number {
      case 8: (.readRealTimeClockStatus, "READ_RTC_STATUS", "the real-time clock stays silent until it is read")
      case 4: (.ownerReadsReceiver, "OWNER_READS_RECEIVER", "COM1 stays silent until its receiver is read")
      default: (.none, "NONE", "no device of this line is known to need another")
      }
    if line.recipe != needed {
      diagnostics.error(
        .lineRecipe, line: line.line, "line \(line.number) has not the recipe it needs: \(reason)",
        "write Recipe=\"\(word)\"")
    }
    guard line.recipe == .ownerReadsReceiver else { return }
    for owner in line.owners {
      guard let index = module.partitionIndex(identifier: owner.identifier) else { continue }
      let partition = module.partitions[index]
      let hasReceiver = partition.portGrants.contains { grant in
        grant.firstPort <= 0x3F8 && grant.count > 0x3F8 - grant.firstPort
      }
      if !hasReceiver {
        diagnostics.error(
          .receiverPorts, line: owner.line, "'\(partition.name)' owns line \(line.number) but cannot read the receiver",
          "give it <p:PortGrant First=\"0x3F8\" Count=\"8\"/>")
      }
    }
  }

  private mutating func checkTiming(of line: LineDescription) {
    if line.policy == .markedAtOnce, !(1...1000).contains(line.budgetPerWindow) {
      diagnostics.error(
        .lineBudget, line: line.line,
        "line \(line.number) is marked at once with BudgetPerWindow \(line.budgetPerWindow)",
        "write how many interrupts of it a foreign window must bear, 1 to 1000")
    }
    let cost = SwitchAllowance.interruptCost(ownerCount: line.owners.count)
    if let stolen = line.stolenTime, stolen < cost {
      diagnostics.error(
        .stolenTime, line: line.line,
        "StolenTimeSeconds of line \(line.number) is \(secondsText(stolen)), less than one interrupt takes",
        "write at least \(secondsText(cost)), or leave it out")
    }
    let clocks = module.clocks
    if line.number == 0, clocks.intervalTimerHertz == 0 {
      diagnostics.error(
        .silentClock, line: line.line, "line 0 is in use but the interval timer is off",
        "write <p:Clocks IntervalTimerHertz=\"100\"/>")
    }
    if line.number == 8, clocks.realTimeClockHertz == 0 {
      diagnostics.error(
        .silentClock, line: line.line, "line 8 is in use but the real-time clock is off",
        "write <p:Clocks RealTimeClockHertz=\"1024\"/>")
    }
  }

  mutating func checkClocksAndTrace() {
    let clocks = module.clocks
    let timer = clocks.intervalTimerHertz
    if timer != 0, !(19...10_000).contains(timer) {
      diagnostics.error(
        .clockRate, line: clocks.line, "IntervalTimerHertz is \(timer)", "write 19 to 10000, or 0 for off")
    }
    let rate = clocks.realTimeClockHertz
    if rate != 0, rate.nonzeroBitCount != 1 || !(2...8192).contains(rate) {
      diagnostics.error(
        .clockRate, line: clocks.line, "RealTimeClockHertz is \(rate)",
        "write a power of two from 2 to 8192, or 0 for off")
    }
    let trace = module.trace
    if trace.ringBytes.nonzeroBitCount != 1 || !(65536...(1 << 28)).contains(trace.ringBytes) {
      diagnostics.error(
        .traceSize, line: trace.line, "RingBytes is \(trace.ringBytes)",
        "write a power of two from 65536 to 268435456")
    }
    if !(1...1_000_000).contains(trace.keyframeIntervalFrames) {
      diagnostics.error(
        .traceSize, line: trace.line, "KeyframeIntervalFrames is \(trace.keyframeIntervalFrames)",
        "write 1 to 1000000 major frames")
    }
    if !(16...65536).contains(trace.eventsPerBlock) {
      diagnostics.error(
        .traceSize, line: trace.line, "EventsPerBlock is \(trace.eventsPerBlock)", "write 16 to 65536")
    }
    checkLeftOut(trace)
  }

  /// What the trace leaves out: nothing without which it could not be replayed, or would be mute about the worst.
  private mutating func checkLeftOut(_ trace: TraceDescription) {
    var choosable: [String] = []
    LeftOutKinds.choosable.forEach { choosable.append("\($0)") }
    for name in trace.leftOut where !choosable.contains(name) {
      let isKind = TraceDescription.kind(named: name) != nil
      diagnostics.error(
        .leftOutKind, line: trace.line,
        isKind ? "events of kind \(name) cannot be left out of a trace" : "there is no kind of event '\(name)'",
        "LeftOut names some of \(choosable.joined(separator: ", "))")
    }
  }
}
