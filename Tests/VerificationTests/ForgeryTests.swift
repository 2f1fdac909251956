import Foundation
import Testing
import TraceFormat
import TraceReading

@testable import Audit

/// One change of a true certificate, after which it is not true any more.
struct Forgery: CustomStringConvertible, Sendable {
  var what: String
  var forge: @Sendable (inout Forger) -> Void
  init(_ what: String, _ forge: @escaping @Sendable (inout Forger) -> Void) {
    self.what = what
    self.forge = forge
  }
  var description: String { what }

  static let all: [Forgery] = [
    Forgery("another run") { $0.set(["trace", "run"], "0000000000000001") },
    Forgery("another size") { $0.add(["trace", "bytes"], 1) },
    Forgery("a trace not whole") { $0.set(["trace", "complete"], false) },
    Forgery("another module table") { $0.set(["module", "table"], "0000000000000001") },
    Forgery("another image") { $0.set(["module", "image"], "0000000000000001") },
    Forgery("another kernel") { $0.set(["module", "kernel"], "0000000000000001") },
    Forgery("another module's name") { $0.set(["module", "name"], "Other") },
    Forgery("fewer events") { $0.add(["report", "events"], -1) },
    Forgery("a later end") { $0.add(["report", "lastTime"], 1) },
    Forgery("no end") { $0.set(["report", "hasEnd"], false) },
    Forgery("not recorded from a kernel") { $0.set(["report", "recorded"], false) },
    Forgery("gaps") { $0.set(["report", "gaps"], 1) },
    Forgery("another verdict on the whole") { $0.set(["report", "verdict"], "pass") },
    Forgery("a fail is a pass") { forger in
      forger.edit("window.start.instant") { $0["verdict"] = "pass" }
    },
    Forgery("a fail is a pass, its violations gone") { forger in
      forger.edit("window.start.instant") {
        $0["verdict"] = "pass"
        $0["failures"] = 0
        $0["first"] = nil
        $0["worstViolations"] = nil
      }
    },
    Forgery("a pass is a fail") { forger in
      forger.edit("budget.hypercall.73") { $0["verdict"] = "fail" }
    },
    Forgery("a pass is unknown") { forger in
      forger.edit("budget.hypercall.73") {
        $0["verdict"] = "unknown"
        $0["remark"] = "so"
      }
    },
    Forgery("a pass is unknown that was judged") { forger in
      forger.edit("upcall.order") {
        $0["verdict"] = "unknown"
        $0["remark"] = "so"
      }
    },
    Forgery("what never came is unknown") { forger in
      forger.edit("custom.c1") {
        $0["verdict"] = "unknown"
        $0["remark"] = "so"
      }
    },
    Forgery("no verdict") { $0.edit("upcall.order") { $0["verdict"] = "maybe" } },
    Forgery("a wider bound") { $0.edit("window.start.instant") { $0["bound"] = 10_000 } },
    Forgery("the bound turned round") { $0.edit("padding.margin") { $0["boundIs"] = "most" } },
    Forgery("a wider bound of a custom claim") { $0.edit("custom.c0") { $0["bound"] = 10_000_001 } },
    Forgery("a smaller worst value") { forger in
      forger.editCase("budget.kernelTime", 0) { $0["value"] = ($0["value"] as! Int) - 1 }
    },
    Forgery("a smaller value of the fifth case") { forger in
      forger.editCase("timer.punctual", 4) { $0["value"] = ($0["value"] as! Int) - 1 }
    },
    Forgery("another place of a case") { forger in
      forger.editCase("window.start.instant", 0) { $0["event"] = ($0["event"] as! Int) + 1 }
    },
    Forgery("a place beyond the trace") { forger in
      forger.editCase("window.start.instant", 0) { $0["event"] = 10_000_000 }
    },
    Forgery("another instant of a case") { forger in
      forger.editCase("process.deadline.Control.law", 0) { $0["time"] = ($0["time"] as! Int) + 1 }
    },
    Forgery("a case left out") { forger in
      forger.edit("timer.punctual") { claim in
        var cases = claim["cases"] as! [[String: Any]]
        cases.removeLast()
        claim["cases"] = cases
      }
    },
    Forgery("another headline case") { forger in
      forger.edit("budget.kernelTime") { claim in
        var worst = claim["worst"] as! [String: Any]
        worst["value"] = 1
        claim["worst"] = worst
      }
    },
    Forgery("a better margin") { $0.edit("budget.kernelTime") { $0["margin"] = ($0["margin"] as! Int) + 1 } },
    Forgery("a nanosecond unattributed") { forger in
      forger.editCase("process.deadline.Control.law", 0) { found in
        var shares = found["attribution"] as! [[String: Any]]
        shares[0]["nanoseconds"] = (shares[0]["nanoseconds"] as! Int) - 1
        found["attribution"] = shares
      }
    },
    Forgery("time of nobody") { forger in
      forger.editCase("process.deadline.Control.law", 0) { found in
        found["attribution"] = nil
        found["beyondBound"] = nil
      }
    },
    Forgery("more instances measured") { $0.edit("timer.punctual") { $0["checked"] = ($0["checked"] as! Int) + 1 } },
    Forgery("fewer instances counted") { $0.edit("window.order") { $0["checked"] = ($0["checked"] as! Int) - 1 } },
    Forgery("fewer violations") { $0.edit("window.start.instant") { $0["failures"] = 1 } },
    Forgery("a violation elsewhere") { forger in
      forger.edit("upcall.written") { claim in
        var first = claim["first"] as! [[String: Any]]
        first[0]["event"] = (first[0]["event"] as! Int) + 3
        claim["first"] = first
      }
    },
    Forgery("a measured violation elsewhere, at that event's time") { forger in
      forger.editViolations("window.start.instant", "first") { violations in
        violations[1]["event"] = violations[0]["event"]
        violations[1]["time"] = violations[0]["time"]
      }
    },
    Forgery("violations in another order") { $0.editViolations("window.start.instant", "first") { $0.swapAt(0, 1) } },
    Forgery("a violation less far beyond the bound") { forger in
      forger.editViolations("window.start.instant", "first") { $0[0]["excess"] = ($0[0]["excess"] as! Int) - 1 }
    },
    Forgery("the worst violation left out") { forger in
      forger.editViolations("window.start.instant", "worstViolations") { $0.removeFirst() }
    },
    Forgery("no worst violations") { $0.edit("window.start.instant") { $0["worstViolations"] = nil } },
    Forgery("a violation of a module's own claim elsewhere") { forger in
      forger.editViolations("custom.c3", "first") { violations in
        violations[0]["event"] = violations[1]["event"]
        violations[0]["time"] = violations[1]["time"]
      }
    },
    Forgery("a worst violation of what never comes") { forger in
      forger.edit("custom.c3") { $0["worstViolations"] = $0["first"] }
    },
    Forgery("a violation at another time") { forger in
      forger.edit("upcall.written") { claim in
        var first = claim["first"] as! [[String: Any]]
        first[0]["time"] = (first[0]["time"] as! Int) + 3
        claim["first"] = first
      }
    },
    Forgery("a claim left out") { $0.remove("interrupt.mark.complete") },
    Forgery("a measured claim left out") { $0.remove("partition.supply.Loader") },
    Forgery("a claim twice") { $0.double("interrupt.mark.complete") },
    Forgery("a claim of nobody's") { forger in
      forger.append(["id": "safety.certified", "title": "certified", "source": "", "verdict": "pass", "checked": 1])
    },
    Forgery("a budget of nobody's") { forger in
      forger.append(["id": "budget.hypercall.99", "title": "99", "source": "", "verdict": "pass", "checked": 1])
    },
    Forgery("another title") { $0.edit("port.content") { $0["title"] = "no message is ever lost" } },
    Forgery("another title of a budget") { $0.edit("budget.kernelTime") { $0["title"] = "kernel time" } },
    Forgery("another source") { $0.edit("window.owner") { $0["source"] = "RTCA DO-297" } },
    Forgery("another unit") { $0.edit("window.end.instant") { $0["unit"] = "seconds" } },
    Forgery("a bound of what has none") { forger in
      forger.edit("upcall.order") {
        $0["bound"] = 1
        $0["boundIs"] = "most"
      }
    },
    Forgery("a unit of what has none") { $0.edit("upcall.order") { $0["unit"] = "ns" } },
    Forgery("values of what has none") { $0.edit("upcall.order") { $0["cases"] = [[String: Any]]() } },
    Forgery("no headline case") { $0.edit("timer.punctual") { $0["worst"] = nil } },
    Forgery("another instant of the headline case") { forger in
      forger.edit("timer.punctual") { claim in
        var worst = claim["worst"] as! [String: Any]
        worst["time"] = 1
        claim["worst"] = worst
      }
    },
    Forgery("a field of nobody's") { $0.edit("upcall.order") { $0["level"] = "A" } },
    Forgery("a field of nobody's in the report") { $0.extend(["report"], "note", "certified") },
    Forgery("a field of nobody's beside") { $0.object["certifiedBy"] = "x" },
    Forgery("another tool") { $0.set(["tool", "name"], "TÜV") },
    Forgery("another time of a case") { forger in
      forger.editCase("padding.margin", 0) {
        $0["from"] = ($0["from"] as! Int) - 100
        $0["to"] = ($0["to"] as! Int) - 100
      }
    },
    Forgery("a case in the kernel") { $0.editCase("timer.punctual", 0) { $0["inKernel"] = true } },
    Forgery("a case in windows") { forger in
      forger.editCase("process.deadline.Control.law", 0) { $0["inWindowsOf"] = "Loader" }
    },
    Forgery("a taker of nobody's") { $0.editShares("process.deadline.Control.law") { $0[0]["taker"] = "cosmic rays" } },
    Forgery("a taker that was not missing") { forger in
      forger.editShares("process.deadline.Control.law") { $0[0]["taker"] = "events are missing" }
    },
    Forgery("all time given to one") { forger in
      forger.editShares("process.deadline.Control.law") { shares in
        let sum = shares.reduce(0) { $0 + ($1["nanoseconds"] as! Int) }
        for index in shares.indices { shares[index]["nanoseconds"] = index == 0 ? sum : 0 }
      }
    },
    Forgery("a share of no event") { $0.editShares("process.deadline.Control.law") { $0[0]["event"] = 10_000_000 } },
    Forgery("a share before its time") { $0.editShares("process.deadline.Control.law") { $0[0]["event"] = 1 } },
    Forgery("less beyond the bound") { forger in
      forger.editShares("window.start.instant", "beyondBound") {
        $0[0]["nanoseconds"] = ($0[0]["nanoseconds"] as! Int) - 1
      }
    },
    Forgery("a bound that nothing exceeded, exceeded") { forger in
      forger.editCase("timer.punctual", 0) {
        $0["beyondBound"] = [["taker": "timer", "nanoseconds": 1, "pieces": 1, "event": 1]]
      }
    },
    Forgery("a custom claim that never held") { forger in
      forger.edit("custom.c1") {
        $0["checked"] = 1
        $0["failures"] = 1
      }
    },
  ]
}

