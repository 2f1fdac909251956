import TextForms

extension VerificationReport {
  /// The report as one JSON object; field names are stable.
  public var json: String { json(isCertified: false) }

  /// - Parameter isCertified: whether it is a certificate's: without what no audit confirms.
  func json(isCertified: Bool) -> String {
    var text = "{\n  \"module\": \(Self.quoted(moduleName)),\n  \"verdict\": \"\(verdict.rawValue)\",\n"
    text += "  \"events\": \(eventCount),\n  \"gaps\": \(gapCount),\n  \"hasEnd\": \(hasEnd),\n"
    text += "  \"recorded\": \(isRecorded.map { "\($0)" } ?? "null"),\n"
    text += "  \"fileDefect\": \(Self.quoted(fileDefect)),\n"
    if let part { text += "  \"part\": \(part.json),\n" }
    text += "  \"leftOut\": [\(leftOut.map { Self.quoted($0.identifier) }.joined(separator: ", "))],\n"
    let discards = discards.map {
      "{\"port\": \(Self.quoted($0.port)), \"partition\": \(Self.quoted($0.partition)), \"messages\": \($0.messages)}"
    }
    if !isCertified { text += "  \"discarded\": [\(discards.joined(separator: ", "))],\n" }
    text += "  \"firstTime\": \(timeSpan.lowerBound),\n  \"lastTime\": \(timeSpan.upperBound),\n  \"claims\": ["
    text += claims.map { "\n    " + json(of: $0) }.joined(separator: ",")
    return text + (claims.isEmpty ? "]\n}\n" : "\n  ]\n}\n")
  }

  private func json(of claim: ClaimResult) -> String {
    var fields = [
      "\"id\": \(Self.quoted(claim.identifier))", "\"title\": \(Self.quoted(claim.title))",
      "\"source\": \(Self.quoted(claim.source))",
      "\"verdict\": \"\(claim.verdict.rawValue)\"", "\"checked\": \(claim.checked)", "\"failures\": \(claim.failures)",
    ]
    if let bound = claim.bound {
      fields += [
        "\"unit\": \"\(claim.unit.rawValue)\"", "\"bound\": \(bound)",
        "\"boundIs\": \"\(claim.isFloor ? "least" : "most")\"",
      ]
    }
    if let worst = claim.worst {
      fields.append(
        "\"worst\": {\"value\": \(worst.value), \"event\": \(worst.position), \"time\": \(worst.timeInNanoseconds)}")
    }
    if let margin = claim.margin { fields.append("\"margin\": \(margin)") }
    if !claim.worstCases.isEmpty {
      fields.append("\"cases\": [\(claim.worstCases.map { json(of: $0) }.joined(separator: ", "))]")
    }
    if !claim.remark.isEmpty { fields.append("\"remark\": \(Self.quoted(claim.remark))") }
    if !claim.firstViolations.isEmpty { fields.append("\"first\": \(Self.json(of: claim.firstViolations))") }
    if !claim.worstViolations.isEmpty {
      fields.append("\"worstViolations\": \(Self.json(of: claim.worstViolations))")
    }
    return "{" + fields.joined(separator: ", ") + "}"
  }

  /// A case; `attribution` is there if the trace was attributed, and sums up to what counts of `from` … `to`.
  private func json(of found: WorstCase) -> String {
    var fields = [
      "\"value\": \(found.value)", "\"event\": \(found.position)", "\"time\": \(found.timeInNanoseconds)",
    ]
    if found.span.from < found.span.to {
      fields += ["\"from\": \(found.span.from)", "\"to\": \(found.span.to)"]
      switch found.span.scope {
      case .all: break
      case .windows(let partition): fields.append("\"inWindowsOf\": \(Self.quoted(name(partition)))")
      case .kernel: fields.append("\"inKernel\": true")
      }
    }
    if !found.attribution.isEmpty { fields.append("\"attribution\": \(json(of: found.attribution))") }
    if !found.attributionBeyondBound.isEmpty {
      fields.append("\"beyondBound\": \(json(of: found.attributionBeyondBound))")
    }
    return "{" + fields.joined(separator: ", ") + "}"
  }

  private func json(of shares: [TimeShare]) -> String {
    let items = shares.map {
      "{\"taker\": \(Self.quoted(describe($0.taker))), \"nanoseconds\": \($0.nanoseconds), "
        + "\"pieces\": \($0.pieces), \"event\": \($0.position)}"
    }
    return "[" + items.joined(separator: ", ") + "]"
  }

  private static func json(of violations: [Violation]) -> String {
    let items = violations.map {
      "{\"event\": \($0.position), \"time\": \($0.timeInNanoseconds), \"excess\": \($0.excess), "
        + "\"explanation\": \(quoted($0.explanation))}"
    }
    return "[" + items.joined(separator: ", ") + "]"
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        result += "\\u" + scalar.value.hexadecimalDigits(atLeast: 4)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The report in the form that build servers read: a test case for each claim; an unknown one counts as an error.
  public var junit: String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    let errors = count(.unknown) + (fileDefect.isEmpty ? 0 : 1)
    let tests = claims.count + (fileDefect.isEmpty ? 0 : 1)
    text += "<testsuite name=\"\(Self.escaped(moduleName))\" tests=\"\(tests)\" failures=\"\(count(.fail))\" "
    text += "errors=\"\(errors)\">\n"
    var properties = isRecorded == false ? [("recorded", "false")] : []
    if let part { properties.append(("part", part.sentence)) }
    if !leftOut.isEmpty { properties.append(("leftOut", leftOut.map(\.identifier).joined(separator: " "))) }
    if !properties.isEmpty {
      let lines = properties.map { "    <property name=\"\($0)\" value=\"\(Self.escaped($1))\"/>\n" }
      text += "  <properties>\n\(lines.joined())  </properties>\n"
    }
    if !fileDefect.isEmpty {
      text += "  <testcase classname=\"partita.verify\" name=\"file\">\n"
      text += "    <error message=\"\(Self.escaped(fileDefect))\"/>\n  </testcase>\n"
    }
    for claim in claims {
      text += "  <testcase classname=\"partita.verify\" name=\"\(Self.escaped(claim.identifier))\""
      switch claim.verdict {
      case .pass:
        text += "/>\n"
      case .fail:
        let first = claim.firstViolations.first.map { "event \($0.position): \($0.explanation)" } ?? claim.title
        text += ">\n    <failure message=\"\(Self.escaped(first))\">\(claim.failures) of \(claim.checked)</failure>\n"
        text += "  </testcase>\n"
      case .unknown:
        text += ">\n    <error message=\"\(Self.escaped(claim.remark))\"/>\n  </testcase>\n"
      }
    }
    return text + "</testsuite>\n"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML 1.0 has no way to write these.
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
