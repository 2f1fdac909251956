import ModuleConfiguration

/// The evidence for a reader: worst cases, and who took their time.
extension VerificationReport {
  /// What is known of one claim: what it says, where it comes from, its violations and its worst cases.
  ///
  /// - Parameter hasAllTakers: whether to name everybody who took time in a worst case, and not the five who took most.
  public func explanation(of claim: ClaimResult, hasAllTakers: Bool = false) -> String {
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
    for found in claim.worstCases { lines += evidence(found, claim, hasAllTakers) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func evidence(_ found: WorstCase, _ claim: ClaimResult, _ hasAllTakers: Bool) -> [String] {
    var own = claim.partition
    var text = "    event \(found.position) at \(Self.duration(found.timeInNanoseconds)): "
    text += "\(Self.grouped(found.value)) \(claim.unit.rawValue)"
    if found.span.from < found.span.to {
      text += ", from \(Self.duration(found.span.from)) to \(Self.duration(found.span.to))"
      switch found.span.scope {
      case .all: break
      case .windows(let partition):
        own = partition
        text += " in windows of \(name(partition))"
      case .kernel: text += " in the kernel"
      }
    }
    var lines = [text]
    lines += self.lines(found.attribution, of: own, hasAllTakers).map { "      " + $0 }
    if !found.attributionBeyondBound.isEmpty {
      lines.append("      beyond the bound:")
      lines += self.lines(found.attributionBeyondBound, of: own, hasAllTakers).map { "        " + $0 }
    }
    return lines
  }

  /// Who took most, what a partition can do something about first, and the others in sum.
  private func lines(_ shares: [TimeShare], of own: UInt8?, _ hasAllTakers: Bool) -> [String] {
    let shown = hasAllTakers ? shares[...] : shares.prefix(Self.takersShown)
    let ranks = Dictionary(grouping: shown) { Self.rank($0.taker, for: own) }
    var lines = ranks.keys.sorted().flatMap { ranks[$0] ?? [] }.map(line)
    let others = shares.dropFirst(shown.count)
    if !others.isEmpty {
      let total = others.reduce(0) { $0 &+ $1.nanoseconds }
      lines.append("and \(others.count) other\(others.count == 1 ? "" : "s"), \(total.nanoseconds) in all")
    }
    return lines
  }

  private static let takersShown = 5

  /// How far what took the time is from a partition: its own code and calls, then the kernel, then other partitions,
  /// which have what the schedule gives them, then nobody.
  private static func rank(_ taker: TimeTaker, for own: UInt8?) -> Int {
    switch taker {
    case .partition(let index): index == own ? 0 : 2
    case .hypercall(_, let index), .exception(_, let index), .restart(let index):
      own == nil ? 1 : index == own ? 0 : 2
    case .idle: 3
    default: 1
    }
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
