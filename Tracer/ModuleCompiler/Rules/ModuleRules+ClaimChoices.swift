import ModuleConfiguration
import Verification

/// Claims that the file chooses and excepts: those who make claims say which there are.
extension ModuleRules {
  /// The last of the rules: claims depend on the whole module, so that in one with errors nobody knows them all.
  mutating func checkClaimChoices() {
    let choices = module.claimChoices
    guard !choices.isEmpty else { return }
    if choices.count > ModuleLimits.maximumClaimChoiceCount {
      diagnostics.error(
        .claimChoice, line: choices[ModuleLimits.maximumClaimChoiceCount].line,
        "the module has \(choices.count) p:Choose and p:Except",
        "keep at most \(ModuleLimits.maximumClaimChoiceCount), and write patterns with '*'")
    }
    for choice in choices where choice.pattern.utf8.count > ModuleLimits.maximumClaimPatternLength {
      diagnostics.error(
        .claimChoice, line: choice.line, "the pattern '\(choice.pattern.prefix(40))…' is too long",
        "write at most \(ModuleLimits.maximumClaimPatternLength) bytes")
    }
    guard !diagnostics.hasErrors else { return }
    let identifiers = claimIdentifiers
    for choice in choices { check(choice, identifiers) }
    if !diagnostics.hasErrors { checkRemainder(identifiers) }
  }

  private mutating func check(_ choice: ClaimChoiceDescription, _ identifiers: [String]) {
    let matched = identifiers.filter { ClaimPattern(choice.pattern).matches($0) }
    let advice = "'partita claims' lists those of a module"
    if matched.isEmpty {
      diagnostics.error(
        .claimChoice, line: choice.line, "the module has no claim that '\(choice.pattern)' matches", advice)
    } else if choice.kind == .except, let first = matched.first(where: ClaimChoices.isIndispensable) {
      diagnostics.error(
        .claimChoice, line: choice.line, "'\(choice.pattern)' leaves out \(first)",
        "except no claim about the trace itself (trace.…): all others rest on them")
    }
  }

  /// Claims about the trace remain in any case, and alone say nothing about the module.
  private mutating func checkRemainder(_ identifiers: [String]) {
    func patterns(_ kind: ClaimChoiceRecord.Kind) -> [ClaimPattern] {
      module.claimChoices.filter { $0.kind == kind }.map { ClaimPattern($0.pattern) }
    }
    let choices = ClaimChoices(chosen: patterns(.choose), excepted: patterns(.except))
    guard let last = module.claimChoices.last(where: { $0.kind == .except }),
      !identifiers.contains(where: choices.select)
    else { return }
    diagnostics.error(
      .claimChoice, line: last.line, "nothing is left of the claims that are chosen", "except fewer of them")
  }

  /// Of all claims about the module, which has no errors; they depend on no partition's image.
  private var claimIdentifiers: [String] {
    var module = module
    module.claimChoices = []
    var packer = ModulePacker(module: module, images: module.partitions.map { _ in .absent }, stimuli: [])
    let packed = packer.pack()
    let table = PackedModule(
      imageBytes: packed.bytes, tableByteCount: packed.tableByteCount, description: module, diagnostics: [])
    let claims = try? table.withTable { Verifier(table: $0).claims }
    return claims?.map(\.identifier) ?? []
  }
}
