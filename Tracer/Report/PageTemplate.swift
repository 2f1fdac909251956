import ReportPage

/// Puts the page together from its parts in `Page/`, which are compiled in.
enum PageTemplate {
  /// The page with its style, scripts and data, which `data` adds.
  static func page(title: String, data: (inout [UInt8]) -> Void) -> [UInt8] {
    var page: [UInt8] = []
    // More than most pages have, and taken from the system only as far as it is written to: growing would copy it.
    page.reserveCapacity(16 << 20)
    for part in split(Array(bytes(partita_page_template()))) {
      switch part {
      case .text(let bytes): page += bytes
      case .slot("TITLE"): page += Array(PageText.escaped(title).utf8)
      case .slot("STYLE"): page += bytes(partita_page_style())
      case .slot("DATA"): data(&page)
      case .slot("SCRIPT"): page += bytes(partita_page_script())
      case .slot(let name): preconditionFailure("page.html has a slot \(name)")
      }
    }
    return page
  }

  /// Unsafe: constants of the program, as many bytes as are said to be there.
  private static func bytes(_ part: PartitaPagePart) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: part.bytes, count: part.count)
  }

  private enum Part {
    case text(ArraySlice<UInt8>)
    case slot(String)
  }

  /// Cuts a template at its slots, `{{NAME}}`.
  private static func split(_ template: [UInt8]) -> [Part] {
    var parts: [Part] = []
    var rest = template[...]
    let (opening, closing) = (Array("{{".utf8), Array("}}".utf8))
    while let open = rest.firstRange(of: opening), let close = rest[open.upperBound...].firstRange(of: closing) {
      parts.append(.text(rest[..<open.lowerBound]))
      parts.append(.slot(String(decoding: rest[open.upperBound..<close.lowerBound], as: UTF8.self)))
      rest = rest[close.upperBound...]
    }
    return parts + [.text(rest)]
  }
}
