import TextForms

/// The windows of a major frame side by side, one column a character: whose each column is, and what stands in it.
///
/// A window has one column at least, and begins with a bar; its owner's name follows where there is room.
public struct WindowStrip {
  /// The owner of a column that is no window's.
  public static let nobody: UInt8 = 0xFF

  /// By column: the partition that owns it, or `nobody`.
  public private(set) var owners: [UInt8]
  /// By column: one sign each, or none in the second column of a wide one.
  public private(set) var labels: [String]
  private let length: UInt64

  /// A frame without windows.
  ///
  /// - Parameters:
  ///   - columns: how many characters there are.
  ///   - length: how long the frame is, in ns; more than 0.
  public init(columns: Int, length: UInt64) {
    owners = [UInt8](repeating: Self.nobody, count: columns)
    labels = [String](repeating: "·", count: columns)
    self.length = length
  }

  /// Puts a window over what is there.
  ///
  /// - Parameters:
  ///   - start: when it begins, in ns since the frame's start.
  ///   - duration: in ns.
  ///   - isRunning: whether it is drawn filled.
  public mutating func add(start: UInt64, duration: UInt64, owner: UInt8, name: String, isRunning: Bool = false) {
    let first = Self.column(of: start, length, owners.count)
    let end = max(first + 1, Self.column(of: start &+ duration, length, owners.count))
    let name = name.flatMap { $0.columns == 2 ? [String($0), ""] : $0.columns == 1 ? [String($0)] : [] }
    for column in first..<max(first, min(end, owners.count)) {
      owners[column] = owner
      let place = column - first
      let sign = place > 0 && place <= name.count ? name[place - 1] : " "
      labels[column] = place == 0 ? "▏" : column < end - max(1, sign.columns) ? sign : " "
      if isRunning, labels[column] == " " { labels[column] = "─" }
    }
  }

  /// Where in so many columns an instant of a frame is: `columns` at the frame's end and behind it.
  ///
  /// - Parameters:
  ///   - time: in ns since the frame's start.
  ///   - length: the frame's, in ns; more than 0.
  public static func column(of time: UInt64, _ length: UInt64, _ columns: Int) -> Int {
    min(columns, Int(Double(min(time, length)) / Double(length) * Double(columns)))
  }
}
