import TraceFormat

/// Which partition had the processor, switch by switch, as long as there is room.
///
/// A stay begins at the window's nominal instant where the switch waits for one, else at the switch; it ends at the
/// next switch.
struct Residency {
  /// Bytes that the list may take on the page.
  static let maximumByteCount = 2_400_000

  private(set) var numbers = CompactNumbers()
  private(set) var count = 0
  /// Until when the list is whole; nil if it is to the end.
  private(set) var cutAt: UInt64?
  private var open: (partition: UInt8, start: UInt64)?
  private var lastEnd: UInt64 = 0
  let base: UInt64

  init(base: UInt64) {
    self.base = base
    lastEnd = base
  }

  mutating func consume(_ event: TraceEvent) {
    close(at: event.time)
    guard event.partition != 0xFF else { return }
    open = (event.partition, max(event.time, event.words.w0))
  }

  /// The processor is no longer known to be the partition's.
  mutating func close(at instant: UInt64) {
    guard let stay = open else { return }
    open = nil
    guard cutAt == nil, stay.start >= lastEnd, instant > stay.start else { return }
    guard numbers.bytes.count < Self.maximumByteCount else {
      cutAt = lastEnd
      return
    }
    numbers.append(byte: stay.partition)
    numbers.append(variable: stay.start - lastEnd)
    numbers.append(variable: instant - stay.start)
    lastEnd = instant
    count += 1
  }
}
