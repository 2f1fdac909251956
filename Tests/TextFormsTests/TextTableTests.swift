import Testing
import TextForms

/// Columns under each other in a terminal, where some signs take two columns and some none.
@Suite struct TextTableTests {
  private static let names = [
    "Nav", "日本語", "한글制御", "Überwachung", "e\u{301}tat", "a\u{200B}b", "Ｆ", "🚀", "🇩🇪 Flug", "",
  ]

  @Test func columnsAreCounted() {
    let known = [
      ("", 0), ("Sensors", 7), ("Überwachung", 11), ("e\u{301}", 1), ("a\u{200B}b", 2), ("日本語", 6), ("한글", 4),
      ("Ｆ", 2), ("🚀", 2), ("✅", 2), ("🇩🇪", 2), ("─▶▏·…", 5),
    ]
    for (text, columns) in known { #expect(text.columns == columns, "\(text)") }
    #expect("日本語".prefix(columns: 3) == "日" && "a日".prefix(columns: 1) == "a" && "日".prefix(columns: 1) == "")
  }

  /// Whatever the names, what stands behind them begins, or ends, in one column.
  @Test func whatFollowsAWideNameStandsInItsColumn() throws {
    let rows = Self.names.enumerated().map { number, name in [name, name, "|", "\(1 << (3 * number))"] }
    let lines = TextTable(head: ["名", "right", "t", "number"], rows: rows, textColumns: [0, 2]).lines
    #expect(lines.count == rows.count + 1)
    // The widest are 11 columns.
    for (line, row) in zip(lines.dropFirst(), rows) {
      let bar = try #require(line.firstIndex(of: "|"))
      #expect(line[..<bar].columns == 11 + 2 + 11 + 2, "\(line)")
      #expect(line[..<bar].hasSuffix(row[1] + "  ") && line.columns == 26 + 1 + 2 + 9, "\(line)")
    }
    #expect(lines[0] == "名" + String(repeating: " ", count: 9 + 2 + 6) + "right  t     number")
  }
}
