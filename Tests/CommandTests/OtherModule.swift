import CommandFolder
import Foundation

/// The text of the module file FlightControl, changed in places for a test.
struct OtherModule {
  var text: String

  static let path = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"

  init() throws { text = try String(contentsOfFile: Self.path, encoding: .utf8) }

  struct Missing: Error {
    var place: String
  }

  /// Gives the attribute that ends `place` another value; its old one is up to the next quotation mark.
  mutating func set(_ place: String, to value: String) throws {
    guard let start = text.range(of: place + "\""),
      let end = text.range(of: "\"", range: start.upperBound..<text.endIndex)
    else { throw Missing(place: place) }
    text.replaceSubrange(start.upperBound..<end.lowerBound, with: value)
  }

  mutating func remove(_ line: String) throws {
    guard let place = text.range(of: line) else { throw Missing(place: line) }
    text.removeSubrange(place)
  }
}
