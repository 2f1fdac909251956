import TraceFormat

/// The events of decoded columns, one by one.
///
/// Unsafe room: a bundle of pointers into the columns' memory, taken once a block so that each event costs no more
/// than its loads. It holds until the columns are decoded anew; whoever made the columns has checked that all places
/// and group numbers lie within their arrays.
public struct EventView {
  public let count: Int
  let groups: UnsafePointer<EventColumns.Group>
  let groupBase: UnsafeMutablePointer<UInt8>
  let placeBase: UnsafeMutablePointer<UInt32>
  let timeBase: UnsafeMutablePointer<UInt64>
  let operandBase: UnsafeMutablePointer<UInt32>
  let partitionBase: UnsafeMutablePointer<UInt8>
  let detailBase: UnsafeMutablePointer<UInt8>
  let wordBase: UnsafeMutablePointer<UInt64>

  /// - Precondition: `index` is 0 ..< `count`.
  @inline(__always)
  public subscript(index: Int) -> TraceEvent {
    precondition(index >= 0 && index < count)
    let place = Int(placeBase[index])
    let group = groups + Int(groupBase[index])
    var event = TraceEvent(
      time: timeBase[place], kind: group.pointee.kind, partition: partitionBase[place], detail: detailBase[place],
      operand: operandBase[place])
    let count = group.pointee.wordCount
    guard count > 0 else { return event }
    let stride = group.pointee.count
    let word = wordBase + (group.pointee.words + place - group.pointee.first)
    event.words.w0 = word[0]
    guard count > 1 else { return event }
    event.words.w1 = word[stride]
    guard count > 2 else { return event }
    event.words.w2 = word[2 * stride]
    guard count > 3 else { return event }
    event.words.w3 = word[3 * stride]
    guard count > 4 else { return event }
    for index in 4..<count { event.words[index] = word[index * stride] }
    return event
  }
}
