import APEXTypes
import ModuleConfiguration

extension Verifier {
  /// Sets the bounds that the table gives and adds the claims that it makes.
  mutating func prepareClaims(_ table: ModuleTable) {
    let allowance = Int64(clamping: plan.allowance)
    book.setLimit(.windowStart, Int64(clamping: plan.startError))
    book.setLimit(.windowEnd, 0)
    book.setLimit(.timerPunctual, allowance)
    book.setLimit(.padding, 1, isFloor: true)
    if let frame = plan.schedules.map(\.majorFrame).max() { book.setLimit(.stopPrompt, Int64(clamping: frame)) }
    addSupplyClaims()
    addProcessClaims(table)
    addBudgets(table)
    for index in 0..<table.count(ClaimRecord.self) { addCustom(table.record(ClaimRecord.self, index), table) }
    book.discarded = [UInt64](repeating: 0, count: plan.ports.count)
    book.begin()
  }

  private static let budgetSource = "module file: p:Budget"

  private mutating func addSupplyClaims() {
    for index in partitions.indices {
      let isClaimed = plan.windows.contains { $0.partition == UInt8(index) && $0.requiredSupply > 0 }
      guard isClaimed else { continue }
      let name = plan.partitions[index].name
      partitions[index].supplyClaim = Int32(
        book.add(
          "partition.supply.\(name)",
          "\(name) gets its duration, less L, start error and stolen time as declared, in each period",
          source: "ARINC 653: partition scheduling", unit: .nanoseconds, isFloor: true, mustBeExercised: true,
          isTouchedByLoss: false, partition: UInt8(index)))
    }
  }

  private mutating func addProcessClaims(_ table: ModuleTable) {
    for index in 0..<min(ModulePlan.maximumProcessCount, table.count(ProcessRecord.self)) {
      let process = table.record(ProcessRecord.self, index)
      guard process.deadline.count != .max else { continue }
      let name = ModulePlan.text(table, process.name)
      let partition = plan.partitions[Int(process.partition.rawValue)].name
      let isTold = process.completion == .told
      let claim = book.add(
        "process.deadline.\(partition).\(name)",
        "\(name) of \(partition) completes within its deadline" + releases(of: process, table)
          + (isTold ? ", as its scheduler tells" : ""),
        source: "module file: p:DeadlineSeconds", limit: Int64(clamping: process.deadline.count), unit: .nanoseconds,
        mustBeExercised: true,
        isTouchedByLoss: false, partition: process.partition.rawValue)
      processes.append(
        ProcessState(
          name: name, key: ProcessKey(name: table.name(process.name)), partition: process.partition.rawValue,
          period: process.period.count, deadline: process.deadline.count, claim: claim, isTold: isTold,
          isFollowed: !isTold))
    }
  }

  /// How often a process is released that is not at each of its partition's period starts.
  private func releases(of process: ProcessRecord, _ table: ModuleTable) -> String {
    let (own, period) = (process.period.count, table.partition(process.partition).period.count)
    guard own > period, own.isMultiple(of: period) else { return "" }
    return ", released once in \(own / period) periods of its partition"
  }

  /// Of several about one thing the last counts: a table that nobody has checked may have them.
  private mutating func addBudgets(_ table: ModuleTable) {
    let budgets = (0..<table.count(BudgetRecord.self)).map { table.record(BudgetRecord.self, $0) }
    var last: [[UInt64]: Int] = [:]
    func key(_ budget: BudgetRecord) -> [UInt64] {
      [budget.quantity.rawValue, Self.hasSubject(budget) ? budget.subject : 0]
    }
    for (index, budget) in budgets.enumerated() { last[key(budget)] = index }
    for (index, budget) in budgets.enumerated() where last[key(budget)] == index { addBudget(budget) }
  }

  private static func hasSubject(_ budget: BudgetRecord) -> Bool {
    [.interruptToMark, .markToUpcall, .hypercall, .partitionSupply].contains(budget.quantity)
  }

  /// What is about a line or a call that does not exist is a claim too: one for which there is no evidence.
  private mutating func addBudget(_ budget: BudgetRecord) {
    let limit = Int64(clamping: budget.bound)
    let subject = budget.subject
    switch budget.quantity {
    case .windowStartError:
      break  // `ModulePlan` has read it: the partitions' supply depends on it too.
    case .partitionSupply:
      break  // The same.
    case .timerLateness: book.setLimit(.timerPunctual, limit)
    case .padMargin: book.setLimit(.padding, limit, isFloor: true)
    case .stopDelay: book.setLimit(.stopPrompt, limit)
    case .windowOverrun: book.setLimit(.windowEnd, limit)
    case .interruptToMark:
      let claim = add(
        "budget.interruptToMark.\(subject)", "line \(subject): from the kernel's entry to the last mark", limit)
      if subject < 16 { targets.interruptToMark[Int(subject)] = claim }
    case .markToUpcall:
      let claim = add(
        "budget.markToUpcall.\(subject)", "line \(subject): from mark to upcall, within windows", limit)
      if subject < 16 { targets.markToUpcall[Int(subject)] = claim }
    case .hypercall:
      let number = UInt16(exactly: subject)
      let service = number.flatMap { HypercallNumber(rawValue: $0) }.map { "\($0)" } ?? "unknown"
      let claim = add(
        "budget.hypercall.\(subject)", "hypercall \(subject) (\(service)): from entry to the caller's resume", limit)
      if subject < UInt64(targets.hypercall.count) {
        targets.hypercall[Int(subject)] = claim
      } else if let number {
        targets.unknownHypercalls[number] = claim
      }
    case .kernelTimePerFrame:
      targets.kernelTime = add("budget.kernelTime", "kernel time in a major frame, pads left out", limit)
    case .traceBytesPerSecond:
      targets.traceBytes = Int32(
        book.add(
          "budget.traceBytes", "bytes of trace a second of module time", source: Self.budgetSource, limit: limit,
          unit: .bytesPerSecond, mustBeExercised: true, isTouchedByLoss: false))
    }
  }

  private mutating func add(_ identifier: String, _ title: String, _ limit: Int64) -> Int32 {
    Int32(
      book.add(
        identifier, title, source: Self.budgetSource, limit: limit, unit: .nanoseconds, mustBeExercised: true))
  }
}
