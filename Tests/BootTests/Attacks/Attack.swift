import APEXTypes
import Testing

/// One attack: the partition of that name in Kernel/Partitions/Hostile, and what has to become of it.
struct Attack: Sendable, CustomTestStringConvertible {
  /// What the attacker has to meet.
  enum Outcome: Sendable {
    /// A fault of this vector, whose health action is IDLE: the attacker never runs again.
    case idled(vector: UInt8, ErrorCode)
    /// No exception, but an error that the kernel itself finds: IDLE.
    case refused(ErrorCode)
    /// The same fault for ever, each ignored.
    case storm(vector: UInt8, ErrorCode)
    /// One deed after the other, each ended by an interrupt where it faults; only these vectors, and no deed does what
    /// it
    /// must not.
    case attempts(Set<UInt8>)
    /// No fault at all, and the attack's own finding is that nothing went through.
    case harmless
    /// No fault, and no end: the attack goes on till the module's.
    case endless
  }

  var name: String
  /// Row of the lineage, or the hole of POK, that it comes from.
  var origin: String
  var outcome: Outcome
  /// How long the module runs, in ms.
  var milliseconds: UInt64 = 160
  /// Claims that rest on counts which this attacker itself writes.
  var selfReported: Set<String> = []
  /// Whether the trace is made to lose events.
  var losesEvents = false
  /// Whether the attacker is given COM1: its ports and its line.
  var ownsSerialLine = false
  /// Whether the attacker may nest upcalls as deep as any partition, and goes on from there.
  var overflowsDepth = false

  var testDescription: String { name }

  /// What the health monitor is told to do with the attacker.
  var action: PartitionRecoveryAction {
    switch outcome {
    case .idled, .refused, .harmless, .endless: .idle
    case .storm, .attempts: .ignore
    }
  }

  /// The expectation in words, for the table.
  var expectation: String {
    switch outcome {
    case .idled(let vector, let error): "\(Self.mnemonic(vector)), \(Self.words(error)): IDLE"
    case .refused(let error): "\(Self.words(error)): IDLE"
    case .storm(let vector, let error): "\(Self.mnemonic(vector)) for ever, \(Self.words(error)): IGNORE"
    case .attempts(let vectors):
      vectors.isEmpty
        ? "no fault; nothing succeeds"
        : "\(vectors.sorted().map(Self.mnemonic).joined(separator: ", ")) IGNOREd; nothing succeeds"
    case .harmless: "no fault; nothing succeeds"
    case .endless: "no fault; only its own time is spent"
    }
  }

  static func mnemonic(_ vector: UInt8) -> String {
    let names: [UInt8: String] = [
      0: "#DE", 1: "#DB", 3: "#BP", 6: "#UD", 12: "#SS", 13: "#GP", 14: "#PF", 16: "#MF", 17: "#AC", 19: "#XM",
    ]
    return names[vector] ?? "vector \(vector)"
  }

  static func words(_ error: ErrorCode) -> String {
    switch error {
    case .deadlineMissed: "deadline missed"
    case .applicationError: "application error"
    case .numericError: "numeric error"
    case .illegalRequest: "illegal request"
    case .stackOverflow: "stack overflow"
    case .memoryViolation: "memory violation"
    case .hardwareFault: "hardware fault"
    case .powerFail: "power fail"
    }
  }
}
