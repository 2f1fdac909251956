import TraceFormat

/// The events of decoded columns, one by one.
///
/// Unsafe room: a bundle of pointers into the columns' memory, taken once a block so that each event costs no more
/// than its loads. It holds until the columns are decoded anew; whoever made the columns has checked that all places
/// and group numbers lie within their arrays.
public struct EventView {
  /// How many events the block has.
  public let count: Int
  let groups: UnsafePointer<EventColumns.GroupPlace>
  let locators: UnsafePointer<EventColumns.Locator>
  let times: UnsafePointer<UInt64>
  let heads: UnsafePointer<UInt64>
  let words: UnsafePointer<UInt64>

  /// - Precondition: `index` is 0 ..< `count`.
  @inline(__always)
  public subscript(index: Int) -> TraceEvent {
    precondition(index >= 0 && index < count)
    var event = TraceEvent(time: 0, kind: 0)
    load(index, &event)
    return event
  }

  @inline(__always)
  private func load(_ index: Int, _ event: inout TraceEvent) {
    let locator = locators[index]
    let place = locator.place
    let head = EventHead(rawValue: heads[place])
    event.time = times[place]
    event.kind = head.kind
    event.partition = head.partition
    event.detail = head.detail
    event.operand = head.operand
    event.words = TraceEvent.Words()
    let count = head.wordCount
    guard count > 0 else { return }
    let group = groups[locator.group]
    let stride = Int(group.stride)
    var word = words + (Int(group.words) &+ place)
    event.words.w0 = word.pointee
    guard count > 1 else { return }
    word += stride
    event.words.w1 = word.pointee
    guard count > 2 else { return }
    word += stride
    event.words.w2 = word.pointee
    guard count > 3 else { return }
    word += stride
    event.words.w3 = word.pointee
    guard count > 4 else { return }
    word += stride
    event.words.w4 = word.pointee
    guard count > 5 else { return }
    word += stride
    event.words.w5 = word.pointee
    guard count > 6 else { return }
    word += stride
    event.words.w6 = word.pointee
    guard count > 7 else { return }
    word += stride
    event.words.w7 = word.pointee
  }
}
