import APEXTypes
import ModuleConfiguration
import TraceFormat

/// The names by which people know the numbers of a trace.
public struct TraceVocabulary: Sendable {
  /// Names of the partitions, by index; empty names are replaced by the index.
  public let partitions: [String]
  /// Names of the processes, by partition and key.
  private let processes: [ProcessPlace: String]

  private struct ProcessPlace: Hashable {
    var partition: UInt8
    var key: ProcessKey
  }

  /// - Parameter table: of the module that the trace is of; only its names are kept.
  public init(_ table: ModuleTable) {
    processes = Dictionary(
      (0..<table.count(ProcessRecord.self)).map { index in
        let record = table.record(ProcessRecord.self, index)
        let key = ProcessKey(name: table.name(record.name))
        return (ProcessPlace(partition: record.partition.rawValue, key: key), Self.text(table, record.name))
      }, uniquingKeysWith: { first, _ in first })
    partitions = (0..<table.partitionCount).map { index in
      let name = Self.text(table, table.partition(PartitionIndex(UInt8(index))).name)
      return name.isEmpty ? "partition \(index)" : name
    }
  }

  /// Of a module of which only the partitions' names are known, in the order of their indices.
  public init(partitions: [String]) {
    self.partitions = partitions
    processes = [:]
  }

  /// A name of the table as text, control characters made visible.
  public static func text(_ table: ModuleTable, _ reference: NameReference) -> String {
    visible(String(decoding: table.name(reference), as: UTF8.self))
  }

