import ModuleConfiguration
import TraceFormat

/// Claims about what a module's trace leaves out: nobody can say by it whether they hold.
extension ModuleFacts {
  /// Claims about every module, by what they are about.
  private static let aboutKinds: [String: EventKind] = [
    "interrupt.acknowledged": .acknowledged, "upcall.written": .upcallWritten, "port.copied": .messageCopied,
    "port.content": .messageCopied, "queue.content": .messageCopied, "console.written": .consoleWritten,
    "note.words": .noteWords,
  ]

  /// Whether a claim of the module's own is about such events.
  func isHidden(_ claim: ClaimRecord) -> Bool {
    leftOut.contains(claim.first.kind) || claim.form == .within && leftOut.contains(claim.second.kind)
  }

  /// Whether a claim cannot hold by the trace, for what it is about is not there.
  func isHidden(_ identifier: String) -> Bool {
    if let kind = Self.aboutKinds[identifier] { return leftOut.contains(kind) }
    return claims.contains { $0.identifier == identifier && isHidden($0.record) }
  }

  /// Whether a claim may be unknown of a trace that is whole, for it may hang on what is not there.
  func mayBeHidden(_ identifier: String) -> Bool {
    isHidden(identifier) || !leftOut.isEmpty && identifier == "tick.armed"
  }
}
