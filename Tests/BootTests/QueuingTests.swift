import ModuleConfiguration
import Testing
import TraceFormat

/// Queuing ports on the machine: what is sent arrives, and no copy overruns a window.
@Suite struct QueuingTests {
  /// The notes of a partition, in order.
  private func notes(_ run: CapturedRun, _ name: String) throws -> [(UInt64, UInt64)] {
    let partition = try run.partition(name)
    return run.events(.hypercall).map(\.event).filter {
      $0.partition == partition && $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue)
    }.map { ($0.words.w3, $0.words.w4) }
  }

  private func operations(_ run: CapturedRun, _ operation: PortOperation) -> Int {
    run.events(.portOperation).count { $0.event.detail == operation.rawValue }
  }

  /// One sender, a receiver that holds it back, and one that discards: each partition checks for itself.
  @Test func twoReceiversGetWhatOneSenderSends() throws {
    let run = try CapturedRun.capture(QueuingModules.messaging, milliseconds: 1_000)
    #expect(run.report.progress.lost == 0)
    let sender = try #require(try notes(run, "Sender").last)
    let sent = sender.0 & 0xFFFF_FFFF
    #expect(sender.0 >> 32 == 0, "errors of the sender")
    #expect(sent > 150)
    #expect(sender.1 >> 40 > 20, "sends refused")
    #expect(sender.1 >> 20 & 0xFFFFF > 20, "sends that waited with success")
    #expect(sender.1 & 0xFFFFF > 5, "sends that timed out")
    let blocking = try #require(try notes(run, "Receiver").last)
    #expect(blocking.0 >> 32 == 0, "errors of the receiver")
    #expect(blocking.0 & 0xFFFF_FFFF > 150 && blocking.1 == 0, "it misses nothing")
    #expect(sent - (blocking.0 & 0xFFFF_FFFF) <= 5, "the rest is on its way")
    let discarding = try #require(try notes(run, "Logger").last)
    #expect(discarding.0 >> 32 == 0, "errors of the logger")
    #expect(discarding.0 & 0xFFFF_FFFF > 40)
    #expect(discarding.1 >> 32 > 50 && discarding.1 & 0xFFFF_FFFF > 15, "messages missed, and told so")
    for operation in [PortOperation.send, .receive, .overflow] { #expect(operations(run, operation) > 40) }
    try expectDigests(run)
    let report = try Judge.replay(run.trace)
    #expect(report.verdict == .identical, "\(report.doubts) \(String(describing: report.divergence))")
  }

  /// The kernel's instruction digests the very bytes: they follow from a message's number, as `QueueSender` has it, and
  /// the lengths from 4 to 64 leave every number of single bytes over.
  private func expectDigests(_ run: CapturedRun) throws {
    let copies = run.events(.messageCopied).map(\.event).filter { $0.detail == PortOperation.send.rawValue }
    #expect(Set(copies.map { $0.words.w1 % 8 }).count == 8)
    for (index, copy) in copies.enumerated() {
      let number = UInt32(index)
      let count = 4 + Int(number * 37 % 61)
      let rest = (4..<count).map { UInt8(truncatingIfNeeded: number &* 31 &+ UInt32($0)) }
      let bytes = withUnsafeBytes(of: number.littleEndian, Array.init) + rest
      #expect(copy.words.w1 == UInt64(count) && copy.words.w0 == bytes.withUnsafeBytes { MessageDigest.digest($0) })
    }
  }

  /// Four processes wait at a FIFO port and four at a PRIORITY port; three messages come for each.
  @Test func waitingProcessesAreServedInThePortsOrder() throws {
    let run = try CapturedRun.capture(QueuingModules.waitingProcesses, milliseconds: 600)
    let note = try #require(try notes(run, "Waiting").first)
    #expect(note.0 >> 32 == 1239, "FIFO: 1, 2 and 3 as they came; 4 timed out")
    #expect(note.0 & 0xFFFF_FFFF == 4236, "PRIORITY: 4, then 2 before 3, its equal; 1 timed out")
    #expect(note.1 == 8, "nothing wrong, eight processes done")
    #expect(try Judge.replay(run.trace).verdict == .identical)
  }

  /// The longest messages there are, sent and received without a pause until the end of every window: the next window
  /// begins at its instant all the same, for L has the longest copy in it.
  @Test func noCopyOverrunsAWindow() throws {
    let run = try CapturedRun.capture(QueuingModules.longMessages, milliseconds: 2_000)
    let flood = try #require(try notes(run, "Long").last)
    #expect(flood.0 >= 5000, "messages sent and received")
    #expect(flood.1 == 0, "with other bytes")
    let watched = try notes(run, "Watcher")
    #expect(watched.count >= 7)
    #expect(watched.allSatisfy { $0.0 == 0 }, "ns between a window's instant and its first instruction: \(watched)")
    // The wait before each window was long enough; and the windows do end in copies of every phase, the longest of
    // which takes more than 2 µs.
    let left = run.events(.padded).map(\.event.words.w1)
    #expect(left.count > 700)
    let (least, greatest) = (left.min() ?? 0, left.max() ?? 0)
    #expect(least > 0)
    #expect(greatest - least > 1800, "ns left before a window: \(least) to \(greatest)")
    let report = try Judge.replay(run.trace)
    #expect(report.verdict == .identical, "\(report.doubts) \(String(describing: report.divergence))")
  }
}
