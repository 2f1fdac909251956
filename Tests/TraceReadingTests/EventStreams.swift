import TestSeeds
import TraceDamage
import TraceFormat
import TraceReading

/// Streams of events to write and read back.
enum EventStreams {
  /// A whole trace's events: boot, `body`, end.
  static func whole(_ body: [TraceEvent], leavingOut kinds: LeftOutKinds = .none) -> [TraceEvent] {
    let checksum = SampleModule.checksum(leavingOut: kinds)
    let boot = TraceEvent(time: 0, .boot, operand: 1, words: .init(checksum, 0x1234_5678_9ABC, 1 << 32, .max))
    let lost = body.reduce(UInt64(0)) { $1.kind == EventKind.loss.rawValue ? $0 &+ $1.words.w0 : $0 }
    let last = body.last?.time ?? 0
    return [boot] + body
      + [TraceEvent(time: last, .end, words: .init(UInt64(body.count + 1), lost))]
  }

  /// Events without any order in them but that of time.
  static func random(count: Int, seed: UInt64) -> [TraceEvent] {
    var generator = SeededGenerator(seed: seed)
    var time: UInt64 = 0
    let kinds = EventKind.allCases.filter { $0 != .boot && $0 != .end }.map(\.rawValue) + [90, 200, 255]
    return (0..<count).map { _ in
      let span = UInt64.random(in: 0...36, using: &generator)
      time += UInt64.random(in: 0...(1 << span), using: &generator)
      var event = TraceEvent(
        time: time, kind: kinds.randomElement(using: &generator)!, partition: .random(in: 0...255, using: &generator),
        detail: .random(in: 0...3, using: &generator), operand: .random(in: 0...(.max), using: &generator))
      for word in 0..<Int.random(in: 0...8, using: &generator) {
        event.words[word] = generator.next() >> UInt64.random(in: 0...63, using: &generator)
      }
      return event
    }
  }

  /// What a module like the flight-control computer does: windows, a 1024 Hz line, upcalls, hypercalls, ports.
  static func periodic(frames: Int, seed: UInt64) -> [TraceEvent] {
    var load = PeriodicLoad(seed: seed)
    for frame in 0..<frames { load.appendFrame(UInt64(frame)) }
    return load.events
  }

  /// The trace of these events with the sample module's table.
  static func trace(
    _ events: [TraceEvent], eventsPerBlock: Int, leavingOut kinds: LeftOutKinds = .none
  ) -> [UInt8] {
    var writer = TraceWriter(moduleTable: SampleModule.bytes(leavingOut: kinds), eventsPerBlock: eventsPerBlock)
    for event in events { writer.append(event) }
    return writer.finish()
  }
}

/// Writes the events of a periodic load, frame after frame, with a line that has no common period with the frame.
private struct PeriodicLoad {
  static let frameLength: UInt64 = 10_000_000
  static let linePeriod: UInt64 = 976_562

  var events: [TraceEvent] = []
  private var generator: SeededGenerator
  private var time: UInt64 = 0
  private var nextLine = linePeriod
  private var upcalls: UInt64 = 0
  private var flips: UInt64 = 0
  private var messages: UInt64 = 0

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private mutating func put(
    _ after: UInt64, _ kind: EventKind, _ partition: UInt8, detail: UInt8 = 0, operand: UInt32 = 0,
    _ words: TraceEvent.Words = .init()
  ) {
    time += after
    events.append(TraceEvent(time: time, kind, partition: partition, detail: detail, operand: operand, words: words))
  }

  private var counters: UInt64 { flips << 32 | (upcalls & 0xFFFF) << 16 | upcalls & 0xFFFF }

  mutating func appendFrame(_ frame: UInt64) {
    let start = frame * Self.frameLength
    time = max(time, start)
    put(0, .majorFrameStart, 0xFF, operand: UInt32(frame), .init(start))
    for window in 0..<4 {
      let from = start + UInt64(window) * 2_500_000
      appendWindow(window, from, from + 2_480_000)
    }
  }

  private mutating func appendWindow(_ window: Int, _ from: UInt64, _ to: UInt64) {
    let partition = UInt8(window % 3)
    appendLines(until: from, partition)
    time = max(time, from)
    put(120, .windowStart, partition, operand: UInt32(window), .init(from, to))
    put(40, .partitionSwitch, partition, detail: UInt8((window + 2) % 3), .init(from))
    put(31, .timerArmed, 0xFF, .init(to))
    put(55, .padded, 0xFF, .init(from, 1800))
    for call in 0..<6 {
      let work = 20_000 + UInt64.random(in: 0...(call == 5 ? 4000 : 0), using: &generator)
      appendLines(until: time + work, partition)
      appendHypercall(work, partition, call)
    }
    appendLines(until: to, partition)
    time = max(time, to)
    put(90, .timer, partition, operand: 0xEF | UInt32(partition) << 16, .init(counters, 310))
    put(44, .windowEnd, partition, operand: UInt32(window), .init(to))
    put(30, .idle, 2, .init(to + 20_000))
    put(38, .drained, 2, .init(UInt64(events.count) * 4, UInt64(events.count) * 2))
  }

  private mutating func appendHypercall(_ work: UInt64, _ partition: UInt8, _ call: Int) {
    let numbers: [UInt32] = [66, 70, 69, 29, 66, 67]
    let number = numbers[call]
    var words = TraceEvent.Words(counters, 290)
    if number == 69 || number == 70 { words = .init(counters, 290, 0, 1, 0x41_2000, 24) }
    put(work, .hypercall, partition, detail: 7, operand: number | UInt32(partition) << 16, words)
    if number == 69 {
      messages += 1
      put(60, .portOperation, partition, detail: 1, operand: 0, .init(24, messages))
      put(45, .messageCopied, partition, detail: 1, operand: 0, .init(generator.next(), 24))
    }
    put(70, .hypercallResult, partition, operand: number, .init(number == 66 ? time - 110 : 0))
  }

  private mutating func appendLines(until limit: UInt64, _ partition: UInt8) {
    while nextLine < limit {
      time = max(time, nextLine)
      nextLine += Self.linePeriod
      flips += 2
      upcalls += 1
      put(35, .interrupt, partition, detail: 7, operand: 40 | UInt32(partition) << 16, .init(counters, 280))
      put(52, .mark, 0, operand: 40, .init(1))
      put(30, .acknowledged, 0xFF, operand: 40)
      guard partition == 0 else { continue }
      put(48, .upcall, 0, operand: 40, .init(1, 0x40_1230, upcalls))
      put(77, .upcallWritten, 0, .init(0x2FEF_FE00, 0x40_1100))
    }
  }
}
