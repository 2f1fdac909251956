import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkBudgets() {
    struct Key: Hashable {
      var quantity: BudgetRecord.Quantity
      var subject: UInt64
    }
    var lineByKey: [Key: Int] = [:]
    for budget in module.budgets {
      checkSubject(of: budget)
      checkBound(of: budget)
      let key = Key(quantity: budget.quantity, subject: budget.subject ?? 0)
      if let first = lineByKey.updateValue(budget.line, forKey: key) {
        diagnostics.error(
          .duplicateBudget, line: budget.line, "this quantity and subject have a budget already (line \(first))",
          "keep one of the two")
      }
    }
  }

  private mutating func checkSubject(of budget: BudgetDescription) {
    let subject = budget.subject
    switch budget.quantity {
    case .interruptToMark, .markToUpcall:
      let lines = module.lines.map(\.number)
      if subject.map({ !lines.contains($0) }) ?? true {
        diagnostics.error(
          .budgetSubject, line: budget.line,
          subject.map { "the budget is about line \($0), which is not in use" } ?? "the budget names no line",
          "write Subject as one of the lines in p:Interrupts: \(lines.map(String.init).joined(separator: ", "))")
      }
    case .hypercall:
      let isKnown = subject.flatMap { UInt16(exactly: $0) }.flatMap(HypercallNumber.init) != nil
      if !isKnown {
        diagnostics.error(
          .budgetSubject, line: budget.line,
          subject.map { "there is no hypercall \($0)" } ?? "the budget names no hypercall",
          "write Subject as a hypercall's number, such as 65 for yield")
      }
    case .partitionSupply:
      if subject.flatMap({ module.partitionIndex(identifier: $0) }) == nil {
        diagnostics.error(
          .budgetSubject, line: budget.line,
          subject.map { "there is no partition \($0)" } ?? "the budget names no partition",
          "write Subject as a PartitionIdentifier")
      }
      checkSupply(of: budget)
    case .windowStartError, .kernelTimePerFrame, .traceBytesPerSecond, .timerLateness, .padMargin, .stopDelay,
      .windowOverrun:
      if subject != nil {
        diagnostics.error(
          .budgetSubject, line: budget.line, "a budget of this quantity is about the whole module", "leave out Subject")
      }
    }
  }

  /// A partition cannot be promised more than its windows are sure of, in any schedule that has some.
  private mutating func checkSupply(of budget: BudgetDescription) {
    guard let wanted = budget.boundTime else { return }
    for schedule in module.schedules {
      let own = schedule.partitions.first { $0.partitionIdentifier == budget.subject && !$0.windows.isEmpty }
      guard let own else { continue }
      let sure = supply.perPeriod(own, majorFrame: schedule.majorFrame)
      guard wanted > sure else { continue }
      let place = module.schedules.count > 1 ? " in schedule \(schedule.identifier)" : ""
      diagnostics.error(
        .capacityExceedsSupply, line: budget.line,
        "the budget promises \(secondsText(wanted)) in each period, but the partition is sure of \(secondsText(sure))"
          + place,
        "lengthen its windows or lower BoundSeconds")
    }
  }

  private mutating func checkBound(of budget: BudgetDescription) {
    let isTime = budget.quantity != .traceBytesPerSecond
    let isRight =
      isTime
      ? budget.boundTime != nil && budget.boundCount == nil
      : budget.boundCount != nil && budget.boundTime == nil
    if !isRight {
      diagnostics.error(
        .budgetBound, line: budget.line, "the budget has not the bound that its quantity needs",
        isTime ? "write BoundSeconds alone" : "write Bound, in bytes a second, alone")
    }
  }
}
