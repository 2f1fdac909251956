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
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      StandardOutput.finish()
    } catch {
      StandardOutput.finish()
      let (status, message) = (exitCode(for: error), fullMessage(for: error))
      // Help and the version are answers too, which the parser would not see arrive.
      if status == .success, !message.isEmpty {
        print(message)
        StandardOutput.finish()
        Foundation.exit(0)
      }
      guard status == .validationFailure else { exit(withError: error) }
      ModuleSession.say(message + "\n", to: STDERR_FILENO)
      Foundation.exit(2)
    }
  }
}
