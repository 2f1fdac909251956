import ModuleConfiguration
import TextForms

/// What each claim of a module says, and where it comes from: in a certificate nobody must read anything else.
struct ClaimWords {
  private(set) var words = FixedClaims.words
  private let facts: ModuleFacts

  init(_ facts: ModuleFacts) {
    self.facts = facts
    for name in facts.names {
      add(
        "partition.supply.\(name)",
        "\(name) gets its duration, less L, start error and stolen time as declared, in each period",
        "ARINC 653: partition scheduling")
    }
    for process in facts.processes {
      let owner = facts.names[process.owner]
      let name = process.identifier.dropFirst("process.deadline.\(owner).".count)
      add(
        process.identifier,
        "\(name) of \(owner) completes within its deadline" + releases(process)
          + (process.isTold ? ", as its scheduler tells" : ""),
        "module file: p:DeadlineSeconds")
    }
    for budget in facts.budgets { add(budget) }
    for claim in facts.claims { add(claim.identifier, sentence(claim.record), "module file: p:Claim") }
  }

  private mutating func add(_ identifier: String, _ title: String, _ source: String) {
    words[identifier] = FixedClaims.Words(title: title, source: source)
  }

  private func releases(_ process: ModuleFacts.Process) -> String {
    let period = facts.periods[process.owner]
    guard process.period > period, period > 0, process.period % period == 0 else { return "" }
    return ", released once in \(process.period / period) periods of its partition"
  }

  private mutating func add(_ budget: BudgetRecord) {
    let subject = budget.subject
    let (what, title): (String, String)
    switch budget.quantity {
    case .interruptToMark:
      (what, title) = ("interruptToMark.\(subject)", "line \(subject): from the kernel's entry to the last mark")
    case .markToUpcall:
      (what, title) = ("markToUpcall.\(subject)", "line \(subject): from mark to upcall, within windows")
    case .hypercall:
      let service = UInt16(exactly: subject).flatMap(HypercallNumber.init).map { "\($0)" } ?? "unknown"
      (what, title) = (
        "hypercall.\(subject)", "hypercall \(subject) (\(service)): from entry to the caller's resume"
      )
    case .kernelTimePerFrame: (what, title) = ("kernelTime", "kernel time in a major frame, pads left out")
    case .traceBytesPerSecond: (what, title) = ("traceBytes", "bytes of trace a second of module time")
    case .windowStartError, .timerLateness, .padMargin, .stopDelay, .partitionSupply, .windowOverrun: return
    }
    add("budget.\(what)", title, "module file: p:Budget")
  }

  // MARK: The module's own claims

  private func sentence(_ claim: ClaimRecord) -> String {
    let first = describe(claim.first)
    switch claim.form {
    case .within: return "after \(first) comes \(describe(claim.second)) within \(claim.bound.durationText)"
    case .never: return "\(first) never comes"
    case .atMost: return "at most \(claim.bound) of \(first) come in a major frame"
    }
  }

  private func describe(_ pattern: EventPattern) -> String {
    var text = "\(pattern.kind)"
    if let operand = pattern.operand { text += " \(operand)" }
    if let detail = pattern.detail { text += " (detail \(detail))" }
    guard let partition = pattern.partition else { return text }
    let index = Int(partition)
    return text + " of " + (index == 0xFF ? "nobody" : index < facts.names.count ? facts.names[index] : "\(index)")
  }
}
