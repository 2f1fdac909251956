import ModuleConfiguration
import TraceFormat

/// The major frames of a run, a record for each change of their regular course.
struct FrameEpochs {
  struct Epoch {
    var number: UInt64
    var start: UInt64
    var schedule: Int
  }
  static let maximumCount = 4096

  private(set) var epochs: [Epoch] = []
  private(set) var frameCount: UInt64 = 0
  private(set) var isCut = false
  private let lengths: [UInt64]

  init(_ table: ModuleTable) {
    lengths = (0..<table.count(ScheduleRecord.self)).map { table.record(ScheduleRecord.self, $0).majorFrame.count }
  }

  mutating func consume(_ event: TraceEvent) {
    frameCount += 1
    let schedule = Int(event.detail)
    guard schedule < lengths.count else { return }
    if let last = epochs.last, last.schedule == schedule, UInt64(event.operand) >= last.number {
      let frames = UInt64(event.operand) - last.number
      if event.words.w0 == last.start &+ frames &* lengths[schedule] { return }
    }
    guard epochs.count < Self.maximumCount else {
      isCut = true
      return
    }
    epochs.append(Epoch(number: UInt64(event.operand), start: event.words.w0, schedule: schedule))
  }
}
