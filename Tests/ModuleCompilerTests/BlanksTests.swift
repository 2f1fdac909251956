import Testing

@testable import ModuleCompiler

/// Blanks around values, as files have them that other programs have written.
@Suite struct BlanksTests {
  /// Every value that is no name, in the sample and in a channel of queues, with blanks that XML has.
  static let spaced = BrokenModule(.unsupported, BrokenModule.queuingEdits, at: nil).text.replacing(
    /([\w:]+)="([^"]*)"/
  ) { match in
    let isName = ["Name", "ModuleName", "PartitionName", "PortName", "RegionName", "ScheduleName", "EntryPoint"]
      .contains(String(match.1))
    let isOurText = ["p:Image", "xmlns:p"].contains(String(match.1))
    return isName || isOurText ? String(match.0) : "\(match.1)=\" &#9;\(match.2)&#10; \""
  }

  @Test func blanksAroundValuesAreNotTheirs() throws {
    let plain = SampleModule.check(BrokenModule(.unsupported, BrokenModule.queuingEdits, at: nil).text, strict: true)
    let report = SampleModule.check(Self.spaced, strict: true)
    #expect(report.diagnostics.isEmpty, "\(report.diagnostics)")
    let description = try #require(report.description)
    #expect("\(description)" == "\(try #require(plain.description))")
    #expect(description.partitions[2].isSystem && description.partitions[2].isDrainer)
    #expect(description.memories[0].regions.map(\.isWritable) == [false, true])
  }

  @Test func blanksWithinValuesAreStillWrong() {
    for (old, new) in [
      ("MajorFrameSeconds=\"0.01\"", "MajorFrameSeconds=\"0. 01\""), ("Number=\"8\"", "Number=\"0x 8\""),
      ("SystemPartition=\"TRUE\"", "SystemPartition=\"TR UE\""), ("Number=\"8\"", "Number=\" \""),
      ("Number=\"8\"", "Number=\"\u{A0}8\""), ("Direction=\"SOURCE\"", "Direction=\"SOUR CE\""),
    ] {
      let report = SampleModule.check(SampleModule.text.replacing(old, with: new))
      #expect(report.errors.contains { $0.rule == .schemaViolation } && report.exitStatus == 2, "\(new)")
    }
  }

  /// Ports are found by their names, each byte of them.
  @Test func blanksInNamesCount() {
    let report = SampleModule.check(SampleModule.text.replacing("PortName=\"IN\"", with: "PortName=\" IN\""))
    #expect(report.errors.contains { $0.rule == .unknownPort && $0.message.contains("' IN'") }, "\(report.errors)")
  }
}
