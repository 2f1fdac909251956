import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What a record of a module's ring may say, as far as that is known without its run.
///
/// Records carry no checksum: whoever reads memory that may be spoilt can only ask of each whether the kernel could
/// have written it. So a page of zeros or noise shows, and most bytes of a record's head; not another number in a word.
struct RecordRules {
  private let partitionCount: Int
  private let windowCount: Int
  private let scheduleCount: Int
  private let tableChecksum: UInt64
  /// The most time, in ns, that can pass from one record to the next: every major frame has records, and the rest is
  /// for a host that holds the machine up while it runs by the host's clock.
  let longestSilence: UInt64

  init(_ table: ModuleTable) {
    partitionCount = table.partitionCount
    windowCount = table.count(WindowRecord.self)
    scheduleCount = table.count(ScheduleRecord.self)
    tableChecksum = table.checksum
    let frames = (0..<scheduleCount).map { table.record(ScheduleRecord.self, $0).majorFrame.count }
    longestSilence = min(frames.max() ?? 0, 1 << 60) + 10_000_000_000
  }

  /// The kind of a record; nil where it cannot be one of this module's kernel.
  ///
  /// - Parameters:
  ///   - packed: its second word.
  ///   - word: its further words by index, asked for those only that `packed` declares.
  @inline(__always)
  func kind(_ packed: UInt64, _ word: (Int) -> UInt64) -> EventKind? {
    let count = RingRecord.wordCount(packed)
    let partition = UInt8(truncatingIfNeeded: packed >> 8)
    guard count <= TraceLimits.maximumWordCount, partition == 0xFF || Int(partition) < partitionCount,
      let kind = EventKind(rawValue: UInt8(truncatingIfNeeded: packed))
    else { return nil }
    let (words, owner) = Self.shape(kind)
    switch owner {
    case .partition: if partition == 0xFF { return nil }
    case .nobody: if partition != 0xFF { return nil }
    case .either: break
    }
    // The kernel may store more words than a kind has, but nothing in them.
    var index = words
    while index < count {
      if word(index) != 0 { return nil }
      index += 1
    }
    let first = count > 0 ? word(0) : 0
    return isPossible(kind, UInt8(truncatingIfNeeded: packed >> 16), UInt32(packed >> 32), first) ? kind : nil
  }

  /// Whether detail, operand and first word are such as the kind can have.
  private func isPossible(_ kind: EventKind, _ detail: UInt8, _ operand: UInt32, _ first: UInt64) -> Bool {
    switch kind {
    case .interrupt: (32..<48).contains(operand & 0xFFFF)
    case .exception: operand & 0xFFFF < 32
    case .kernelHandler, .acknowledged, .unclaimed: (32..<48).contains(operand)
    case .spurious: operand == 39 || operand == 47
    case .mark, .upcall: VirtualInterrupt(vector: UInt64(operand)) != nil
    case .exceptionReflected, .exceptionWritten: operand <= 32
    case .windowStart, .windowEnd: Int(operand) < windowCount
    case .majorFrameStart: Int(detail) < scheduleCount
    case .portOperation, .messageCopied: PortOperation(rawValue: detail) != nil
    case .noteWords: (1...8).contains(detail) && operand & 7 == 0
    case .keyframeWords: operand & 7 == 0 && Int(operand) < ModuleLimits.keyframeWordCount
    case .keyframe: Int(operand) <= ModuleLimits.keyframeWordCount
    case .boot: first == tableChecksum
    case .loss: operand == 0 && detail == 0 && first > 0
    default: true
    }
  }

  private enum Owner {
    case partition, nobody, either
  }

  /// How many words a kind has at most, and whether it is a partition's.
  @inline(__always)
  private static func shape(_ kind: EventKind) -> (words: Int, owner: Owner) {
    switch kind {
    case .interrupt, .timer, .drained, .padded, .healthError: (2, .either)
    case .hypercall, .noteWords: (8, .partition)
    case .exception: (6, .partition)
    case .nonMaskable, .stimulus, .spurious, .stop, .unclaimed, .moduleAction, .scheduleChange: (0, .either)
    case .modeChange, .memoryPiece, .upcallsReturned, .initialised: (0, .partition)
    case .lineMask, .maskRead: (0, .nobody)
    case .start, .kernelHandler, .majorFrameStart, .timerArmed, .keyframe, .loss: (1, .nobody)
    case .mark, .hypercallResult, .restart: (1, .partition)
    case .partitionSwitch, .windowEnd, .healthAction, .idle, .acknowledged, .consoleWritten, .kernelFault: (1, .either)
    case .windowStart, .eventRaised, .callback, .messageCopied, .contextReset: (2, .partition)
    case .upcall, .timerExpired, .exceptionReflected, .upcallWritten, .exceptionWritten: (3, .partition)
    case .portOperation: (3, .either)
    case .keyframeWords: (8, .nobody)
    case .boot: (4, .nobody)
    case .end: (2, .nobody)
    }
  }
}
