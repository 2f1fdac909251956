import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkClaims() {
    if module.claims.count > ModuleLimits.maximumClaimCount {
      diagnostics.error(
        .tooManyClaims, line: module.claims[ModuleLimits.maximumClaimCount].line,
        "the module has \(module.claims.count) claims of its own",
        "keep at most \(ModuleLimits.maximumClaimCount)")
    }
    var lineByName: [String: Int] = [:]
    for claim in module.claims {
      checkName(of: claim, &lineByName)
      checkForm(of: claim)
      for event in claim.events {
        do {
          let pattern = try ClaimCompiler(module: module).pattern(event)
          guard module.trace.leftOutKinds.contains(pattern.kind) else { continue }
          diagnostics.error(
            .claimEvent, line: event.line,
            "claim '\(claim.name)' is about events of kind \(event.kind), which p:Trace leaves out (line "
              + "\(module.trace.line))", "take \(event.kind) out of LeftOut, or the claim out of p:Claims")
        } catch {
          diagnostics.error(.claimEvent, line: event.line, "claim '\(claim.name)': \(error.what)", error.advice)
        }
      }
    }
  }

  /// A name becomes part of an identifier, which is typed at a command line.
  private mutating func checkName(of claim: ClaimDescription, _ lineByName: inout [String: Int]) {
    let isRight =
      claim.name.utf8.count <= ModuleLimits.maximumNameLength
      && claim.name.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-_.".contains("\(scalar)"))
      }
    if !isRight {
      diagnostics.error(
        .claimName, line: claim.line, "'\(claim.name)' is no name of a claim",
        "write letters, digits, '-', '_' and '.', at most \(ModuleLimits.maximumNameLength)")
    }
    if let first = lineByName.updateValue(claim.line, forKey: claim.name) {
      diagnostics.error(
        .claimName, line: claim.line, "there is a claim '\(claim.name)' already (line \(first))",
        "give each claim a name of its own")
    }
  }

  private mutating func checkForm(of claim: ClaimDescription) {
    let wanted = claim.form == .within ? 2 : 1
    if claim.events.count != wanted {
      diagnostics.error(
        .claimForm, line: claim.line, "claim '\(claim.name)' has \(claim.events.count) events",
        wanted == 2 ? "write two p:Event: what starts the time, then what ends it" : "write one p:Event")
    }
    let isRight =
      switch claim.form {
      case .within: claim.boundTime != nil && claim.boundCount == nil
      case .never: claim.boundTime == nil && claim.boundCount == nil
      case .atMost: claim.boundTime == nil && claim.boundCount != nil
      }
    if !isRight {
      diagnostics.error(
        .claimBound, line: claim.line, "claim '\(claim.name)' has not the bound that its form needs",
        claim.form == .within
          ? "write BoundSeconds alone"
          : claim.form == .never ? "write no bound" : "write Bound alone, a number of events")
    }
  }
}
