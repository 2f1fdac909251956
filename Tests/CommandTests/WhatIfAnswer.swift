/// What `partita what-if --module … --format json` answers, as far as tests look at it.
struct WhatIfAnswer: Decodable {
  struct Claim: Decodable {
    var claim: String
    var recordedVerdict: String?
    var predictedVerdict: String?
    var recordedWorst: Int64?
    var predictedWorst: Int64?
    var change: Int64?
    var recordedBound: Int64?
    var bound: Int64?
    var boundIs: String?
    var firstViolation: Int64?
    var explanation: String?
  }
  var exitStatus: Int32
  var claims: [Claim]
  var assumptions: [String]
  var weaknesses: [String]

  func claim(_ identifier: String) -> Claim? { claims.first { $0.claim == identifier } }
}
