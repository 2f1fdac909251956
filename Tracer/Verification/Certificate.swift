import ModuleConfiguration
import TextForms
import TraceFormat

/// What a certificate says beside the report: which run, which module, which builds, which tool.
///
/// The text is JSON with a claim a line, to be read by people and by `partita audit`, which shares no code with this.
public struct Certificate: Sendable {
  /// The form's name and version.
  public static let form = "partita certificate 1"
  /// Version of the `partita` that judged; no audit confirms it.
  public var toolVersion: String
  /// `TraceReader.runIdentity`: a checksum over every byte of a complete trace.
  public var runIdentity: String
  /// Size of the trace's file.
  public var traceBytes: UInt64
  /// Whether nothing of the file is damaged or missing.
  public var isTraceComplete: Bool
  /// Of the module table that the trace carries.
  public var tableChecksum: UInt64
  /// Over what the partitions' segments contain, as the module table has it.
  public var imageIdentity: UInt64
  /// As the module table has it.
  public var moduleName: String
  /// By partition index.
  public var partitionBuilds: [UInt64]
  /// From the boot event; nil where the trace has none.
  public var kernelBuild: UInt64?

  /// - Parameter table: the one that the trace carries: it tells the rest.
  public init(
    table: ModuleTable, toolVersion: String, runIdentity: String, traceBytes: UInt64, isTraceComplete: Bool,
    kernelBuild: UInt64?
  ) {
    self.toolVersion = toolVersion
    self.runIdentity = runIdentity
    self.traceBytes = traceBytes
    self.isTraceComplete = isTraceComplete
    self.kernelBuild = kernelBuild
    tableChecksum = table.checksum
    imageIdentity = table.imageIdentity
    moduleName = ModulePlan.text(table, table.module.name)
    partitionBuilds = (0..<table.partitionCount).map { table.record(PartitionRecord.self, $0).buildIdentity }
  }

  /// The certificate of a report, as JSON; field names are stable.
  public func json(of report: VerificationReport) -> String {
    let builds = zip(report.partitionNames, partitionBuilds).map { name, build in
      "      {\"name\": \(VerificationReport.quoted(name)), \"build\": \"\(build.hexadecimalDigits)\"}"
    }
    let kernel = kernelBuild.map { "\"\($0.hexadecimalDigits)\"" } ?? "null"
    return """
      {
        "form": "\(Self.form)",
        "tool": {"name": "partita", "version": \(VerificationReport.quoted(toolVersion))},
        "trace": {"run": "\(runIdentity)", "bytes": \(traceBytes), "complete": \(isTraceComplete)},
        "module": {
          "name": \(VerificationReport.quoted(moduleName)), "table": "\(tableChecksum.hexadecimalDigits)",
          "image": "\(imageIdentity.hexadecimalDigits)", "kernel": \(kernel),
          "partitions": [
      \(builds.joined(separator: ",\n"))
          ]
        },
        "report": \(report.json(isCertified: true))}

      """
  }
}
