import ModuleConfiguration

/// Who can take time, in a certificate's words.
enum TimeTakers {
  private static let fixed: Set<String> = [
    "idle loop", "timer", "start of the module", "stimulus", "non-maskable interrupt", "switch", "padding",
    "entry into the window", "keyframe",
  ]
  private static let services = Set(
    (0...UInt16(UInt8.max)).compactMap { HypercallNumber(rawValue: $0).map { "\($0)" } })

  static func isTaker(_ text: String, of names: [String], isLossy: Bool) -> Bool {
    if fixed.contains(text) { return true }
    if text == "events are missing" { return isLossy }
    func number(after prefix: String) -> Bool { text.hasPrefix(prefix) && UInt16(text.dropFirst(prefix.count)) != nil }
    if number(after: "interrupt of line ") { return true }
    func isPartition(_ name: Substring) -> Bool {
      if names.contains(String(name)) { return true }
      let prefix = "partition "
      guard name.hasPrefix(prefix), let index = UInt8(name.dropFirst(prefix.count)) else { return false }
      return Int(index) >= names.count
    }
    func inner(_ before: String, _ after: String) -> Substring? {
      guard text.hasPrefix(before), text.hasSuffix(after), text.count >= before.count + after.count else { return nil }
      return text.dropFirst(before.count).dropLast(after.count)
    }
    if let name = inner("", " in ring 3"), isPartition(name) { return true }
    if let name = inner("memory of ", " made anew"), isPartition(name) { return true }
    // A partition's name may have any words in it.
    for (kind, isNamed) in [("hypercall ", true), ("exception ", false)] {
      guard let rest = inner(kind, ""), let what = rest.firstRange(of: " of ") else { continue }
      let call = String(rest[..<what.lowerBound])
      let isKnown = UInt16(call) != nil || isNamed && services.contains(call)
      if isKnown, isPartition(rest[what.upperBound...]) { return true }
    }
    return false
  }
}
