import Foundation

/// A certificate as it is read: nothing in it is believed.
struct AuditedCertificate: Decodable {
  static let form = "partita certificate 1"

  struct Tool: Decodable {
    var name: String
    var version: String
  }
  struct Trace: Decodable {
    var run: String
    var bytes: UInt64
    var complete: Bool
  }
  struct Module: Decodable {
    struct Partition: Decodable {
      var name: String
      var build: String
    }
    var name: String
    var table: String
    var image: String
    var kernel: String?
    var partitions: [Partition]
  }
  struct Share: Decodable {
    var taker: String
    var nanoseconds: UInt64
    var pieces: UInt64
    var event: UInt64
  }
  struct Worst: Decodable, Equatable {
    var value: Int64
    var event: UInt64
    var time: UInt64
  }
  struct Case: Decodable {
    var value: Int64
    var event: UInt64
    var time: UInt64
    var from: UInt64?
    var to: UInt64?
    var inWindowsOf: String?
    var inKernel: Bool?
    var attribution: [Share]?
    var beyondBound: [Share]?

    var asWorst: Worst { Worst(value: value, event: event, time: time) }
  }
  struct Violation: Decodable {
    var event: UInt64
    var time: UInt64
    var excess: Int64
  }
  struct Claim: Decodable {
    var id: String
    var title: String
    var source: String
    var verdict: String
    var checked: UInt64
    var failures: UInt64
    var unit: String?
    var bound: Int64?
    var boundIs: String?
    var margin: Int64?
    var worst: Worst?
    var cases: [Case]?
    var remark: String?
    var first: [Violation]?
    var worstViolations: [Violation]?
  }
  struct Report: Decodable {
    var module: String
    var verdict: String
    var events: UInt64
    var gaps: UInt64
    var hasEnd: Bool
    var recorded: Bool?
    var fileDefect: String
    /// A certificate from before modules could leave claims out has none.
    var leftOut: [String]?
    var firstTime: UInt64
    var lastTime: UInt64
    var claims: [Claim]
  }
  var form: String
  var tool: Tool
  var trace: Trace
  var module: Module
  var report: Report
}
