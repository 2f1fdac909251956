import ArgumentParser
import Foundation
import ModuleCompiler
import ModuleConfiguration
import TextForms
import TraceReading
import Verification

/// `partita claims`: what `verify` would judge.
struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "Lists the claims that verify makes about a module: identifier, sentence, bound, source.",
    discussion: """
      The module's own claims (p:Claims) and budgets (p:Budgets) are among them. What the module file leaves out \
      (p:Choose, p:Except) is marked so. Exit status: 0 listed, 1 the module violates a rule, 2 bad usage or \
      input, 3 a trace that is cut off before its module table ends.

      Examples:
        partita claims module.xml
        partita claims run.partita --claim 'window.*' --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "A module file, a packed module, or a trace, which carries its module.", completion: .file())
  var source: String

  @Option(help: "text or json.")
  var format = Format.text

  @Option(help: "Only claims that match, as with 'partita verify'. May be given several times.")
  var claim: [String] = []

  @Option(help: "Leave out claims that match. May be given several times.")
  var except: [String] = []

  @Option(
    name: .customLong("images"), help: "A directory with partition images; may be repeated.", completion: .directory)
  var imageDirectories: [String] = []

  func run() throws {
    try ImageFolders.require(imageDirectories)
    let choices = ClaimChoices(chosen: claim.map(ClaimPattern.init), excepted: except.map(ClaimPattern.init))
    let all = try all()
    try ClaimNames.require(claim + except, among: all.map(\.found), of: source)
    let claims = all.filter { choices.select($0.found.identifier) }
    guard !claims.isEmpty else {
      TraceCommand.complain("\(source): no claim is left; leave out --claim and --except to see all")
      throw ExitCode(2)
    }
    switch format {
    case .text: print(Self.text(of: claims), terminator: "")
    case .json: print(try Self.json(of: claims))
    }
  }

  private struct Claim {
    var found: ClaimResult
    var isLeftOut: Bool
  }

  private static func claims(_ table: ModuleTable) -> [Claim] {
    let verifier = Verifier(table: table)
    let leftOut = Set(verifier.leftOut)
    return verifier.claims.map { Claim(found: $0, isLeftOut: leftOut.contains($0.identifier)) }
  }

  private func all() throws -> [Claim] {
    do throws(TraceOpenError) {
      let reader = try TraceReader(path: source)
      return withExtendedLifetime(reader) { Self.claims(reader.moduleTable) }
    } catch TraceOpenError.notATrace {
      // A module, packed or not, or nothing of all: the compiler says which.
    } catch {
      if case .cannotOpen = error {
        TraceCommand.complain("\(error)")
      } else {
        TraceCommand.complain("\(source): \(error)")
      }
      throw ExitCode(error.isTruncation ? 3 : 2)
    }
    do {
      if let packed = try ModuleSource.packedImage(source) { return try packed.withTable { Self.claims($0) } }
      let table = try ModuleCompiler.table(file: source, options: .init(imageDirectories: imageDirectories))
      return try table.withTable { Self.claims($0) }
    } catch let error as ModuleSourceError {
      TraceCommand.complain("\(error)")
      throw ExitCode(2)
    } catch let failure as CompilationFailure {
      ModuleFindings.tell(failure.report.diagnostics)
      throw ExitCode(failure.report.exitStatus)
    }
  }

  private static func bound(of claim: ClaimResult) -> String {
    guard let bound = claim.bound else { return "" }
    return "\(claim.isFloor ? "≥" : "≤") \(VerificationReport.grouped(bound)) \(claim.unit.rawValue)"
  }

  private static func text(of claims: [Claim]) -> String {
    let rows = claims.map { claim in
      let found = VerificationReport.visible(claim.found)
      return [
        found.identifier, bound(of: found), found.source,
        (claim.isLeftOut ? "(left out by the module file) " : "") + found.title,
      ]
    }
    let table = TextTable(head: ["claim", "bound", "source", "says"], rows: rows, textColumns: [0, 1, 2, 3])
    return table.lines.map { $0 + "\n" }.joined()
  }

  private static func json(of claims: [Claim]) throws -> String {
    let list = claims.map { entry in
      let claim = entry.found
      var fields: [String: Any] = [
        "id": claim.identifier, "title": claim.title, "source": claim.source, "leftOut": entry.isLeftOut,
      ]
      if let bound = claim.bound {
        fields["bound"] = bound
        fields["unit"] = claim.unit.rawValue
        fields["boundIs"] = claim.isFloor ? "least" : "most"
      }
      return fields
    }
    let data = try JSONSerialization.data(
      withJSONObject: ["claims": list], options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }
}
