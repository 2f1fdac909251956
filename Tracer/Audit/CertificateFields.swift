/// What the fields of a certificate may be: who reads one must not find in it what nobody looked at, nor a field twice.
///
/// A decoder takes what it knows and one of two; so the text is gone through once more, by itself.
struct CertificateFields {
  private indirect enum Form: Sendable {
    case value
    case object([String: Form])
    case list(Form)

    static func values(_ names: String...) -> [String: Form] {
      Dictionary(uniqueKeysWithValues: names.map { ($0, .value) })
    }
  }

  private static let share = Form.list(.object(Form.values("taker", "nanoseconds", "pieces", "event")))
  private static let worst = Form.object(Form.values("value", "event", "time"))
  private static let found = Form.object(
    Form.values("value", "event", "time", "from", "to", "inWindowsOf", "inKernel")
      .merging(["attribution": share, "beyondBound": share]) { $1 })
  private static let violations = Form.list(.object(Form.values("event", "time", "excess", "explanation")))
  private static let claim = Form.object(
    Form.values(
      "id", "title", "source", "verdict", "checked", "failures", "unit", "bound", "boundIs", "margin", "remark"
    ).merging(["worst": worst, "cases": .list(found), "first": violations, "worstViolations": violations]) { $1 })
  private static let report = Form.object(
    Form.values("module", "verdict", "events", "gaps", "hasEnd", "recorded", "fileDefect", "firstTime", "lastTime")
      .merging(["claims": .list(claim), "leftOut": .list(.value)]) { $1 })
  private static let module = Form.object(
    Form.values("name", "table", "image", "kernel")
      .merging(["partitions": .list(.object(Form.values("name", "build")))]) { $1 })
  private static let certificate = Form.object([
    "form": .value, "tool": .object(Form.values("name", "version")),
    "trace": .object(Form.values("run", "bytes", "complete")), "module": module, "report": report,
  ])

  private struct Unexpected: Error {}
  private static let mostObjections = 10

  private let bytes: [UInt8]
  private var place = 0
  private var objections: [String] = []

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Fields that no certificate has, and fields that are there twice.
  static func objections(_ bytes: [UInt8]) -> [String] {
    var fields = CertificateFields(bytes)
    do {
      try fields.value(certificate, "")
      fields.skipBlanks()
      if fields.place != bytes.count { throw Unexpected() }
    } catch {
      return ["the text is no plain JSON at byte \(fields.place)"]
    }
    return fields.objections
  }

  private mutating func object(to what: String) {
    if objections.count < Self.mostObjections { objections.append(what) }
  }

  private mutating func value(_ form: Form?, _ path: String) throws(Unexpected) {
    skipBlanks()
    switch bytes.indices.contains(place) ? bytes[place] : 0 {
    case UInt8(ascii: "{"):
      if case .object(let fields)? = form { return try object(fields, path) }
      if form != nil { object(to: "field \(path) has fields") }
      try object(nil, path)
    case UInt8(ascii: "["):
      if case .list(let element)? = form { return try list(element, path) }
      if form != nil { object(to: "field \(path) is a list") }
      try list(nil, path)
    case UInt8(ascii: "\""): _ = try string()
    default:
      let start = place
      try scalar()
      if !Self.isWhole(bytes[start..<place]) { object(to: "field \(path) is no whole number") }
    }
  }

  /// - Parameter fields: nil where nothing of it is a certificate's.
  private mutating func object(_ fields: [String: Form]?, _ path: String) throws(Unexpected) {
    var seen: Set<String> = []
    place += 1
    if takes("}") { return }
    repeat {
      skipBlanks()
      guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { throw Unexpected() }
      let key = try string()
      let inner = path.isEmpty ? key : "\(path).\(key)"
      if !seen.insert(key).inserted { object(to: "field \(inner) is there twice") }
      if let fields, fields[key] == nil { object(to: "field \(inner) is no certificate's") }
      guard takes(":") else { throw Unexpected() }
      try value(fields?[key], inner)
    } while takes(",")
    guard takes("}") else { throw Unexpected() }
  }

  private mutating func list(_ element: Form?, _ path: String) throws(Unexpected) {
    place += 1
    if takes("]") { return }
    repeat { try value(element, path) } while takes(",")
    guard takes("]") else { throw Unexpected() }
  }

  /// The string's text as it stands: no field's name has an escape.
  private mutating func string() throws(Unexpected) -> String {
    let start = place + 1
    place = start
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard place < bytes.count else { throw Unexpected() }
    place += 1
    return String(decoding: bytes[start..<(place - 1)], as: UTF8.self)
  }

  /// A number, or one of three words.
  private mutating func scalar() throws(Unexpected) {
    let start = place
    while place < bytes.count, Self.isScalar(bytes[place]) { place += 1 }
    guard place > start else { throw Unexpected() }
  }

  /// Whether a number is written as its digits: a decoder takes 1.00000000000000000001 for 1.
  private static func isWhole(_ scalar: ArraySlice<UInt8>) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let rest = scalar.first == UInt8(ascii: "-") ? scalar.dropFirst() : scalar
    guard let first = rest.first, digits.contains(first) else { return true }
    return rest.allSatisfy { digits.contains($0) }
  }

  private static func isScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func takes(_ sign: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard place < bytes.count, bytes[place] == UInt8(ascii: sign) else { return false }
    place += 1
    return true
  }

  private mutating func skipBlanks() {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
  }
}
