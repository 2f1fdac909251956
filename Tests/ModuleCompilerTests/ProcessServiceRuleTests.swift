import Foundation
import Testing

@testable import ModuleCompiler

/// Stacks, processes and error levels, held against what an image's symbols say that it uses.
@Suite struct ProcessServiceRuleTests {
  private static let modules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Kernel/Modules").path

  private static func image(_ symbols: String...) -> [UInt8] {
    var elf = TinyELF()
    elf.symbols += symbols.map { ($0, 0x40_2000) }
    return elf.bytes
  }

  private static let pool = "partita_stack_pool_bytes"

  private func found(_ rule: Rule, _ text: String, _ image: [UInt8]) -> [Diagnostic] {
    let report = SampleModule.check(text, image: image)
    #expect(report.errors.isEmpty, "\(report.errors)")
    return report.diagnostics.filter { $0.rule == rule }
  }

  // MARK: Stacks and processes

  private static let processes =
    SampleModule.text
    .replacing("<Process Name=\"main\" StackSize=\"5000\"", with: "<Process Name=\"main\" StackSize=\"0x10000\"")
    .replacing("SizeBytes=\"0x4000\"", with: "SizeBytes=\"0x80000\"")

  @Test func stacksTogetherMustFitThePool() {
    let filled = Self.processes.replacing(
      "<p:PortGrant First=\"0x3F8\"", with: "<Process Name=\"b\" StackSize=\"0x10000\"/><p:PortGrant First=\"0x3F8\"")
    #expect(found(.stackPool, filled, Self.image(Self.pool)).isEmpty)
    let beyond = filled.replacing("Name=\"b\" StackSize=\"0x10000\"", with: "Name=\"b\" StackSize=\"0x10001\"")
    let warnings = found(.stackPool, beyond, Self.image(Self.pool))
    #expect(warnings.map(\.line) == [SampleModule.line(of: "0x10001", in: beyond)])
    #expect(warnings.allSatisfy { $0.message.contains("131073 bytes") && $0.message.contains("131072") })
    #expect(found(.stackPool, beyond, Self.image()).isEmpty, "its stacks are not the pool's")
  }

  @Test func processesMustFitTheTable() {
    func text(_ count: Int) -> String {
      let all = (1..<count).map { "<Process Name=\"P\($0)\"/>" }.joined()
      return Self.processes.replacing("<p:PortGrant First=\"0x3F8\"", with: all + "<p:PortGrant First=\"0x3F8\"")
    }
    #expect(found(.tooManyProcesses, text(32), Self.image(Self.pool)).isEmpty)
    let warnings = found(.tooManyProcesses, text(33), Self.image(Self.pool))
    #expect(warnings.count == 1 && warnings.allSatisfy { $0.message.contains("33 processes") })
    #expect(found(.tooManyProcesses, text(33), Self.image()).isEmpty)
  }

  @Test func symbolsTellOfServices() throws {
    let none = try #require(ProcessServices(elf: Self.image()))
    #expect(!none.hasStackPool && !none.createsErrorHandler)
    let all = try #require(ProcessServices(elf: Self.image(Self.pool, "CREATE_ERROR_HANDLER")))
    #expect(all.hasStackPool && all.createsErrorHandler)
    // The section headers, which name the symbol table, are gone.
    var stripped = Self.image(Self.pool)
    stripped[60] = 0
    #expect(ProcessServices(elf: stripped) == nil)
    #expect(ProcessServices(elf: []) == nil)
  }

  // MARK: Error levels

  private func errorsWithoutLevel(_ table: String?, _ image: [UInt8]) -> [Diagnostic] {
    found(.errorsWithoutLevel, HealthTables.module(table: table), image)
  }

  /// Levels of other states, and of errors that no partition causes, are none for the running one.
  @Test func anEmptyTableIsToldOfOnce() {
    for table in [
      "", HealthTables.levels(state: "2", HealthTables.codes, level: "PARTITION"),
      HealthTables.levels(state: "4", HealthTables.codes, level: "PROCESS"),
      HealthTables.levels(["HARDWARE_FAULT", "POWER_FAILURE"], level: "MODULE"),
    ] {
      let warnings = errorsWithoutLevel(table, Self.image())
      #expect(warnings.map(\.severity) == [.warning], "\(table)")
      #expect(warnings.allSatisfy { warning in HealthTables.codes.allSatisfy { warning.message.contains($0) } })
      #expect(warnings.allSatisfy { $0.message.contains("IDLE") && !$0.message.contains("POWER") })
    }
  }

  @Test func onlyTheMissingErrorsAreNamed() {
    let some = HealthTables.levels(Array(HealthTables.codes.dropFirst(2)), level: "PROCESS")
    let warnings = errorsWithoutLevel(some, Self.image(Self.pool))
    #expect(warnings.count == 1)
    #expect(warnings.allSatisfy { $0.message.contains("state 1: DEADLINE_MISSED, APPLICATION_ERROR; ") })
    let all = HealthTables.levels(HealthTables.codes, level: "PROCESS")
    #expect(errorsWithoutLevel(all, Self.image(Self.pool)).isEmpty)
  }

  /// A handler that nothing can call is a mistake; a table that leaves errors to the default, without one, is none.
  @Test func aHandlerMakesTheDifference() {
    let some = HealthTables.levels(["NUMERIC_ERROR"], level: "PARTITION")
    #expect(errorsWithoutLevel(some, Self.image(Self.pool)).isEmpty)
    #expect(errorsWithoutLevel(some, Self.image(Self.pool, "CREATE_ERROR_HANDLER")).count == 1)
    #expect(errorsWithoutLevel(HealthTables.levels(["NUMERIC_ERROR"], level: "PROCESS"), Self.image()).isEmpty)
  }

  @Test func withoutATableItMattersToWhoHasProcesses() {
    #expect(errorsWithoutLevel(nil, Self.image()).isEmpty)
    let warnings = errorsWithoutLevel(nil, Self.image(Self.pool))
    #expect(warnings.map(\.line) == [1] && warnings.allSatisfy { $0.message.hasPrefix("without System_HM_Table") })
  }

  /// Images are not needed for that.
  @Test func shippedModulesAreQuiet() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.modules)
      .filter { FileManager.default.fileExists(atPath: "\(Self.modules)/\($0)/module.xml") }
    #expect(names.count >= 7)
    let rules: Set<Rule> = [.stackPool, .tooManyProcesses, .errorsWithoutLevel, .systemState, .errorWithoutCode]
    for name in names {
      let report = ModuleCompiler.check(file: "\(Self.modules)/\(name)/module.xml")
      #expect(report.exitStatus == 0, "\(name): \(report.errors)")
      #expect(report.diagnostics.allSatisfy { !rules.contains($0.rule) }, "\(name): \(report.diagnostics)")
    }
  }
}