  /// Text with its control characters made visible, but for those that are kept: what a trace or a file says may have
  /// any, and a terminal would obey them.
  public static func visible(_ text: String, keeping kept: Set<Unicode.Scalar> = []) -> String {
    let scalars = text.unicodeScalars.map { sign in
      sign.properties.generalCategory == .control && !kept.contains(sign) ? "\u{FFFD}" : sign
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// A partition's name; a dash for 255, which is nobody, and `partition 9` for one that the module has not.
  public func partition(_ index: UInt8) -> String {
    if Int(index) < partitions.count { return partitions[Int(index)] }
    return index == 0xFF ? "–" : "partition \(index)"
  }

  /// The name of a partition's process; nil for a key that none of the module table has.
  public func process(_ key: ProcessKey, of partition: UInt8) -> String? {
    key.isNone ? "–" : processes[ProcessPlace(partition: partition, key: key)]
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

  // Names of numbers are made once: by millions of events, asking a case for its name is slow.

  /// A kind as `EventKind` spells it, or `kind 99`.
  public static func kind(_ raw: UInt8) -> String { kindNames[Int(raw)] }

  /// The names of kinds that a trace leaves out, in the order of their numbers.
  public static func kinds(of leftOut: LeftOutKinds) -> [String] {
    var kinds: [String] = []
    leftOut.forEach { kinds.append("\($0)") }
    return kinds
  }

  /// The same for a sentence; empty where nothing is left out.
  public static func names(of leftOut: LeftOutKinds) -> String { kinds(of: leftOut).joined(separator: ", ") }

  private static let kindNames = names { raw in EventKind(rawValue: raw).map { "\($0)" } ?? "kind \(raw)" }

  /// The class of a kind, or "unknown".
  public static func eventClass(_ raw: UInt8) -> String { classNames[Int(raw)] }
  private static let classNames = names { raw in EventKind(rawValue: raw).map { "\($0.eventClass)" } ?? "unknown" }

  /// What each of the numbers that a byte can hold is called.
  private static func names(_ name: (UInt8) -> String) -> [String] { (0...UInt8.max).map(name) }

  private static func names<Member: RawRepresentable>(
    of type: Member.Type, unknown: String = ""
  ) -> [String] where Member.RawValue == UInt8 {
    names { raw in Member(rawValue: raw).map { "\($0)" } ?? "\(unknown)\(raw)" }
  }

  /// A vector as "40 RTC" or "64 timer".
  public static func vector(_ vector: UInt64) -> String {
    vector < 256 ? vectorNames[Int(vector)] : "\(vector)"
  }

  private static let vectorNames = names { vector in
    lineNames[UInt64(vector)].map { "\(vector) \($0)" } ?? "\(vector)"
  }

  private static let lineNames: [UInt64: String] = [
    32: "PIT", 33: "keyboard", 34: "cascade", 35: "COM2", 36: "COM1", 37: "LPT2", 38: "floppy", 39: "LPT1", 40: "RTC",
    44: "mouse", 45: "FPU", 46: "ATA1", 47: "ATA2", 64: "timer", 65: "health", 66: "queue",
  ].merging((UInt64(48)..<64).map { ($0, "event") }) { name, _ in name }

  /// An exception by its mnemonic in the Intel SDM (volume 3A, on interrupt and exception handling), or its vector.
  public static func exception(_ vector: UInt64) -> String {
    // 32 is no exception of the CPU: an error of process level, on its way to the error handler.
    vector < UInt64(exceptionNames.count)
      ? exceptionNames[Int(vector)] : vector == 32 ? "error handler" : "\(vector)"
  }

  private static let exceptionNames = [
    "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS", "#GP", "#PF", "15",
    "#MF", "#AC", "#MC", "#XM",
  ]

  /// A hypercall as `HypercallNumber` spells it, or `hypercall 99`.
  public static func hypercall(_ number: UInt16) -> String {
    number < 256 ? hypercallNames[Int(number)] : "hypercall \(number)"
  }

  private static let hypercallNames = names { number in
    HypercallNumber(rawValue: UInt16(number)).map { "\($0)" } ?? "hypercall \(number)"
  }

  /// A status as `ReturnCode` spells it, or `code 99`.
  public static func returnCode(_ raw: UInt8) -> String { returnCodeNames[Int(raw)] }
  private static let returnCodeNames = names(of: ReturnCode.self, unknown: "code ")

  /// What was done at a port, as `PortOperation` spells it, or its number.
  public static func portOperation(_ raw: UInt8) -> String { portOperationNames[Int(raw)] }
  private static let portOperationNames = names(of: PortOperation.self)

  /// What becomes of a process that had the processor.
  public static func toldState(_ raw: UInt8) -> String { toldStateNames[Int(raw)] }
  private static let toldStateNames = names(of: ProcessTelling.State.self, unknown: "state ")

  /// A partition's mode as `OperatingMode` spells it, or its number.
  public static func operatingMode(_ raw: UInt8) -> String { operatingModeNames[Int(raw)] }
  private static let operatingModeNames = names(of: OperatingMode.self)

  /// Why the module stopped, as `StopReason` spells it, or its number.
  public static func stopReason(_ raw: UInt8) -> String { stopReasonNames[Int(raw)] }
  private static let stopReasonNames = names(of: StopReason.self)

  /// An error of the health monitor as `ErrorCode` spells it, or its number.
  public static func errorCode(_ raw: UInt8) -> String { errorCodeNames[Int(raw)] }
  private static let errorCodeNames = names(of: ErrorCode.self)

  /// What is done with a partition, as `PartitionRecoveryAction` spells it, or its number.
  public static func recoveryAction(_ raw: UInt8) -> String { recoveryActionNames[Int(raw)] }
  private static let recoveryActionNames = names(of: PartitionRecoveryAction.self)

  /// What is done with the module, as `ModuleRecoveryAction` spells it, or its number.
  public static func moduleAction(_ raw: UInt8) -> String { moduleActionNames[Int(raw)] }
  private static let moduleActionNames = names(of: ModuleRecoveryAction.self)

  /// Why a partition starts, as `StartCondition` spells it, or its number.
  public static func startCondition(_ raw: UInt8) -> String { startConditionNames[Int(raw)] }
  private static let startConditionNames = names(of: StartCondition.self)

  /// Who deals with an error, as `ErrorLevel` spells it, or its number.
  public static func errorLevel(_ raw: UInt8) -> String { errorLevelNames[Int(raw)] }
  private static let errorLevelNames = names(of: ErrorLevel.self)

  /// What went on when an error happened, as `SystemState` spells it, or its number.
  public static func systemState(_ raw: UInt8) -> String { systemStateNames[Int(raw)] }
  private static let systemStateNames = names(of: SystemState.self)
}
