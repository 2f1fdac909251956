import APEXTypes
import PartitionKit

/// Numbered checks, told of as process_checks.h does: a note for each that fails, and a summary at last.
enum Checks {
  // Unsafe: only the process that has the processor checks.
  nonisolated(unsafe) private static var done: UInt64 = 0
  nonisolated(unsafe) private static var failed: UInt64 = 0

  static func check(_ number: UInt64, _ holds: Bool, seen: UInt64 = 0) {
    done &+= 1
    if holds { return }
    failed &+= 1
    Partition.note(1 << 32 | number, seen)
  }

  static func equal(_ number: UInt64, _ seen: Int32, _ expected: Int32) {
    check(number, seen == expected, seen: UInt64(UInt32(bitPattern: seen)))
  }

  /// That a service answers with a code.
  static func code(_ number: UInt64, _ expected: ReturnCode, _ service: () throws(ReturnCode) -> Void) {
    var seen = ReturnCode.noError
    do {
      try service()
    } catch {
      seen = error
    }
    check(number, seen == expected, seen: UInt64(seen.rawValue))
  }

  static func conclude() { Partition.note(3 << 32 | done, failed) }
}
