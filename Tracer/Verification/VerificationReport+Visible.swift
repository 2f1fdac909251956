extension VerificationReport {
  /// The report as a terminal may show it: `check` refuses names with control characters, but anybody may write a trace
  /// whose module has them, and they would do to the terminal what they like, or look like lines of the answer.
  public var visible: VerificationReport {
    var shown = self
    shown.moduleName = Self.visible(moduleName)
    shown.partitionNames = partitionNames.map(Self.visible)
    shown.claims = claims.map(Self.visible)
    shown.leftOut = leftOut.map(Self.visible)
    shown.discards = discards.map {
      PortDiscards(port: Self.visible($0.port), partition: Self.visible($0.partition), messages: $0.messages)
    }
    shown.omission = omission.map(Self.visible)
    return shown
  }

  /// A finding likewise.
  public static func visible(_ claim: ClaimResult) -> ClaimResult {
    var shown = claim
    shown.identifier = visible(claim.identifier)
    shown.title = visible(claim.title)
    shown.remark = visible(claim.remark)
    for index in claim.firstViolations.indices {
      shown.firstViolations[index].explanation = visible(claim.firstViolations[index].explanation)
    }
    for index in claim.worstViolations.indices {
      shown.worstViolations[index].explanation = visible(claim.worstViolations[index].explanation)
    }
    return shown
  }

  private static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
  }

  private static func isControl(_ sign: Unicode.Scalar) -> Bool { sign.properties.generalCategory == .control }
}
