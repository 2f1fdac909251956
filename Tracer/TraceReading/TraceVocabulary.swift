import APEXTypes
import ModuleConfiguration
import TraceFormat

/// The names by which people know the numbers of a trace.
public struct TraceVocabulary: Sendable {
  /// Names of the partitions, by index; empty names are replaced by the index.
  public let partitions: [String]

  public init(_ table: ModuleTable) {
    partitions = (0..<table.partitionCount).map { index in
      let name = Self.text(table, table.partition(PartitionIndex(UInt8(index))).name)
      return name.isEmpty ? "partition \(index)" : name
    }
  }

  public init(partitions: [String]) { self.partitions = partitions }

  /// A name of the table as text, control characters made visible.
  public static func text(_ table: ModuleTable, _ reference: NameReference) -> String {
    let text = String(decoding: table.name(reference), as: UTF8.self)
    let visible = text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "\u{FFFD}" : $0 }
    return String(String.UnicodeScalarView(visible))
  }

  public func partition(_ index: UInt8) -> String {
    if Int(index) < partitions.count { return partitions[Int(index)] }
    return index == 0xFF ? "–" : "partition \(index)"
  }

  /// The partition that a command line means: its name, in any case, or its index.
  public func partitionIndex(_ text: String) -> UInt8? {
    if let index = partitions.firstIndex(where: { $0.lowercased() == text.lowercased() }) { return UInt8(index) }
    return UInt8(text).flatMap { Int($0) < partitions.count || $0 == 0xFF ? $0 : nil }
  }

  /// Whose page tables an entry found loaded.
  public func addressSpace(_ index: UInt8) -> String {
    switch index {
    case 0xFF: "kernel"
    case 0xFE: "unknown"
    default: partition(index)
    }
  }

  public static func kind(_ raw: UInt8) -> String { kindNames[Int(raw)] }

  private static let kindNames = (0..<256).map { raw in
    EventKind(rawValue: UInt8(raw)).map { "\($0)" } ?? "kind \(raw)"
  }

  /// A vector as "40 RTC" or "64 timer".
  public static func vector(_ vector: UInt64) -> String {
    lineNames[vector].map { "\(vector) \($0)" } ?? "\(vector)"
  }

  private static let lineNames: [UInt64: String] = [
    32: "PIT", 33: "keyboard", 34: "cascade", 35: "COM2", 36: "COM1", 37: "LPT2", 38: "floppy", 39: "LPT1", 40: "RTC",
    44: "mouse", 45: "FPU", 46: "ATA1", 47: "ATA2", 64: "timer", 65: "health", 66: "queue",
  ].merging((UInt64(48)..<64).map { ($0, "event") }) { name, _ in name }

  public static func exception(_ vector: UInt64) -> String {
    let names = [
      "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS", "#GP", "#PF", "15",
      "#MF", "#AC", "#MC", "#XM",
    ]
    // 32 is no exception of the CPU: an error of process level, on its way to the error handler.
    return vector < UInt64(names.count) ? names[Int(vector)] : vector == 32 ? "error handler" : "\(vector)"
  }

  public static func hypercall(_ number: UInt16) -> String {
    hypercallNames[number] ?? "hypercall \(number)"
  }

  private static let hypercallNames = Dictionary(
    uniqueKeysWithValues: (0...UInt16(255)).compactMap(HypercallNumber.init).map { ($0.rawValue, "\($0)") })

  public static func returnCode(_ raw: UInt8) -> String { ReturnCode(rawValue: raw).map { "\($0)" } ?? "code \(raw)" }
  public static func portOperation(_ raw: UInt8) -> String { PortOperation(rawValue: raw).map { "\($0)" } ?? "\(raw)" }
  public static func operatingMode(_ raw: UInt8) -> String { OperatingMode(rawValue: raw).map { "\($0)" } ?? "\(raw)" }
  public static func stopReason(_ raw: UInt8) -> String { StopReason(rawValue: raw).map { "\($0)" } ?? "\(raw)" }
  public static func errorCode(_ raw: UInt8) -> String { ErrorCode(rawValue: raw).map { "\($0)" } ?? "\(raw)" }
  public static func recoveryAction(_ raw: UInt8) -> String {
    PartitionRecoveryAction(rawValue: raw).map { "\($0)" } ?? "\(raw)"
  }
  public static func moduleAction(_ raw: UInt8) -> String {
    ModuleRecoveryAction(rawValue: raw).map { "\($0)" } ?? "\(raw)"
  }
  public static func startCondition(_ raw: UInt8) -> String {
    StartCondition(rawValue: raw).map { "\($0)" } ?? "\(raw)"
  }
  public static func errorLevel(_ raw: UInt8) -> String { ErrorLevel(rawValue: raw).map { "\($0)" } ?? "\(raw)" }
  public static func systemState(_ raw: UInt8) -> String { SystemState(rawValue: raw).map { "\($0)" } ?? "\(raw)" }
}
