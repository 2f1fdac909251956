import Foundation
import TemporaryFolder
import Testing

/// The C headers are source compatible with other ARINC 653 systems: values, types, structures and services are the
/// standard's, as this host's C compiler sees them.
@Suite struct APEXHeaderTests {
  private static let package: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()
  private static let headers = package.appendingPathComponent("Sources/CAPEX/include")

  @Test func valuesAreTheStandards() throws {
    let assertions = APEXBinding.values.map { "_Static_assert(\($0) == \($1), \"\($0)\");" }
    #expect(assertions.count > 50)
    try expectCompiles(assertions)
  }

  @Test func typesHaveTheStandardsSizes() throws {
    let assertions = APEXBinding.types.flatMap { type in
      type.names.map {
        "_Static_assert(sizeof(\($0)) == \(type.bytes) && ((\($0))-1 > 1) == \(type.isSigned ? 0 : 1), \"\($0)\");"
      }
    }
    let others = [
      "_Static_assert(sizeof(NAME_TYPE) == 32, \"NAME_TYPE\");",
      "_Static_assert(sizeof(SYSTEM_ADDRESS_TYPE) == sizeof(void *), \"SYSTEM_ADDRESS_TYPE\");",
      "APEX_BYTE byte;", "MESSAGE_ADDR_TYPE message = &byte;",
      "_Static_assert(sizeof(((ERROR_STATUS_TYPE *)0)->MESSAGE) == MAX_ERROR_MESSAGE_SIZE, \"MESSAGE\");",
      "_Static_assert(sizeof(ERROR_MESSAGE_TYPE) == MAX_ERROR_MESSAGE_SIZE, \"ERROR_MESSAGE_TYPE\");",
      "ERROR_MESSAGE_TYPE report = \"words\";",
    ]
    try expectCompiles(assertions + others)
  }

  /// Some code initialises structures without names of fields.
  @Test func structuresHaveTheirFieldsInOrder() throws {
    var assertions: [String] = []
    for (structure, fields) in APEXBinding.structures {
      assertions.append("_Static_assert(offsetof(\(structure), \(fields[0])) == 0, \"\(structure)\");")
      for (one, next) in zip(fields, fields.dropFirst()) {
        assertions.append(
          "_Static_assert(offsetof(\(structure), \(one)) < offsetof(\(structure), \(next)), \"\(structure).\(next)\");")
      }
      // There is no field beyond these.
      assertions.append(
        "_Static_assert(sizeof(\(structure)) - offsetof(\(structure), \(fields.last!)) - "
          + "sizeof(((\(structure) *)0)->\(fields.last!)) < _Alignof(\(structure)), \"\(structure)\");")
    }
    #expect(APEXBinding.structures.count == 13)
    try expectCompiles(assertions)
  }

  @Test func servicesHaveTheStandardsParameters() throws {
    let services = APEXBinding.services
    #expect(Set(services.map(\.name)).count == services.count && services.count == 74)
    let references = services.map { service in
      let status = service.name == "STOP_SELF" ? [] : ["RETURN_CODE_TYPE *"]
      let parameters = service.parameters + status
      let list = parameters.isEmpty ? "void" : parameters.joined(separator: ", ")
      return "void (*const reference_to_\(service.name))(\(list)) = \(service.name);"
    }
    try expectCompiles(references)
  }

  /// Each group of services can be included alone, and twice.
  @Test func eachHeaderCompilesAlone() throws {
    let folder = Self.headers.appendingPathComponent("arinc653").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".h") }.sorted()
    #expect(
      names == [
        "blackboard.h", "buffer.h", "error.h", "event.h", "mutex.h", "partition.h", "process.h", "queueing.h",
        "sampling.h", "schedules.h", "semaphore.h", "time.h", "types.h",
      ])
    for name in names { try expectCompiles([], including: ["arinc653/\(name)", "arinc653/\(name)"]) }
    for name in ["ARINC653.h", "partita.h", "partita_process.h"] {
      try expectCompiles([], including: [name, name])
    }
  }

  // MARK: The check itself can fail

  @Test(arguments: [
    "_Static_assert(TIMED_OUT == 7, \"\");",
    "_Static_assert(offsetof(EVENT_STATUS_TYPE, WAITING_PROCESSES) < offsetof(EVENT_STATUS_TYPE, EVENT_STATE), \"\");",
    "void (*const reference)(EVENT_ID_TYPE, RETURN_CODE_TYPE *) = WAIT_EVENT;",
    "void (*const reference)(EVENT_ID_TYPE, APEX_LONG_INTEGER *) = SET_EVENT;",
    "void (*const reference)(void) = NO_SUCH_SERVICE;",
  ]) func whatIsWrongDoesNotCompile(line: String) throws {
    #expect(try Self.compile([line], including: ["ARINC653.h"]).status != 0)
  }

  // MARK: Compiling

  private func expectCompiles(_ lines: [String], including names: [String] = ["ARINC653.h"]) throws {
    let answer = try Self.compile(lines, including: names)
    #expect(answer.status == 0, "\(answer.messages)")
  }

  /// - Returns: the compiler's exit status, and what it said.
  private static func compile(_ lines: [String], including names: [String]) throws -> (status: Int32, messages: String)
  {
    let folder = try TemporaryFolder()
    let text = names.map { "#include <\($0)>" } + ["#include <stddef.h>"] + lines
    let source = try folder.write(text.joined(separator: "\n") + "\n", to: "binding.c")
    let messages = try folder.write("", to: "messages")

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "cc", "-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", headers.path, "-I",
      package.appendingPathComponent("Sources/PartitionEntry/include").path, source,
    ]
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: messages))
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : -1
    return (status, try folder.text("messages"))
  }
}