@Suite struct ForgeryTests {
  let trace: [UInt8]
  let certificate: String

  init() throws {
    // Three claims fail truly, so that verdicts can be forged both ways.
    trace = try CertificateTests.trace(neverMarked: true) { story in
      for turn in [4, 5] {
        let start = story.index(.windowStart, turn)
        let entry = story.lines[start...].firstIndex { $0.resume != nil }!
        story.lines[entry].resume! += 500
      }
      story.drop(.upcallWritten, 2)
    }
    certificate = try CertificateTests.certificate(trace)
  }

  @Test(arguments: Forgery.all)
  func isRefused(_ forgery: Forgery) throws {
    var forger = try Forger(certificate)
    // The detour through the parser alone changes nothing.
    #expect(try CertificateTests.audit(forger.text, trace).isConfirmed)
    forgery.forge(&forger)
    let report = try CertificateTests.audit(forger.text, trace)
    #expect(report.outcome == .refused && report.outcome.exitStatus == 1, "\(forgery): \(report.text)")
    #expect(report.text.contains("refused: "))
  }

  /// A parser takes one of two, and a reader the other.
  @Test func aFieldTwiceIsRefused() throws {
    let pass = "\"id\": \"port.content\""
    for more in ["\"verdict\": \"fail\", ", "\"remark\": \"a\", \"remark\": \"\", "] {
      let text = certificate.replacingOccurrences(of: pass, with: more + pass)
      #expect(text != certificate)
      let report = try CertificateTests.audit(text, trace)
      #expect(report.outcome == .refused && report.text.contains("is there twice"), "\(report.text)")
    }
  }

