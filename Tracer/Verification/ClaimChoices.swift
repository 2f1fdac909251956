import ModuleConfiguration

/// Which claims are judged of those that there are: some chosen, some excepted.
public struct ClaimChoices: Sendable {
  /// Where there are any, they leave in only what one of them matches.
  public var chosen: [ClaimPattern]
  /// What one of them matches is left out, be it chosen or not.
  public var excepted: [ClaimPattern]

  /// - Parameter chosen: none stand for all claims.
  public init(chosen: [ClaimPattern], excepted: [ClaimPattern]) {
    self.chosen = chosen
    self.excepted = excepted
  }

  /// As the module file has them.
  init(_ table: ModuleTable) {
    self.init(chosen: [], excepted: [])
    for index in 0..<table.count(ClaimChoiceRecord.self) {
      let record = table.record(ClaimChoiceRecord.self, index)
      let pattern = ClaimPattern(ModulePlan.text(table, record.pattern))
      switch record.kind {
      case .choose: chosen.append(pattern)
      case .except: excepted.append(pattern)
      }
    }
  }

  /// Whether the patterns leave the claim in.
  public func select(_ identifier: String) -> Bool {
    (chosen.isEmpty || chosen.contains { $0.matches(identifier) })
      && !excepted.contains { $0.matches(identifier) }
  }

  /// Whether a module file may not leave the claim out: it is about the trace itself, on which all others rest.
  public static func isIndispensable(_ identifier: String) -> Bool { identifier.hasPrefix("trace.") }

  /// Whether the claim is judged where a module file has these choices.
  func judge(_ identifier: String) -> Bool { Self.isIndispensable(identifier) || select(identifier) }
}
