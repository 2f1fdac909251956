import ModuleConfiguration
import TraceFormat

// What cannot be a run of the module.
extension RecordedDemand {
  /// No run of a module lasts so long, ns: 146 years.
  static let latest: UInt64 = 1 << 62
  /// A kernel tells of each window; what is missing of a damaged trace may be long, but an hour of frames with nothing
  /// in them is work for nobody, ns.
  static let longestSilence: UInt64 = 3_600_000_000_000

  /// What no kernel of this module can have recorded, in words; nil for an event that one can.
  func objection(to event: TraceEvent) -> String? {
    guard event.time >= time else { return "is earlier than the one before it" }
    guard event.time < Self.latest else { return "is later than any run lasts" }
    guard start == nil || event.time - time < Self.longestSilence else {
      return "comes more than an hour after the one before it"
    }
    let isPartition = flows.indices.contains(Int(event.partition))
    switch event.knownKind {
    case .interrupt where !(32..<48).contains(event.operand & 0xFFFF): return "is an interrupt of no line"
    case .exception where event.operand & 0xFFFF >= 32: return "is an exception that no CPU has"
    case .interrupt, .timer, .hypercall, .exception: return isPartition || event.partition == 0xFF ? nil : Self.nobody
    case .upcall, .restart, .memoryPiece: return isPartition ? nil : Self.nobody
    default: return nil
    }
  }

  private static let nobody = "is of a partition that the module does not have"
}