  /// What a parser takes for the same number.
  @Test func aNumberThatIsNotWrittenAsDigitsIsRefused() throws {
    let failures = "\"failures\": 0"
    for other in ["0.0", "0.00000000000000000001", "0e5", "-0.0", "0E-5"] {
      let text = certificate.replacingOccurrences(of: failures, with: "\"failures\": \(other)")
      #expect(text != certificate)
      let report: AuditReport
      // Not each parser takes each of them.
      do { report = try CertificateTests.audit(text, trace) } catch is AuditError { continue }
      #expect(report.outcome == .refused && report.text.contains("failures is no whole number"), "\(report.text)")
    }
  }

  /// What a whole trace did not exercise is unknown.
  @Test func whatNothingExercisedDoesNotPass() throws {
    let events = Array(Story(Scribe.story(of: try SampleModule())).events)
    let start = events.firstIndex { $0.kind == EventKind.majorFrameStart.rawValue }!
    var few = Array(events[..<start]) + [events[events.count - 2], events[events.count - 1]]
    few[few.count - 1].words.w0 = UInt64(few.count - 1)
    let trace = TraceFileTests.write(few, try SampleModule())
    var forger = try Forger(CertificateTests.certificate(trace))
    forger.edit("process.deadline.Control.law") { claim in
      #expect(claim["verdict"] as? String == "unknown")
      claim["verdict"] = "pass"
      claim["remark"] = nil
    }
    let report = try CertificateTests.audit(forger.text, trace)
    #expect(report.text.contains("process.deadline.Control.law: it passes, and nothing exercised it"), "\(report.text)")
  }

  @Test func aCertificateOfAnotherTraceIsRefused() throws {
    let other = try CertificateTests.trace()
    let report = try CertificateTests.audit(certificate, other)
    #expect(report.objections.contains { $0.contains("the run's identity") })
  }
}
