/// Something in a trace that should not be there, or is missing.
///
/// Nothing that was derived from a trace with a defect may be called proved: consumers answer 'inconclusive' or
/// worse.
public struct TraceDefect: Equatable, Sendable, CustomStringConvertible {
  /// What is wrong: damage, or a contradiction (`isContradiction`).
  public enum Kind: Equatable, Sendable {
    // Damage: bytes that are no valid block, or blocks that are not there.
    /// Bytes that are no block; so many of them were passed over.
    case foreignBytes(count: UInt64)
    /// A block's checksum does not fit its bytes.
    case checksum
    /// A block's header declares what no block may have.
    case header
    /// Blocks are missing before this one.
    case blocksMissing(count: UInt64)
    /// No damage: a flight recorder's trace begins here, what came before is overwritten.
    case overwritten
    /// The file could not be read further: `errno`.
    case readFailed(code: Int32)
    /// So many things looked like blocks that the search for the next valid one was given up.
    case searchGivenUp
    /// The file ends before the trace does.
    case truncated
    /// The trace is all there, and what comes after it is none of it: nobody knows what that was meant to be.
    case bytesAfterSeal

    // Contradictions: checksums fit, contents do not.
    case undecodable(PayloadDefect)
    /// A block that had its turn before: doubled or out of order. Its events are not delivered.
    case sequenceRepeated(expected: UInt32, found: UInt32)
    /// The block before is not the one that this block was written after.
    case chainBroken
    case eventIndex(expected: UInt64, found: UInt64)
    case lossCount(expected: UInt64, found: UInt64)
    case timeWentBackwards(position: UInt64)
    case unexpectedBlock(type: UInt8)
    case cpuChanged
    /// The block is of the version of traces that leave kinds out, and the module table does not, or the other way.
    case versionOfOtherTrace(UInt16)
    case eventsAfterEnd(position: UInt64)
    /// The end event's totals are not those of the events read.
    case endTotals
    case sealWithoutEnd
    /// The seal's own fields are not what the blocks before make them.
    case sealFields
    /// The first event is not `boot`, or another one is.
    case bootPlace(position: UInt64)
    /// The boot event names another module table than the trace carries.
    case moduleTable
  }

  /// What is wrong, with what was found and what was expected.
  public var kind: Kind
  /// Where in the file the block or the bytes begin.
  public var byteOffset: UInt64
  /// The block's own number, where it has one.
  public var sequence: UInt32?

  /// - Parameter sequence: nil where no block can be told by its number.
  public init(kind: Kind, byteOffset: UInt64, sequence: UInt32? = nil) {
    self.kind = kind
    self.byteOffset = byteOffset
    self.sequence = sequence
  }

  /// Whether the bytes are intact and yet cannot be what a recorder wrote.
  public var isContradiction: Bool {
    switch kind {
    case .foreignBytes, .checksum, .header, .blocksMissing, .overwritten, .readFailed, .searchGivenUp, .truncated,
      .bytesAfterSeal:
      false
    default: true
    }
  }

  /// In words, after the byte and the block's number.
  public var description: String {
    let block = sequence.map { ", block \($0)" } ?? ""
    return "byte \(byteOffset)\(block): \(explanation)"
  }

  private var explanation: String {
    switch kind {
    case .foreignBytes(let count): "\(count) bytes are no trace block and were passed over"
    case .checksum: "the block's checksum does not fit its bytes"
    case .header: "the block's header declares what no block may have"
    case .blocksMissing(let count): "\(count) blocks are missing before this one"
    case .overwritten: "a flight recorder has overwritten them"
    case .readFailed(let code): "the file could not be read (errno \(code))"
    case .searchGivenUp: "no valid block was found within the search limit; the rest of the file is unread"
    case .truncated: "the file ends here, before the trace does"
    case .undecodable(let defect): "the checksum is right, but \(defect.rawValue)"
    case .sequenceRepeated(let expected, let found): "block \(found) comes where block \(expected) should"
    case .chainBroken: "the block was not written after the block that precedes it in the file"
    case .eventIndex(let expected, let found): "the block says that it begins with event \(found), not \(expected)"
    case .lossCount(let expected, let found):
      "the block says that \(found) events were lost before it, not \(expected)"
    case .timeWentBackwards(let position): "event \(position) is earlier than the one before it"
    case .unexpectedBlock(let type): "a block of type \(type) has no place here"
    case .cpuChanged: "the block is of another CPU"
    case .versionOfOtherTrace(let version): "no block of version \(version) is in a trace of this module"
    case .bytesAfterSeal: "bytes follow the trace's last block"
    case .eventsAfterEnd(let position): "event \(position) follows the end event"
    case .endTotals: "the end event's totals are not those of the events read"
    case .sealWithoutEnd: "the trace is closed without an end event"
    case .sealFields: "the last block's fields do not follow from the blocks before"
    case .bootPlace(let position): "event \(position): a trace has one boot event, its first"
    case .moduleTable: "the boot event names another module table than the trace carries"
    }
  }
}
