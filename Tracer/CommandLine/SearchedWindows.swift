/// What a schedule search found, for a terminal.
struct SearchedWindows {
  let windows: [ScheduleSearch.Window]
  let holds: Bool
  /// Percent of the recorded computation.
  let margin: UInt64

  var text: String {
    guard holds else {
      return "a deadline does not hold in the recorded windows if partitions compute \(margin) % more than they did "
        + "(--margin); see 'partita verify --claim process'"
    }
    var table = [["window", "partition", "start ms", "recorded ms", "smallest ms", "saved"]]
    for window in windows {
      let saved = window.recordedNanoseconds - window.smallestNanoseconds
      table.append([
        "\(window.identifier)", window.partition, milliseconds(window.startNanoseconds),
        milliseconds(window.recordedNanoseconds), milliseconds(window.smallestNanoseconds),
        window.hasDeadline ? "\(saved * 100 / max(1, window.recordedNanoseconds)) %" : "no deadline",
      ])
    }
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    let lines = table.map { cells in
      cells.indices.map { String(repeating: " ", count: widths[$0] - cells[$0].count) + cells[$0] }
        .joined(separator: "  ")
    }
    return lines.joined(separator: "\n")
      + "\n\nall deadlines hold in the prediction with these windows, if partitions compute \(margin) % more than they "
      + "did; L is within them, and 'check' has something left of each"
  }

  private func milliseconds(_ nanoseconds: UInt64) -> String {
    let digits = String(nanoseconds % 1_000_000)
    return "\(nanoseconds / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
