import ModuleConfiguration

/// The evidence for a reader: worst cases, and who took their time.
extension VerificationReport {
  /// All that is known of one claim: what it says, where it comes from, its violations and its worst cases.
  public func explanation(of claim: ClaimResult) -> String {
    var lines = [
      "\(claim.verdict.rawValue): \(claim.identifier)", "  \(claim.title)", "  source: \(claim.source)",
      "  judged \(claim.checked) times, \(Self.count(ofViolations: claim))",
    ]
    if !claim.remark.isEmpty { lines.append("  \(claim.remark)") }
    if let bound = claim.bound {
      lines.append("  bound: \(claim.isFloor ? "at least" : "at most") \(Self.grouped(bound)) \(claim.unit.rawValue)")
    }
    if claim.failures > 0 {
      lines.append("  the first violations:")
      lines += Self.violations(of: claim)
    }
    if !claim.worstCases.isEmpty { lines.append("  the worst cases:") }
    for found in claim.worstCases { lines += evidence(found, claim) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func evidence(_ found: WorstCase, _ claim: ClaimResult) -> [String] {
    var text = "    event \(found.position) at \(Self.duration(found.timeInNanoseconds)): "
    text += "\(Self.grouped(found.value)) \(claim.unit.rawValue)"
    if found.span.from < found.span.to {
      text += ", from \(Self.duration(found.span.from)) to \(Self.duration(found.span.to))"
      switch found.span.scope {
      case .all: break
      case .windows(let partition): text += " in windows of \(name(partition))"
      case .kernel: text += " in the kernel"
      }
    }
    var lines = [text]
    lines += found.attribution.map { "      " + line($0) }
    if !found.attributionBeyondBound.isEmpty {
      lines.append("      beyond the bound:")
      lines += found.attributionBeyondBound.map { "        " + line($0) }
    }
    return lines
  }

  private func line(_ share: TimeShare) -> String {
    let pieces = share.pieces == 1 ? "event" : "\(share.pieces) pieces, the first at event"
    return
      "\(Self.grouped(Int64(clamping: share.nanoseconds))) ns  \(describe(share.taker)) (\(pieces) \(share.position))"
  }

  func name(_ partition: UInt8) -> String {
    Int(partition) < partitionNames.count ? partitionNames[Int(partition)] : "partition \(partition)"
  }

  /// The taker in words; stable, for JSON too.
  public func describe(_ taker: TimeTaker) -> String {
    switch taker {
    case .partition(let index): "\(name(index)) in ring 3"
    case .idle: "idle loop"
    case .interrupt(let line): "interrupt of line \(line)"
    case .timer: "timer"
    case .hypercall(let number, let caller):
      "hypercall \(HypercallNumber(rawValue: number).map { "\($0)" } ?? "\(number)") of \(name(caller))"
    case .exception(let vector, let partition): "exception \(vector) of \(name(partition))"
    case .start: "start of the module"
    case .stimulus: "stimulus"
    case .nonMaskable: "non-maskable interrupt"
    case .restart(let partition): "memory of \(name(partition)) made anew"
    case .windowSwitch: "switch"
    case .padding: "padding"
    case .windowEntry: "entry into the window"
    case .keyframe: "keyframe"
    case .unknown: "events are missing"
    }
  }
}
