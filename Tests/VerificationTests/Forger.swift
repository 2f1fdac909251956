import Foundation

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

  /// The first violations of a claim, or the worst.
  mutating func editViolations(_ identifier: String, _ which: String, _ body: (inout [[String: Any]]) -> Void) {
    edit(identifier) { claim in
      var violations = claim[which] as! [[String: Any]]
      body(&violations)
      claim[which] = violations
    }
  }

  /// Of the gravest case: who took its time.
  mutating func editShares(
    _ identifier: String, _ which: String = "attribution", _ body: (inout [[String: Any]]) -> Void
  ) {
    editCase(identifier, 0) { found in
      var shares = found[which] as! [[String: Any]]
      body(&shares)
      found[which] = shares
    }
  }

  mutating func append(_ claim: [String: Any]) {
    claims { $0.append(claim.merging(["failures": 0]) { one, _ in one }) }
  }

  mutating func extend(_ path: [String], _ name: String, _ value: Any) {
    var inner = object[path[0]] as! [String: Any]
    inner[name] = value
    object[path[0]] = inner
  }

  mutating func remove(_ identifier: String) { claims { $0.removeAll { $0["id"] as? String == identifier } } }

  mutating func double(_ identifier: String) {
    claims { claims in claims.append(claims.first { $0["id"] as? String == identifier }!) }
  }
}
