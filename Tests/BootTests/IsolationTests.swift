import ModuleConfiguration
import Testing
import TraceFormat

/// A greedy partition takes nothing from the others.
@Suite struct IsolationTests {
  static let others: Set<String> = ["Sensors", "Control", "Maintenance", "Drainer"]

  /// The window starts of all others, once with Loader, once with a partition that yields at once, once without any.
  @Test func windowStartsAreTheSameWithAndWithoutAGreedyPartition() throws {
    let milliseconds: UInt64 = 1_000
    let greedy = try CapturedRun.capture(.flightControl(), milliseconds: milliseconds)
    let modest = try CapturedRun.capture(.flightControl(loader: "Idler"), milliseconds: milliseconds)
    let absent = try CapturedRun.capture(.flightControlWithoutLoader(), milliseconds: milliseconds)
    // Loader is greedy indeed: it never yields, and Idler always does.
    let loader = try greedy.partition("Loader")
    func yields(_ run: CapturedRun) -> Int {
      let yield = UInt32(HypercallNumber.yield.rawValue)
      return run.events(.hypercall).count { $0.event.partition == loader && $0.event.operand & 0xFFFF == yield }
    }
    #expect(yields(greedy) == 0)
    #expect(yields(modest) >= 98)
    #expect(!absent.partitions.contains("Loader"))

    let expected = WindowStarts(greedy, of: Self.others).resumes
    // 49 whole major frames and more, five windows of others in each.
    #expect(expected.count >= 49 * 5)
    for (name, run) in [("modest", modest), ("absent", absent)] {
      let found = WindowStarts(run, of: Self.others).resumes
      #expect(Set(found.keys) == Set(expected.keys), "\(name)")
      let differing = expected.keys.sorted().filter { found[$0] != expected[$0] }
      #expect(
        differing.isEmpty,
        "\(name): \(differing.prefix(5).map { "\($0): \(expected[$0] ?? 0) and \(found[$0] ?? 0)" })")
    }
    for (place, resume) in expected { #expect(resume == place.nominal, "\(place)") }
  }
}
