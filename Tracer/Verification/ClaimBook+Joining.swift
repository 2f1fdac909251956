/// The books of pieces that follow each other are one book.
extension ClaimBook {
  /// Adds what was judged after all that this book has.
  mutating func append(_ later: borrowing ClaimBook) {
    for port in discarded.indices { discarded[port] &+= later.discarded[port] }
    for claim in details.indices {
      accounts[claim].checked &+= later.accounts[claim].checked
      guard later.details[claim].hasFindings else { continue }
      let found = later.details[claim]
      details[claim].failures &+= found.failures
      details[claim].first.append(contentsOf: found.first.prefix(Self.kept - details[claim].first.count))
      details[claim].worst = Self.merge(details[claim].worst, found.worst) { $0.excess > $1.excess }
      if details[claim].doubt.isEmpty { details[claim].doubt = found.doubt }
      details[claim].cases = Self.merge(details[claim].cases, found.cases) { $0.value > $1.value }
      if details[claim].cases.count == Self.kept {
        accounts[claim].threshold = details[claim].cases[Self.kept - 1].value
      }
    }
  }

  /// The worst of two lists that have the worst first; of equal ones those of `earlier` come first.
  private static func merge<Element>(
    _ earlier: [Element], _ later: [Element], _ isWorse: (Element, Element) -> Bool
  ) -> [Element] {
    var merged = earlier
    for element in later {
      if merged.count == kept, !isWorse(element, merged[kept - 1]) { break }
      merged.insert(element, at: merged.firstIndex { isWorse(element, $0) } ?? merged.count)
      if merged.count > kept { merged.removeLast() }
    }
    return merged
  }
}

extension ClaimBook.Details {
  fileprivate var hasFindings: Bool { failures > 0 || !doubt.isEmpty || !cases.isEmpty }
}
