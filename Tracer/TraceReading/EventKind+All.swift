import TraceFormat

/// The kernel's side of `EventKind` has no list of cases: a list wants a heap.
extension EventKind: CaseIterable {
  /// Every kind that this version knows, in the order of its number.
  public static var allCases: [EventKind] { (0...UInt8.max).compactMap(EventKind.init) }
}
