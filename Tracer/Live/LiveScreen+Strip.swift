import Terminal

/// Who had the processor in a major frame, column by column.
extension LiveScreen {
  /// Gives each column to who had most of it; where none of them had any, it stays whose it was.
  static func fill(_ owners: inout [UInt8], _ stays: [LiveFigures.Frame.Stay], _ frame: LiveFigures.Frame) {
    var most = [UInt64](repeating: 0, count: owners.count)
    for stay in stays { fill(&owners, &most, stay, frame) }
  }

  private static func fill(
    _ owners: inout [UInt8], _ most: inout [UInt64], _ stay: LiveFigures.Frame.Stay, _ frame: LiveFigures.Frame
  ) {
    let columns = Double(owners.count)
    let length = frame.end - frame.start
    guard stay.end > frame.start, stay.start < frame.end else { return }
    let (start, end) = (max(stay.start, frame.start) - frame.start, min(stay.end, frame.end) - frame.start)
    let firstColumn = min(owners.count - 1, WindowStrip.column(of: start, length, owners.count))
    for column in firstColumn...min(owners.count - 1, WindowStrip.column(of: end, length, owners.count)) {
      let left = UInt64(Double(length) * Double(column) / columns)
      let right = UInt64(min(Double(length) * Double(column + 1) / columns, 1e18))
      let part = min(end, right) > max(start, left) ? min(end, right) - max(start, left) : 0
      guard part > most[column] else { continue }
      most[column] = part
      owners[column] = stay.partition
    }
  }
}
