import TextForms
import TraceFormat

/// Which run a trace is of, where reading begins, and how many threads take part in it.
extension TraceReader {
  /// The identity of the run: the last checksum of the chain, in 16 hexadecimal digits.
  ///
  /// Two complete traces with equal identities are the same bytes, but for a hash collision. While the trace is
  /// unread, or where it is not complete, it identifies what was read so far.
  public var runIdentity: String { Self.identity(ledger.chain) }

  static func identity(_ chain: UInt64) -> String { chain.hexadecimalDigits }

  /// Lets so many threads beside the caller's decode the blocks ahead; 0 for none, as at first.
  ///
  /// What is read is the same with any number of them.
  public func decodeAhead(threads: Int) { decodeAhead(threads: threads, .columns) }

  /// Where `work` has columns of its own, `nextColumns` hands out columns only where there is no block `found`.
  func decodeAhead(threads: Int, _ work: BlockLookahead.Work) {
    found = nil
    // Nobody waits for blocks ahead while one is there to be shown: a pipe is read as it comes.
    lookahead = threads > 0 ? source.anywhere.map { BlockLookahead($0, threads: threads, work) } : nil
  }

  /// What the recorder lost, as the blocks tell that have been read so far.
  public var losses: RecorderLosses { ledger.losses }

  /// Whether what is not yet written is waited for.
  public var isPipe: Bool { source.isPipe }

  /// The trace's blocks, from their headers; nil for a pipe, or where headers are damaged.
  public func makeIndex() -> BlockIndex? {
    source.anywhere.flatMap {
      BlockIndex($0, isFlightRecorder: moduleTable.module.ringPolicy == .flightRecorder)
    }
  }

  /// Goes to a block, to read from there; what lies before it is not looked at, and not part of `condition`.
  ///
  /// - Precondition: nothing has been read yet.
  /// - Returns: false where the file cannot be read there; the reader is then where it was.
  public func begin(at entry: BlockIndex.Entry) -> Bool {
    precondition(condition == .unread && statistics.eventCount == 0)
    guard source.seek(to: entry.offset) else { return false }
    ledger.begin(at: entry.header)
    return true
  }
}
