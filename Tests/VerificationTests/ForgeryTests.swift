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
    Forgery("a custom claim that never held") { forger in
      forger.edit("custom.c1") {
        $0["checked"] = 1
        $0["failures"] = 1
      }
    },
  ]
}

/// A certificate in pieces.
struct Forger {
  var object: [String: Any]

  init(_ text: String) throws {
    object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
  }

  var text: String {
    get throws { String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self) }
  }

  mutating func set(_ path: [String], _ value: Any) {
    var inner = object[path[0]] as! [String: Any]
    precondition(inner[path[1]] != nil, "the certificate has \(path)")
    inner[path[1]] = value
    object[path[0]] = inner
  }

  mutating func add(_ path: [String], _ number: Int) {
    set(path, ((object[path[0]] as! [String: Any])[path[1]] as! Int) + number)
  }

  private mutating func claims(_ body: (inout [[String: Any]]) -> Void) {
    var report = object["report"] as! [String: Any]
    var claims = report["claims"] as! [[String: Any]]
    body(&claims)
    report["claims"] = claims
    object["report"] = report
  }

  mutating func edit(_ identifier: String, _ body: (inout [String: Any]) -> Void) {
    claims { claims in body(&claims[claims.firstIndex { $0["id"] as? String == identifier }!]) }
  }

  mutating func editCase(_ identifier: String, _ index: Int, _ body: (inout [String: Any]) -> Void) {
    edit(identifier) { claim in
      var cases = claim["cases"] as! [[String: Any]]
      body(&cases[index])
      claim["cases"] = cases
    }
  }

  mutating func remove(_ identifier: String) { claims { $0.removeAll { $0["id"] as? String == identifier } } }

  mutating func double(_ identifier: String) {
    claims { claims in claims.append(claims.first { $0["id"] as? String == identifier }!) }
  }
}

@Suite struct ForgeryTests {
  let trace: [UInt8]
  let certificate: String

  init() throws {
    // Two claims fail truly, so that verdicts can be forged both ways.
    trace = try CertificateTests.trace { story in
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
    #expect(!report.isConfirmed, "\(forgery)")
    #expect(report.text.contains("refused: "))
  }

  @Test func aCertificateOfAnotherTraceIsRefused() throws {
    let other = try CertificateTests.trace()
    let report = try CertificateTests.audit(certificate, other)
    #expect(report.objections.contains { $0.contains("the run's identity") })
  }
}
