import Analysis
import ArgumentParser
import Foundation
import ModuleCompiler
import ModuleConfiguration
import TraceReading
import Verification

/// `partita analyse`: worst cases from the module file alone, beside those that a trace has seen.
struct AnalyseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyse",
    abstract: "Bounds response times, messages' ages and queues from the module file alone.",
    discussion: """
      For each schedule: what each partition is sure of (windows less L and declared stolen time), the worst response \
      time of each process against its deadline, the oldest message that each sampling port can read and the most that \
      can wait at each queuing port. With a trace of the module, what was seen stands beside the bounds: the longest \
      responses, the oldest messages read, the most that waited; and where processes are released otherwise than is \
      assumed, their bounds do not apply to it.

      Exit status: 0 every bound holds, 1 a deadline or port's bound can be exceeded (or was, in the trace), 2 bad \
      input, 3 a deadline, or a port with a limit, has no bound, the trace shows more than a bound or other releases \
      than assumed, is not whole, or the recorder has lost events of it.

      Examples:
        partita analyse module.xml
        partita analyse module.xml run.partita
        partita analyse module.xml --processes cooperative --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The module file.", completion: .file())
  var module: String

  @Argument(help: "A trace of the module, for what was seen.", completion: .file())
  var trace: String?

  @Option(
    name: .customLong("processes"),
    help: "How the processes of a partition share it: preemptive, as ARINC653.h has it, or cooperative.")
  var scheduling = SchedulingDiscipline.preemptive

  @Option(help: "Messages that a queuing source sends in each of its periods.")
  var messagesPerPeriod: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Nanoseconds that a job costs beside its capacity, where a partition's scheduler tells of its processes.",
      valueName: "ns"))
  var jobCost = ModuleAnalyst.usualJobCost

  @Option(help: "text, or json.")
  var format = Format.text

  func validate() throws {
    guard jobCost <= 1_000_000_000 else { throw ValidationError("--job-cost is 0 to 1000000000 ns") }
    guard (1...1_000_000).contains(messagesPerPeriod) else {
      throw ValidationError("--messages-per-period is 1 to 1000000")
    }
  }

  func run() throws {
    let report = ModuleCompiler.check(file: module)
    guard report.exitStatus == 0, let description = report.description else {
      ModuleFindings.tell(report.errors)
      TraceCommand.complain("\(module) cannot run as it is, so there is nothing to analyse; mend it first")
      throw ExitCode(2)
    }
    let analyst = ModuleAnalyst(
      description, scheduling: scheduling, messagesPerPeriod: messagesPerPeriod, jobCost: jobCost)
    var schedules = analyst.analyse()
    let reader = try trace.map { try observe($0, of: description, into: &schedules) }
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    switch format {
    case .text: print(schedules.map(\.text).joined(separator: "\n"), terminator: "")
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(schedules), as: UTF8.self))
    }
    let statuses = schedules.map(\.exitStatus)
    if statuses.contains(1) { throw ExitCode(1) }
    if let reader, let trace {
      try TraceCommand.finish(reader, trace)
      // What was lost or overwritten may have been longer than all that was seen.
      if !reader.losses.isEmpty || !reader.condition.isComplete { throw ExitCode(3) }
    }
    if let status = statuses.max(), status != 0 { throw ExitCode(status) }
  }

  /// Judges the trace, and looks at its ports on the same way: a pipe gives it once.
  private static func report(
    on reader: TraceReader, of path: String, _ ports: inout PortObserver, _ releases: inout ReleaseObserver
  ) throws -> VerificationReport {
    let report = try ShownRun.report(on: reader, of: path) { onProgress in
      var verifier = Verifier(table: reader.moduleTable)
      while let batch = reader.nextBatch() {
        switch batch {
        case .gap:
          verifier.noteGap()
          ports.noteGap()
          releases.noteGap()
        case .events(let first, let events):
          events.withUnsafeBufferPointer { verifier.consume($0, firstPosition: first) }
          for event in events {
            ports.consume(event)
            releases.consume(event)
          }
        }
        guard onProgress() else { return nil }
      }
      var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
      if !reader.condition.isComplete { report.fileDefect = reader.condition.description }
      return report
    }
    ports.finish()
    return report
  }

  /// Puts the longest responses that `verify` measures in the trace, and what was seen at ports, beside the bounds of
  /// the initial schedule; where the trace changes schedules, beside those of all, of which they can refute none.
  private func observe(
    _ path: String, of description: ModuleDescription, into schedules: inout [AnalysedModule]
  ) throws -> TraceReader {
    let reader = try TraceCommand.open(path)
    guard Self.windows(of: reader.moduleTable) == Self.windows(of: description) else {
      TraceCommand.complain(
        "\(path) was taken of a module with other windows than \(module) has; analyse the module file that it was "
          + "taken of")
      throw ExitCode(2)
    }
    var ports = PortObserver(reader.moduleTable)
    var releases = ReleaseObserver(reader.moduleTable, module: description)
    let report = try Self.report(on: reader, of: path, &ports, &releases)
    guard report.moduleName == schedules.first?.module else {
      TraceCommand.complain("\(path) is a trace of module \(report.moduleName), not of \(module)")
      throw ExitCode(2)
    }
    // Judged of every change, and of nothing else.
    let hasChanged = ["schedule.asked", "schedule.action"].contains { (report.finding($0)?.checked ?? 0) > 0 }
    for schedule in schedules.indices where schedules[schedule].isInitial || hasChanged {
      for port in schedules[schedule].ports.indices {
        guard let seen = ports.seen(at: schedules[schedule].ports[port].destination) else { continue }
        schedules[schedule].ports[port].observedAgeNanoseconds = seen.greatestAge
        schedules[schedule].ports[port].observedWaiting = seen.mostWaiting
        schedules[schedule].ports[port].isObservedUnderSeveralSchedules = hasChanged
      }
      for partition in schedules[schedule].partitions.indices {
        let owner = schedules[schedule].partitions[partition].name
        for process in schedules[schedule].partitions[partition].processes.indices {
          let name = schedules[schedule].partitions[partition].processes[process].name
          guard let worst = report.finding("process.deadline.\(owner).\(name)")?.worst else { continue }
          schedules[schedule].partitions[partition].processes[process].observedNanoseconds = UInt64(
            clamping: worst.value)
          schedules[schedule].partitions[partition].processes[process].isObservedUnderSeveralSchedules = hasChanged
        }
      }
      schedules[schedule].take(releases, schedule: schedule, scheduling)
    }
    return reader
  }

  /// The windows of all schedules, in order: identifier, start and duration.
  private static func windows(of table: ModuleTable) -> [[UInt64]] {
    (0..<table.count(ScheduleRecord.self)).flatMap { schedule in
      table.record(ScheduleRecord.self, schedule).windows.indices.map { index in
        let window = table.record(WindowRecord.self, index)
        return [UInt64(schedule), window.identifier, window.start.count, window.duration.count]
      }
    }
  }

  private static func windows(of module: ModuleDescription) -> [[UInt64]] {
    module.schedules.enumerated().flatMap { number, schedule in
      schedule.partitions.flatMap(\.windows).sorted { $0.start.count < $1.start.count }.map {
        [UInt64(number), $0.identifier, $0.start.count, $0.duration.count]
      }
    }
  }
}

extension SchedulingDiscipline: ExpressibleByArgument {}
