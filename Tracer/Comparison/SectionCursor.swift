/// The sections of one run, one after the other, into which a comparison may put back what it could not pair yet.
///
/// A long stretch is cut by count. Where one run has an event more than the other, the cuts lie at other events, and
/// what stands behind the last pair of a piece may have its counterpart in the next one.
struct SectionCursor {
  private var sections: RunSections
  /// Sections that were looked at already, the next one last.
  private var ahead: [RunSection] = []
  private(set) var current: RunSection?

  init(_ sections: RunSections) {
    self.sections = sections
    advance()
  }

  /// Whether what follows the last section is missing.
  var endsInGap: Bool { sections.endsInGap }

  mutating func advance() { current = ahead.popLast() ?? sections.next() }

  /// Whether the section behind the current one is a further piece of the same stretch.
  mutating func currentContinues() -> Bool {
    guard let key = current?.key else { return false }
    if ahead.isEmpty, let next = sections.next() { ahead = [next] }
    return ahead.last?.key == key.nextPiece
  }

  /// Goes on, with the current section's events from `offset` on before those of the next piece, or as that piece.
  mutating func advance(carryingFrom offset: Int) {
    let before = current
    advance()
    guard var rest = before, offset < rest.events.count else { return }
    rest.key = rest.key.nextPiece
    rest.first &+= UInt64(offset)
    rest.events.removeFirst(offset)
    rest.followsGap = false
    if let next = current, next.key == rest.key {
      rest.events += next.events
      rest.hasGap = next.hasGap
    } else if let next = current {
      ahead.append(next)
    }
    current = rest
  }
}
