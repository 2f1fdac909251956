import ArgumentParser
import Foundation

/// The `partita` command.
@main
struct Partita: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partita",
    abstract: "Checks, packs, boots, captures, replays and verifies partitioned modules.",
    version: ToolVersion.text,
    subcommands: [
      CheckCommand.self,
      SchemaCommand.self,
      AnalyseCommand.self,
      PackCommand.self,
      CaptureCommand.self,
      RunCommand.self,
      RescueCommand.self,
      SynthesizeCommand.self,
      WhatIfCommand.self,
      DumpCommand.self,
      StatsCommand.self,
      ReplayCommand.self,
      VerifyCommand.self,
      ClaimsCommand.self,
      AuditCommand.self,
      ExportCommand.self,
      QueryCommand.self,
      ReportCommand.self,
      StepCommand.self,
      GotoCommand.self,
      TopCommand.self,
      DiffCommand.self,
      MeasureDecodingCommand.self,
      MeasureEncodingCommand.self,
      MeasureReplayCommand.self,
      MeasureVerificationCommand.self,
    ]
  )

  /// Parses and runs; bad usage exits with 2, as every bad input does, and not with the parser's own 64.
  static func main() async {
    ProcessHabits.take()
    var called: (any ParsableCommand.Type)?
    do {
      try refuseStrangeNames(Array(CommandLine.arguments.dropFirst()))
      var command = try parsed(Array(CommandLine.arguments.dropFirst()))
      called = type(of: command)
      if var asynchronous = command as? AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      StandardOutput.finish()
    } catch {
      StandardOutput.finish()
      let status = exitCode(for: error)
      // Help and the version are answers too, which the parser would not see arrive.
      if status == .success, case let answer = fullMessage(for: error), !answer.isEmpty {
        print(answer)
        StandardOutput.finish()
        Foundation.exit(0)
      }
      guard status == .validationFailure else { exit(withError: error) }
      ModuleSession.say(message(for: error, of: called) + "\n", to: STDERR_FILENO)
      Foundation.exit(2)
    }
  }

  /// The subcommand that the words stand for.
  ///
  /// The parser takes a negative number for an option of its own, and says that a value is missing. Then it is given
  /// the two as one word, and says of the number what is wrong with it.
  private static func parsed(_ words: [String]) throws -> any ParsableCommand {
    do {
      return try parseAsRoot()
    } catch {
      let number = words.indices.dropFirst().first { index in
        words[index].hasPrefix("-") && words[index].dropFirst().first?.isNumber == true
          && words[index - 1].hasPrefix("--") && words[index - 1].count > 2 && !words[index - 1].contains("=")
      }
      guard let number, fullMessage(for: error).contains("Missing value for '\(words[number - 1])") else { throw error }
      var joined = words
      joined.remove(at: number)
      joined[number - 1] += "=" + words[number]
      return try parseAsRoot(joined)
    }
  }

  /// Bad usage with how to use the subcommand, also where only running it has shown that the usage is bad: the parser
  /// would tell that of `partita` itself then.
  private static func message(for error: any Error, of command: (any ParsableCommand.Type)?) -> String {
    guard let error = error as? ValidationError, let command, let name = command.configuration.commandName else {
      return fullMessage(for: error)
    }
    return """
      Error: \(error.message)
      Usage: \(usageString(for: command, includeHidden: false))
        See 'partita \(name) --help' for more information.
      """
  }

  /// Refuses what is no subcommand: the parser would call it an unexpected argument. Also for `help`: it would show the
  /// help of all of them, and call that success.
  private static func refuseStrangeNames(_ arguments: [String]) throws {
    let known = configuration.subcommands.map { $0.configuration.commandName } + ["help"]
    if let name = arguments.first, !name.hasPrefix("-"), !known.contains(name) {
      throw ValidationError("'\(name)' is no subcommand; 'partita help' lists them")
    }
    guard arguments.first == "help" else { return }
    let names = arguments.dropFirst().filter { !$0.hasPrefix("-") }
    // None of them has subcommands of its own.
    guard let strange = known.contains(names.first ?? "help") ? names.dropFirst().first : names.first else { return }
    throw ValidationError("'\(strange)' is no subcommand; 'partita help' lists them")
  }
}
