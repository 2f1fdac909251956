import Foundation

extension QMPClient {
  /// Writes the machine's memory, from physical address 0, to a file.
  ///
  /// A machine that runs stands still meanwhile and then goes on, even if a signal comes; nothing else of it changes.
  ///
  /// - Parameter path: absolute, where the emulator may write.
  public mutating func saveMemory(to path: String) throws(EmulationError) {
    let status = try perform(["execute": "query-status"]) as? [String: Any]
    guard let isRunning = status?["running"] as? Bool else { throw .monitor(reason: "query-status told nothing") }
    let memory = try perform(["execute": "query-memory-size-summary"]) as? [String: Any]
    guard let byteCount = memory?["base-memory"] as? UInt64 else {
      throw .monitor(reason: "query-memory-size-summary told nothing")
    }
    if isRunning {
      // An emulator forgets the commands of whoever leaves before their answers, and the machine would stand still.
      isInterruptible = false
      try execute("stop")
    }
    let arguments: [String: Any] = ["val": 0, "size": byteCount, "filename": path]
    do throws(EmulationError) {
      _ = try perform(["execute": "pmemsave", "arguments": arguments])
    } catch {
      if isRunning { try? execute("cont") }
      throw error
    }
    if isRunning { try execute("cont") }
    isInterruptible = true
  }
}
