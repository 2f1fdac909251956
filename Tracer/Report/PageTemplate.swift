/// Puts the page together from its parts in `Page/`, which are compiled in.
///
/// A resource bundle would have to lie beside the command; embedded, the command can be copied anywhere by itself.
enum PageTemplate {
  /// The page with its style, scripts and data, which `data` adds.
  static func page(title: String, data: (inout [UInt8]) -> Void) -> [UInt8] {
    let scripts = [
      PackageResources.format_js, PackageResources.model_js, PackageResources.rows_js, PackageResources.painter_js,
      PackageResources.rulers_js, PackageResources.timeline_js, PackageResources.controls_js,
      PackageResources.selection_js, PackageResources.claims_js, PackageResources.figures_js,
      PackageResources.selfcheck_js, PackageResources.main_js,
    ]
    var page: [UInt8] = []
    // More than most pages have, and taken from the system only as far as it is written to: growing would copy it.
    page.reserveCapacity(16 << 20)
    for part in split(PackageResources.page_html) {
      switch part {
      case .text(let bytes): page += bytes
      case .slot("TITLE"): page += Array(PageText.escaped(title).utf8)
      case .slot("STYLE"): page += PackageResources.page_css
      case .slot("DATA"): data(&page)
      case .slot("SCRIPT"): for script in scripts { page += script + [10] }
      case .slot(let name): preconditionFailure("page.html has a slot \(name)")
      }
    }
    return page
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
