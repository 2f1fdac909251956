/// Columns under their heads: the first one to the left, the last one too, numbers to the right.
struct TextTable {
  var head: [String]
  var rows: [[String]]

  var lines: [String] {
    let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
    return ([head] + rows).map { row in
      row.indices.map { column -> String in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        if column == row.count - 1 { return row[column] }
        return column == 0 ? row[column] + padding : padding + row[column]
      }.joined(separator: "  ")
    }
  }
}
