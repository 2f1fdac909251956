import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// The process services of APEX in C on the machine. The partitions check themselves (Kernel/Partitions/Processes); a
/// check is found there by its number.
@Suite struct ProcessServiceTests {
  private static let preemption = Result {
    try CapturedRun.capture(ProcessModules.preemption, milliseconds: 900)
  }

  /// What a partition's checks have left, as process_checks.h has it.
  private struct Findings {
    /// Checks done and checks failed, of each summary.
    var summaries: [(done: UInt64, failed: UInt64)] = []
    var failed: [String] = []
    var measured: [UInt64: UInt64] = [:]

    init(_ run: CapturedRun, _ name: String) throws {
      let partition = try run.partition(name)
      let note = UInt32(HypercallNumber.note.rawValue)
      for event in run.events(.hypercall).map(\.event) where event.partition == partition {
        guard event.operand & 0xFFFF == note else { continue }
        let number = event.words.w3 & 0xFFFF_FFFF
        switch event.words.w3 >> 32 {
        case 1: failed.append("\(number) at \(event.time) ns: 0x\(String(event.words.w4, radix: 16))")
        case 2: measured[number] = event.words.w4
        case 3: summaries.append((number, event.words.w4))
        default: failed.append("a note of no kind: \(event.words.w3)")
        }
      }
    }
  }

  /// Buffers, blackboards, semaphores, events and mutexes.
  @Test func processesSynchronise() throws {
    let run = try CapturedRun.capture(ProcessModules.synchronisation, milliseconds: 100)
    let findings = try Findings(run, "Synchronisation")
    #expect(findings.failed == [], "number of the check, instant, and what was seen")
    let summary = try #require(findings.summaries.first)
    #expect(findings.summaries.count == 1 && summary.failed == 0)
    #expect(summary.done > 1300)
    try expectAccepted(run)
  }

  /// The same services in Swift, and all others of processes.
  @Test func processesInSwiftDoSoToo() throws {
    let run = try CapturedRun.capture(ProcessModules.ensemble, milliseconds: 150)
    let findings = try Findings(run, "Ensemble")
    #expect(findings.failed == [], "number of the check, instant, and what was seen")
    let summary = try #require(findings.summaries.first)
    #expect(findings.summaries.count == 1 && summary.failed == 0)
    #expect(summary.done > 120)
    // Of the application's own error the health monitor knows; no process missed a deadline.
    let errors = run.events(.healthError).map(\.event)
    #expect(errors.map(\.detail) == [ErrorCode.applicationError.rawValue])
    try expectAccepted(run)
  }

  /// The sampling services of Part 2: new, read and old messages, and when they were written.
  @Test func messagesAreNewOnce() throws {
    let run = try CapturedRun.capture(ProcessModules.sampling, milliseconds: 350)
    let findings = try Findings(run, "Sampler")
    #expect(findings.failed == [], "number of the check, instant, and what was seen")
    let summary = try #require(findings.summaries.first)
    #expect(findings.summaries.count == 1 && summary.failed == 0)
    #expect(summary.done > 600)
    #expect(try Findings(run, "Writer").failed == [])
    try expectAccepted(run)
  }

  @Test func processesPreemptEachOther() throws {
    let run = try Self.preemption.get()
    let findings = try Findings(run, "Preempter")
    #expect(findings.failed == [], "number of the check, instant, and what was seen")
    let summary = try #require(findings.summaries.first)
    #expect(findings.summaries.count == 1 && summary.failed == 0)
    #expect(summary.done > 2000)
    #expect(try Findings(run, "Sender").failed == [])
    try expectAccepted(run)
  }

  /// Who is released in a window, or at its start, runs within microseconds. How often the processor was taken from
  /// somebody the trace knows too.
  @Test func releasesAreNotLate() throws {
    let run = try Self.preemption.get()
    let measured = try Findings(run, "Preempter").measured
    // Ticks amid a window, drums amid a period, beats and messages at a window's start.
    for (first, count) in [(730, 600), (740, 39), (750, 39), (760, 39)] as [(UInt64, UInt64)] {
      let seen = try #require(measured[first])
      let least = try #require(measured[first + 1]), greatest = try #require(measured[first + 2])
      #expect(seen >= count, "how many of \(first)")
      #expect(least <= greatest && greatest < 24_000, "ns, of \(first): \(least) to \(greatest)")
    }
    let preempter = try run.partition("Preempter")
    let upcalls = run.events(.upcall).map(\.event).filter { $0.partition == preempter }
    #expect(upcalls.count > 3000, "of the timer and of the port")
    #expect(run.events(.upcallsReturned).count { $0.event.partition == preempter } > 1000)
  }

  /// Processes, error handler and interrupt handlers that do what they should not: stacks, messages, counts of upcalls
  /// and instants are still right.
  @Test func mischiefIsWithstood() throws {
    let run = try CapturedRun.capture(ProcessModules.mischief, milliseconds: 200)
    let findings = try Findings(run, "Mischief")
    #expect(findings.failed == [], "number of the check, instant, and what was seen")
    let summary = try #require(findings.summaries.first)
    #expect(findings.summaries.count == 1 && summary.failed == 0)
    #expect(summary.done > 6000)
    // Thousands of messages, some missed deadlines and violations of memory: none became the partition's.
    let errors = run.events(.healthError).map(\.event)
    #expect(errors.count > 5000)
    #expect(errors.allSatisfy { $0.operand & 0xFF == UInt32(ErrorLevel.process.rawValue) })
    #expect(run.events(.healthAction).isEmpty)
    try expectAccepted(run)
  }

  private func expectAccepted(_ run: CapturedRun) throws {
    #expect(run.condition == .complete && run.report.progress.lost == 0)
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(replay.doubts) \(String(describing: replay.divergence))")
    let (report, condition) = try Judge.verify(run.trace)
    #expect(condition == .complete)
    #expect(report.claims(.fail) == [] && report.exitStatus == 0)
  }
}
