import CommandFolder
import Foundation
import Testing
import TraceDamage

/// What `--format json` prints is written down in `JSONAnswers.md`, key by key: here the two are held together.
@Suite struct JSONAnswersTests {
  private static let module = BootImages.package + "/Kernel/Modules/FlightControl/module.xml"

  /// By section of the article: each key, and what it says of the value.
  private static func documented() throws -> [String: [String: String]] {
    let bytes = try BootImages.file("Tracer/CommandLine/CommandLine.docc/JSONAnswers.md")
    var sections: [String: [String: String]] = [:]
    var section = ""
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("### ") { section = String(line.dropFirst(4)) }
      guard line.hasPrefix("| `") else { continue }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      sections[section, default: [:]][cells[0].trimmingCharacters(in: ["`"])] = cells[1]
    }
    return sections
  }

  /// The keys of a JSON value and of all in it.
  private static func keys(_ value: Any, _ place: String = "") -> Set<String> {
    var found: Set<String> = []
    if let list = value as? [Any] {
      for item in list { found.formUnion(keys(item, place + "[]")) }
    }
    for (key, value) in value as? [String: Any] ?? [:] {
      let own = place.isEmpty ? key : "\(place).\(key)"
      found.insert(own)
      found.formUnion(keys(value, own))
    }
    return found
  }

  /// The keys of an answer: one value, or one a line.
  private static func keys(ofAnswer text: String) -> Set<String> {
    func parsed(_ text: some StringProtocol) -> Any? {
      try? JSONSerialization.jsonObject(with: Data(text.utf8))
    }
    if let value = parsed(text) { return keys(value) }
    return text.split(separator: "\n").reduce(into: []) { $0.formUnion(keys(parsed($1) ?? [:])) }
  }

  /// Whether a key is in a section: by itself, as what holds others, or by what its value stands for.
  private static func isDocumented(_ key: String, in section: String, of all: [String: [String: String]]) -> Bool {
    guard let own = all[section] else { return false }
    if own[key] != nil || own.keys.contains(where: { $0.hasPrefix(key + ".") || $0.hasPrefix(key + "[]") }) {
      return true
    }
    return own.contains { holder, value in
      guard key.hasPrefix(holder + ".") else { return false }
      let rest = String(key.dropFirst(holder.count + 1))
      return value == "map" || isDocumented(rest, in: value, of: all)
    }
  }

  private static func traces() throws -> CommandFolder {
    let folder = try CommandFolder()
    for seed in ["1", "2"] {
      let made = try folder.partita(
        "synthesize", module, "--images", BootImages.folder, "--events", "20000", "--seed", seed, "-o",
        "\(seed).partita")
      #expect(made.status == 0, "\(made.text)")
    }
    let whole = [UInt8](try Data(contentsOf: folder.url("1.partita")))
    var surgery = BlockSurgery(whole)
    surgery.blocks.remove(at: surgery.blocks.count / 2)
    try Data(surgery.bytes).write(to: folder.url("damaged.partita"))
    try Data(ViolatingTrace.miscounted(whole)).write(to: folder.url("violated.partita"))
    return folder
  }

  @Test func everyKeyIsDocumented() throws {
    let all = try Self.documented()
    let folder = try Self.traces()
    let (module, images) = (Self.module, BootImages.folder)
    try Data("<MODULE/>".utf8).write(to: folder.url("wrong.xml"))
    let certificate = try folder.partita("verify", "1.partita", "--certificate", "1.json")
    #expect(certificate.status == 0, "\(certificate.text)")
    var answers: [(sections: [String], arguments: [String])] = [
      (["stats"], ["stats", "1.partita"]), (["stats"], ["stats", "damaged.partita"]),
      (["stats --compare"], ["stats", "1.partita", "--compare", "damaged.partita"]),
      (["event", "dump"], ["dump", "damaged.partita"]),
      (["diff"], ["diff", "1.partita", "2.partita"]), (["diff"], ["diff", "1.partita", "violated.partita"]),
      (["audit"], ["audit", "1.json", "1.partita"]), (["audit"], ["audit", "1.json", "damaged.partita"]),
      (["claims"], ["claims", "1.partita"]), (["claims"], ["claims", module]),
      (["check"], ["check", module]), (["check"], ["check", "wrong.xml"]),
      (["analyse"], ["analyse", module]), (["analyse"], ["analyse", module, "1.partita"]),
      (["what-if"], ["what-if", "1.partita", "--module", module, "--images", images]),
      (["what-if --schedule-search"], ["what-if", "1.partita", "--schedule-search"]),
    ]
    for name in ["1", "damaged", "violated"] {
      answers += [
        (["verify"], ["verify", "\(name).partita", "--evidence"]), (["replay"], ["replay", "\(name).partita"]),
      ]
    }
    for (sections, arguments) in answers {
      let answer = try folder.partita(arguments + ["--format", "json"])
      let keys = Self.keys(ofAnswer: answer.text)
      #expect(!keys.isEmpty, "\(arguments): \(answer.text.prefix(300))")
      let unknown = keys.filter { key in !sections.contains { Self.isDocumented(key, in: $0, of: all) } }
      #expect(unknown.isEmpty, "\(arguments)")
    }
    let file = String(decoding: try Data(contentsOf: folder.url("1.json")), as: UTF8.self)
    let unknown = Self.keys(ofAnswer: file).filter { !Self.isDocumented($0, in: "verify --certificate", of: all) }
    #expect(unknown.isEmpty, "of the certificate")
  }
}
