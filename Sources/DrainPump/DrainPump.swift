import ModuleConfiguration
import TraceFormat

/// Moves events from the kernel's ring to the trace, a block at a time.
///
/// A block is written when it is full, when the ring is over half full, when a second has passed since the last one
/// and something waits, or when the module has ended. The pump may be stopped at any instruction and go on later: it
/// reads only what the kernel's head has passed, and gives the ring back only after it has copied from it.
public struct DrainPump<Port: DrainPort>: ~Copyable {
  /// The longest that events wait for others to fill their block, in nanoseconds of the module's clock.
  public static var patience: UInt64 { 1_000_000_000 }

  private let port: Port
  private let eventsPerBlock: Int
  private let ringWords: UInt64
  private let output: UnsafeMutableRawBufferPointer
  private var encoder: BlockEncoder
  private var tail: UInt64 = 0
  private var bytesWritten: UInt64 = 0
  private var lastBlock: UInt64
  /// Events written, ever.
  public var eventCount: UInt64 { encoder.eventCount }

  /// Whether the last block is written: the trace is whole, and nothing is left to do.
  public private(set) var isComplete = false

  /// Events a block for which `memoryBytes` bytes are enough, at most `wanted`; 0 where not even one fits.
  public static func eventsPerBlock(wanted: UInt64, memoryBytes: Int) -> Int {
    var events = wanted > 4096 ? 4096 : Int(truncatingIfNeeded: wanted == 0 ? 1 : wanted)
    while events > 0, Self.memoryBytes(eventsPerBlock: events) > memoryBytes { events /= 2 }
    return events
  }

  /// Bytes of memory that a pump takes.
  public static func memoryBytes(eventsPerBlock: Int) -> Int {
    aligned(BlockEncoder.scratchBytes(maximumEvents: eventsPerBlock))
      + BlockEncoder.outputBytes(maximumEvents: eventsPerBlock)
  }

  private static func aligned(_ count: Int) -> Int { (count + 7) & ~7 }

  /// - Parameter memory: the pump's alone; 8-byte aligned.
  /// - Precondition: `memory` has `memoryBytes(eventsPerBlock:)` bytes and `eventsPerBlock` is 1 or more.
  public init(port: Port, ringBytes: UInt64, eventsPerBlock: Int, memory: UnsafeMutableRawBufferPointer) {
    precondition(memory.count >= Self.memoryBytes(eventsPerBlock: eventsPerBlock))
    self.port = port
    self.eventsPerBlock = eventsPerBlock
    ringWords = ringBytes / 8
    let scratch = Self.aligned(BlockEncoder.scratchBytes(maximumEvents: eventsPerBlock))
    encoder = BlockEncoder(
      scratch: UnsafeMutableRawBufferPointer(rebasing: memory[0..<scratch]), maximumEvents: eventsPerBlock)
    output = UnsafeMutableRawBufferPointer(rebasing: memory[scratch...])
    lastBlock = port.nanoseconds
  }

  /// Writes the first block; those of events are stored as the table says, without the kinds that it leaves out.
  ///
  /// - Precondition: called once, before `step`.
  public mutating func writeModuleTable(_ table: UnsafeRawBufferPointer) {
    let block = encoder.begin(withModuleTable: table, into: output)
    write(UnsafeRawBufferPointer(rebasing: output[0..<block.byteCount]))
    if block.payloadFollows { write(table) }
    port.publish(drainedBytes: bytesWritten)
  }

  /// Writes at most one block; whether it took anything from the ring, or completed the trace.
  public mutating func step() -> Bool {
    guard !isComplete else { return false }
    // The end is read before the head: once it shows, the head is the last.
    let hasEnded = port.hasEnded
    let head = port.head
    let waiting = head &- tail
    guard waiting > 0 else { return hasEnded && close() }
    guard hasEnded || isDue(waiting) else { return false }
    let words = port.words(from: tail, count: Int(truncatingIfNeeded: waiting))
    let progress = encoder.encodeEvents(words, limit: eventsPerBlock, into: output)
    // Words that are no whole record would be a kernel's fault: the trace is closed without them, not waited for.
    guard progress.wordCount > 0 else { return hasEnded && close() }
    tail &+= UInt64(progress.wordCount)
    // Where all was left out the block before now ends here: nothing between is to be in a trace.
    port.note(encoder.sequence &- 1, endsAt: tail, eventCount: encoder.recordCount)
    port.publish(tail: tail)
    if progress.byteCount > 0 { write(UnsafeRawBufferPointer(rebasing: output[0..<progress.byteCount])) }
    port.publish(drainedBytes: bytesWritten)
    lastBlock = port.nanoseconds
    return true
  }

  private mutating func close() -> Bool {
    let count = encoder.encodeSeal(into: output)
    write(UnsafeRawBufferPointer(rebasing: output[0..<count]))
    port.publish(drainedBytes: bytesWritten)
    isComplete = true
    return true
  }

  /// Whether the words that wait should become a block now.
  private func isDue(_ waiting: UInt64) -> Bool {
    if port.eventCount &- encoder.recordCount >= UInt64(eventsPerBlock) { return true }
    if waiting > ringWords / 2 { return true }
    return port.nanoseconds &- lastBlock > Self.patience
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) {
    port.write(bytes)
    bytesWritten &+= UInt64(bytes.count)
  }
}
