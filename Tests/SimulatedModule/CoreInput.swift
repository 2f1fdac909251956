import APEXTypes
import PartitionCore
import TraceFormat

/// Something that the core can be told, as a value, so that several cores can be told the same.
public enum CoreInput {
  case start(stop: UInt64)
  case interrupt(InterruptLine, EntrySnapshot)
  case timer(EntrySnapshot)
  case hypercall(Hypercall, EntrySnapshot)
  case exception(vector: UInt8, address: UInt64, EntrySnapshot, errorCode: UInt64 = 0, returned: UInt32 = 0)
  case nonMaskable
  case memoryPiece(PartitionIndex, number: UInt32)
  case stimulus(action: UInt8, data: UInt32)

  /// The event that a kernel records for it.
  public func event(at time: UInt64) -> TraceEvent {
    switch self {
    case .start(let stop): return TraceEvent(time: time, .start, words: .init(stop))
    case .nonMaskable: return TraceEvent(time: time, .nonMaskable, operand: 1)
    case .memoryPiece(let partition, let number):
      return TraceEvent(time: time, .memoryPiece, partition: partition.rawValue, operand: number)
    case .stimulus(let action, let data): return TraceEvent(time: time, .stimulus, detail: action, operand: data)
    case .interrupt(let line, let snapshot): return Self.event(.interrupt, time, snapshot, UInt16(line.vector))
    case .timer(let snapshot): return Self.event(.timer, time, snapshot, 0xE0)
    case .hypercall(let call, let snapshot):
      var event = Self.event(.hypercall, time, snapshot, UInt16(truncatingIfNeeded: call.number))
      event.words.w2 = call.operand
      event.words.w3 = call.arguments.0
      event.words.w4 = call.arguments.1
      event.words.w5 = call.arguments.2
      event.words.w6 = call.arguments.3
      return event
    case .exception(let vector, let address, let snapshot, let errorCode, let returned):
      var event = Self.event(.exception, time, snapshot, UInt16(vector))
      event.words.w2 = errorCode
      event.words.w5 = UInt64(returned)
      event.words.w3 = address
      event.words.w4 = 0x40_0300
      return event
    }
  }

  private static func event(
    _ kind: EventKind, _ time: UInt64, _ snapshot: EntrySnapshot, _ what: UInt16
  ) -> TraceEvent {
    TraceEvent(
      time: time, kind, partition: snapshot.partition, detail: snapshot.flags.rawValue,
      operand: snapshot.operand(what), words: .init(snapshot.counterWord, snapshot.resumeDelay))
  }
}
