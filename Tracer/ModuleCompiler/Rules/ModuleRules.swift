import APEXTypes
import ModuleConfiguration
import TextForms

/// The rules of meaning: everything that a module must hold beyond the schema, each broken one told with its line.
///
/// No rule stops at its first finding, and none relies on another having held.
struct ModuleRules {
  let module: ModuleDescription
  let allowance: Nanoseconds
  let supply: GuaranteedSupply
  var diagnostics: DiagnosticList
  /// By the partition's index; those of images that could not be looked at are not here.
  var services: [Int: ProcessServices] = [:]
  /// Likewise.
  var images: [Int: PartitionImage] = [:]

  init(module: ModuleDescription, diagnostics: DiagnosticList) {
    self.module = module
    self.diagnostics = diagnostics
    allowance = SwitchAllowance(module).total
    supply = GuaranteedSupply(module: module, allowance: allowance)
  }

  mutating func checkAll() {
    checkPartitions()
    checkDrainer()
    checkPortGrants()
    checkProcesses()
    checkDemand()
    checkSchedules()
    checkPeriodsAcrossSchedules()
    checkPorts()
    checkChannels()
    checkLines()
    checkEventChannels()
    checkUpcallDepths()
    checkClocksAndTrace()
    checkBudgets()
    checkClaims()
    checkHealthTables()
    checkMemoryOwners()
  }

  /// Names are at most 32 bytes long, as in the standard's `NAME_TYPE`, and each takes a place in a line.
  mutating func checkName(_ name: String, of what: String, line: Int) {
    if let wrong = name.unicodeScalars.first(where: Self.breaksLines) {
      let shown = name.unicodeScalars.map { Self.breaksLines($0) ? "<\(Self.code(of: $0))>" : String($0) }.joined()
      diagnostics.error(
        .controlCharacter, line: line,
        "the name of \(what), '\(shown)', has a control character, \(Self.code(of: wrong))",
        "write a name without line breaks, tabs and other control characters")
    }
    let length = name.utf8.count
    if length > ModuleLimits.maximumNameLength {
      diagnostics.error(
        .nameTooLong, line: line, "the name of \(what), '\(name.prefix(40))', has \(length) bytes",
        "a name has at most \(ModuleLimits.maximumNameLength)")
    }
  }

  /// What would spoil each table and message that the name stands in.
  private static func breaksLines(_ character: Unicode.Scalar) -> Bool {
    switch character.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  private static func code(of character: Unicode.Scalar) -> String {
    "U+" + character.value.hexadecimalDigits(atLeast: 4, uppercase: true)
  }

  /// Reports a partition identifier that no partition has.
  @discardableResult
  mutating func checkPartition(
    _ identifier: UInt64, namedBy what: String, line: Int, as severity: Diagnostic.Severity = .error
  ) -> Bool {
    if module.partitionIndex(identifier: identifier) != nil { return true }
    let known = module.partitions.prefix(ModuleLimits.maximumPartitionCount).map { "\($0.identifier)" }
      .joined(separator: ", ")
    let text = "\(what) names partition \(identifier), which does not exist"
    let advice = known.isEmpty ? "declare a Partition" : "the module's partitions are \(known)"
    switch severity {
    case .error: diagnostics.error(.unknownPartition, line: line, text, advice)
    case .warning, .note:
      diagnostics.warning(.unknownPartition, line: line, text + ", and has no effect", advice)
    }
    return false
  }
}

/// Times in messages: seconds, as the file has them.
func secondsText(_ time: Nanoseconds) -> String { DecimalSeconds.format(time) + " s" }
