import Foundation

/// The numbers of SwitcherLayout.h, read from its text: a test on the host cannot link the kernel's assembly.
enum SwitcherConstants {
  private static let values: [String: UInt64] = {
    let path = BootImages.package + "/Kernel/ArchX86Assembly/include/SwitcherLayout.h"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    var values: [String: UInt64] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == "#define" else { continue }
      let digits = words[2]
      values[String(words[1])] = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    }
    return values
  }()

  /// - Throws: where the header has no such number.
  static func value(_ name: String) throws -> UInt64 {
    guard let value = values["PARTITA_\(name)"] else {
      throw MissingForBoot(what: "PARTITA_\(name) in SwitcherLayout.h", remedy: "let the test follow the header")
    }
    return value
  }
}
