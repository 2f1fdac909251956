import TraceFormat

/// Events one behind the other in memory, as rows, and the rests of those that have some.
///
/// Unsafe: whoever makes one keeps the memory as long as it is used.
public struct RowBuffer {
  /// A row for each event, in order.
  public let rows: UnsafeBufferPointer<EventRow>
  /// By the number of a row. Meaningless for one that has no more than its own words.
  @usableFromInline let rests: UnsafePointer<EventRow.Rest>

  /// - Parameter rests: as many as rows; what belongs to a row without a rest is not read.
  @inlinable public init(_ rows: UnsafeBufferPointer<EventRow>, rests: UnsafePointer<EventRow.Rest>) {
    self.rows = rows
    self.rests = rests
  }

  /// All eight words of a row.
  ///
  /// - Precondition: there is a row of that number.
  @inlinable public func words(of number: Int) -> TraceEvent.Words {
    precondition(rows.indices.contains(number))
    let row = rows[number]
    let rest = row.wordCount > EventRow.ownWords ? rests[number] : EventRow.Rest()
    let own = row.words
    return TraceEvent.Words(own.w0, own.w1, own.w2, own.w3, own.w4, own.w5, rest.w6, rest.w7)
  }
}
