import TextForms

/// How explanations write times: as the lines do in which they stand.
extension NanosecondInstant {
  /// An instant as seconds, all nine places.
  var seconds: String { decimal(places: 9) + " s" }
  /// A span in ns, its digits in groups of three.
  var nanoseconds: String { grouped(by: "\u{202F}") + " ns" }
}

extension Int64 {
  /// A span that may be negative, likewise.
  var nanoseconds: String { VerificationReport.grouped(self) + " ns" }
}
