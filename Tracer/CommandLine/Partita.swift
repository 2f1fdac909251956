import ArgumentParser

/// The `partita` command.
@main
struct Partita: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partita",
    abstract: "Checks, packs, boots, captures, replays and verifies partitioned modules.",
    subcommands: [
      DumpCommand.self,
      StatsCommand.self,
      VerifyCommand.self,
      MeasureDecodingCommand.self,
      MeasureEncodingCommand.self,
      MeasureVerificationCommand.self,
    ]
  )
}
