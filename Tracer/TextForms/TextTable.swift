/// Columns under their heads, two blanks apart: text begins at the left, numbers end at the right.
///
/// They are as wide as a terminal shows them, whatever signs are in them.
public struct TextTable {
  /// The names of the columns.
  public var head: [String]
  /// As many cells in each row as there are columns.
  public var rows: [[String]]
  /// Which columns are text.
  public var textColumns: Set<Int>

  /// Has these rows; without `textColumns` all columns but the first are numbers.
  public init(head: [String], rows: [[String]], textColumns: Set<Int> = [0]) {
    self.head = head
    self.rows = rows
    self.textColumns = textColumns
  }

  /// The head and the rows, a line each; none ends in blanks.
  public var lines: [String] {
    let widths = head.indices.map { column in rows.reduce(head[column].columns) { max($0, $1[column].columns) } }
    return ([head] + rows).map { cells in
      let filled = cells.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - cells[column].columns)
        return textColumns.contains(column) ? cells[column] + padding : padding + cells[column]
      }
      var line = filled.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
