import EventRows
import ModuleConfiguration
import TraceFormat

extension Verifier.Meaning {
  init(of raw: UInt8, isAsked: Bool, isLeftOut: Bool) {
    let known = EventKind(rawValue: raw)
    let isCalm = Verifier.isCalm(known)
    self.init(
      kind: isLeftOut ? nil : known, isAsked: isAsked, isCalm: isCalm, isQuiet: isCalm && !isAsked && !isLeftOut,
      isLeftOut: isLeftOut)
  }
}

/// Kinds of events that a module's trace leaves out: what cannot be judged without them is unknown, and never violated
/// for want of them.
extension Verifier {
  /// The fixed claims whose evidence is events of a kind.
  ///
  /// Some of them can be violated by what else is there, and are judged by that: a message of another length than the
  /// last one written, words of a note that its caller may not read.
  static func claims(needing kind: EventKind) -> [ClaimKey] {
    switch kind {
    case .acknowledged: [.acknowledged]
    case .upcallWritten: [.upcallWritten]
    case .messageCopied: [.portCopied, .portContent, .queueContent]
    case .consoleWritten: [.consoleWritten]
    case .noteWords: [.noteWords]
    default: []
    }
  }

  /// Looks up once what every kind of event means, and which may be judged together with others.
  mutating func giveMeanings() {
    for raw in UInt8.min...UInt8.max {
      let place = Int(raw)
      meanings[place] = Meaning(of: raw, isAsked: custom.isAsked(raw), isLeftOut: plan.leftOut.contains(kind: raw))
      (kinds[place], areQuiet[place]) = (meanings[place].kind, meanings[place].isQuiet)
    }
    mayLookAhead = isQuiet([.mark, .acknowledged, .hypercallResult])
    mayLookAtPorts = mayLookAhead && isQuiet([.portOperation, .messageCopied])
    mayLookAtCalls = isQuiet([.hypercall])
    mayLookAtReturns = isQuiet([.upcallsReturned])
    usualLines = UsualInterrupt.lines(plan)
  }

  /// Whether nothing is to be done for events of these kinds but to judge them by their kinds.
  func isQuiet(_ kinds: [EventKind]) -> Bool { kinds.allSatisfy { meanings[Int($0.rawValue)].isQuiet } }

  /// An event is there that the module leaves out of its trace: whoever wrote that has not kept to the module.
  mutating func refuseLeftOut(_ event: RowReference) {
    guard fails(.meaning), let kind = EventKind(rawValue: event.kind) else { return }
    explain("an event of kind \(kind) is in the trace, and the module file leaves such out (p:Trace LeftOut)")
  }

  /// Claims whose evidence is left out.
  mutating func doubtLeftOut() {
    plan.leftOut.forEach { kind in
      for key in Self.claims(needing: kind) {
        book.doubtFromTheStart(key.rawValue, Self.sentence(leavingOut: [kind]))
      }
    }
    for claim in custom.unjudged {
      book.doubtFromTheStart(claim.index, Self.sentence(leavingOut: claim.kinds))
    }
  }

  /// A judgement hangs on whether an event came last that is left out.
  mutating func doubt(_ key: ClaimKey) {
    var kinds: [EventKind] = []
    plan.leftOut.forEach { kinds.append($0) }
    book.doubt(key.rawValue, Self.sentence(leavingOut: kinds))
  }

  static func sentence(leavingOut kinds: [EventKind]) -> String {
    let names = kinds.map { "\($0)" }.joined(separator: ", ")
    return "the module file leaves events of kind \(names) out of the trace (p:Trace LeftOut)"
  }
}
