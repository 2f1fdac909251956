/// Puts the page together from its parts in `Page/`, which are compiled in.
///
/// A resource bundle would have to lie beside the command; embedded, the command can be copied anywhere by itself.
enum PageTemplate {
  /// The page with its style, scripts and data.
  static func page(title: String, data: String) -> [UInt8] {
    let scripts = [
      PackageResources.format_js, PackageResources.model_js, PackageResources.painter_js, PackageResources.rulers_js,
      PackageResources.timeline_js, PackageResources.controls_js, PackageResources.claims_js,
      PackageResources.figures_js, PackageResources.selfcheck_js, PackageResources.main_js,
    ]
    var page: [UInt8] = []
    page.reserveCapacity(data.utf8.count + 1 << 18)
    for part in split(PackageResources.page_html) {
      switch part {
      case .text(let bytes): page += bytes
      case .slot("TITLE"): page += Array(PageText.escaped(title).utf8)
      case .slot("STYLE"): page += PackageResources.page_css
      case .slot("DATA"): page += data.utf8
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
