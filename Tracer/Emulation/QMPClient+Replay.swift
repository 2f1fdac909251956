import Foundation

extension QMPClient {
  /// Instructions that the machine has run since its boot.
  public mutating func instructionCount() throws(EmulationError) -> UInt64 {
    let status = try perform(["execute": "query-replay"]) as? [String: Any]
    guard let count = status?["icount"] as? UInt64 else { throw .monitor(reason: "query-replay told nothing") }
    return count
  }

  /// Lets a machine that is replayed run until so many instructions have run, and waits for that.
  ///
  /// The way back goes from the last state saved before (`saveState`), so it takes as long as the way from there.
  ///
  /// - Parameters:
  ///   - count: beyond the end of the recording the machine stops where that ends.
  ///   - onWait: called some hundred times a second; false gives up.
  /// - Returns: where it stands; nil where `onWait` has given up.
  public mutating func seek(
    to count: UInt64, onWait: (_ instructionCount: UInt64) -> Bool
  ) throws(EmulationError) -> UInt64? {
    _ = try perform(["execute": "replay-seek", "arguments": ["icount": count]])
    var wait: useconds_t = 200
    while true {
      let status = try perform(["execute": "query-status"]) as? [String: Any]
      guard let isRunning = status?["running"] as? Bool else { throw .monitor(reason: "query-status told nothing") }
      let reached = try instructionCount()
      if !isRunning { return reached }
      guard onWait(reached) else { return nil }
      usleep(wait)
      wait = min(wait * 2, 10_000)
    }
  }

  /// Saves the state of a machine that stands still, for `seek` and the debugger to come back to.
  public mutating func saveState(named name: String) throws(EmulationError) {
    let answer = try printed(by: "savevm \(name)")
    guard answer.isEmpty else { throw .monitor(reason: answer.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
}
