import ModuleConfiguration
import TraceFormat
import TraceReading

/// One frame of the small module, by hand: what the exports of it must hold can be said by heart.
///
/// Partition 0 runs in its window, an interrupt marks it and is delivered, the upcall returns; then partition 1 has its
/// window, is released and yields.
public enum SmallStory {
  /// The real-time clock's vector: line 8.
  static let rtc: UInt32 = 40

  /// An event at an instant in ns; partition 0xFF where it is of none.
  public static func event(
    _ time: UInt64, _ kind: EventKind, _ partition: UInt8 = 0xFF, detail: UInt8 = 0, operand: UInt32 = 0,
    _ words: TraceEvent.Words = .init()
  ) -> TraceEvent {
    TraceEvent(time: time, kind, partition: partition, detail: detail, operand: operand, words: words)
  }

  /// An entry from ring 3 with a resume delay.
  public static func entry(
    _ time: UInt64, _ kind: EventKind, _ partition: UInt8, what: UInt32, after delay: UInt64,
    arguments: [UInt64] = [], returned: UInt64 = 0
  ) -> TraceEvent {
    var words = TraceEvent.Words(returned, delay)
    for (index, argument) in arguments.enumerated() { words[3 + index] = argument }
    return event(time, kind, partition, detail: 1, operand: what | UInt32(partition) << 16, words)
  }

  /// The boot of the small module, at instant 0 and without an instant to stop at.
  public static let boot = event(0, .boot, operand: 1, .init(SmallModule.checksum, 0xABCD, 1 << 32, .max))
  /// The call that partition 0 makes.
  public static let call = UInt32(HypercallNumber.writeSamplingMessage.rawValue)
  /// The call with which partition 1 gives up its window.
  public static let yield = UInt32(HypercallNumber.yield.rawValue)

  /// Position 0 … 27.
  public static let body: [TraceEvent] = [
    boot,
    event(100, .start, 0xFF, .init(.max)),
    event(110, .modeChange, 0, detail: 3, operand: 1),
    event(120, .majorFrameStart, operand: 0, .init(1000)),
    event(130, .windowStart, 0, operand: 0, .init(1000, 2_001_000)),
    event(140, .partitionSwitch, 0, detail: 0xFF, .init(1000)),
    event(150, .padded, 0, .init(1000, 800)),
    entry(5000, .hypercall, 0, what: call, after: 850, arguments: [1, 0x40_2000, 64]),
    event(5100, .portOperation, 0, detail: 1, operand: 0, .init(64, 1, 0)),
    event(5200, .hypercallResult, 0, operand: call),
    entry(8000, .interrupt, 0, what: rtc, after: 300),
    event(8100, .mark, 0, operand: rtc, .init(1)),
    event(8150, .acknowledged, operand: rtc),
    event(8200, .upcall, 0, detail: 1 << 1, operand: rtc, .init(1, 0x40_0200, 0)),
    event(8300, .upcallWritten, 0, .init(0x2FEF_FE00, 0x40_0100, 0)),
    entry(9000, .interrupt, 0, what: rtc, after: 100, returned: 1),
    event(9050, .upcallsReturned, 0, operand: 1),
    event(9100, .mark, 1, operand: rtc, .init(1)),
    event(9150, .acknowledged, operand: rtc),
    entry(1_980_000, .timer, 0, what: 0xEF, after: 200, returned: 1),
    event(1_980_100, .windowEnd, 0, operand: 0, .init(2_001_000)),
    event(1_980_200, .windowStart, 1, operand: 1, .init(2_001_000, 4_001_000)),
    event(1_980_300, .partitionSwitch, 1, detail: 0, .init(2_001_000)),
    entry(2_500_000, .hypercall, 1, what: yield, after: 20_700),
    event(2_500_100, .hypercallResult, 1, operand: yield, .init(12_001_000)),
    event(2_500_200, .partitionSwitch, 2, detail: 1, .init(0)),
    entry(3_000_000, .timer, 2, what: 0xEF, after: 250),
    event(3_000_100, .windowEnd, 1, operand: 1, .init(4_001_000)),
  ]

  /// The same and their end event, at the last one's time, with how many there are and how many the losses say are
  /// missing.
  public static func ended(_ events: [TraceEvent]) -> [TraceEvent] {
    let lost = events.reduce(UInt64(0)) { $1.kind == EventKind.loss.rawValue ? $0 + $1.words.w0 : $0 }
    return events + [event(events.last?.time ?? 0, .end, 0xFF, .init(UInt64(events.count), lost))]
  }

  /// The frame with its end, and nothing missing.
  public static let whole = ended(body)
  /// Seven events found no room after the first upcall's frame. The kernel gives the loss the time of the event before.
  public static let lossy = ended(body[...14] + [event(8300, .loss, 0xFF, .init(7))] + body[19...])

  /// An interrupt makes three marks at once (position 11), and each has its upcall; a fourth comes before the last.
  public static let threefold = ended(
    body[...10] + [
      event(8100, .mark, 0, operand: rtc, .init(3)),
      event(8200, .upcall, 0, detail: 1 << 1, operand: rtc, .init(1, 0x40_0200, 0)),
      event(8300, .upcallsReturned, 0, operand: 1),
      event(8310, .upcall, 0, detail: 1 << 1, operand: rtc, .init(1, 0x40_0200, 1)),
      event(8320, .mark, 0, operand: rtc, .init(2)),
      event(8400, .upcallsReturned, 0, operand: 1),
      event(8410, .upcall, 0, detail: 1 << 1, operand: rtc, .init(2, 0x40_0200, 2)),
      event(8500, .upcallsReturned, 0, operand: 1),
    ] + body[19...])

  /// Partition 0 is set to mode IDLE in its first window, and has a second one.
  public static let idled = ended(
    body[...9] + [
      event(8000, .modeChange, 0, detail: 0, operand: 3),
      event(8100, .partitionSwitch, 2, detail: 0, .init(0)),
    ] + body[26...] + [
      event(3_000_200, .windowStart, 0, operand: 0, .init(4_001_000, 5_001_000)),
      entry(5_000_000, .timer, 2, what: 0xEF, after: 250),
    ])

  /// A trace file of these events.
  public static func file(_ events: [TraceEvent], eventsPerBlock: Int = 4) -> [UInt8] {
    var writer = TraceWriter(moduleTable: SmallModule.bytes, eventsPerBlock: eventsPerBlock)
    for event in events { writer.append(event) }
    return writer.finish()
  }
}
