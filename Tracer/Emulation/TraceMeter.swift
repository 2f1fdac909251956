import APEXTypes
import TraceFormat

/// Counts what is in a trace while it grows, from the block headers alone: payloads are passed over, nothing is judged.
public struct TraceMeter {
  /// What the whole blocks so far have told.
  public private(set) var progress = TraceProgress()
  private var header: [UInt8] = []
  /// The block whose payload is passing, and how much of it is still to come.
  private var current: BlockHeader?
  private var payloadLeft = 0

  /// Stands where a trace begins, before its module table's block.
  public init() {}

  /// Takes the next bytes of the trace, cut wherever it pleases.
  public mutating func consume(_ bytes: [UInt8]) {
    progress.bytes += bytes.count
    var rest = bytes[...]
    while !progress.isGarbled {
      if let block = current {
        let passed = min(payloadLeft, rest.count)
        rest.removeFirst(passed)
        payloadLeft -= passed
        guard payloadLeft == 0 else { return }
        current = nil
        count(block)
      } else {
        guard !rest.isEmpty else { return }
        let taken = rest.prefix(BlockHeader.byteCount - header.count)
        header += taken
        rest.removeFirst(taken.count)
        guard header.count == BlockHeader.byteCount else { return }
        current = header.withUnsafeBytes { BlockHeader($0) }
        payloadLeft = Int(current?.storedByteCount ?? 0)
        progress.isGarbled = current == nil
        header = []
      }
    }
  }

  private mutating func count(_ block: BlockHeader) {
    progress.blocks += 1
    progress.events += Int(block.eventCount)
    progress.lost = max(progress.lost, block.eventsLostBefore)
    progress.virtualTime = max(progress.virtualTime, SystemTime(nanoseconds: block.baseTime))
    progress.hasEnded = block.type == BlockType.seal.rawValue
  }
}
