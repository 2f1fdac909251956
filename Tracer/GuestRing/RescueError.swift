import TextForms

/// Why no trace can be rescued. Each description says what, where, and what to do.
public enum RescueError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case notACore(path: String, reason: String)
  case isACore(path: String)
  /// A core that was made with paging, and lacks what the ring needs.
  case mappedOnly(path: String)
  /// No beacon of a ring is in the memory, whose last byte is before that address.
  case noRing(end: UInt64)
  /// The memory ends before something that its ring needs.
  case cutOff(end: UInt64, part: String, needed: UInt64)
  case severalRings(at: [UInt64])
  case noControlPage(at: UInt64)
  /// The ring was found, and what it says of itself cannot be.
  case ringDamaged(reason: String)
  case ringEmpty
  /// A trace to be continued that is none, or has nothing to be continued.
  case notCut(path: String, reason: String)
  /// A trace to be continued by the ring of another run.
  case otherRun(path: String, reason: String)
  case interrupted
  /// A trace that is made while the machine runs.
  case unwritten

  /// What the command prints.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
    case .notACore(let path, let reason):
      "\(path) is no memory dump that can be read: \(reason). Make one by the monitor's dump-guest-memory (in ELF "
        + "format), or give a plain image of the memory by --ram."
    case .isACore(let path): "\(path) is an ELF file and no plain image of memory: give it by --core."
    case .mappedOnly(let path):
      "\(path) has only the memory that was mapped when it was made, and the trace ring not in whole: make it by the "
        + "monitor's dump-guest-memory without paging (without -p)."
    case .noRing(let end):
      "no trace ring is in this memory of \(end) bytes: it is not that of a Partita module, the kernel had not come so "
        + "far, or it is a part only. Give all of the machine's memory, from address 0 on."
    case .cutOff(let end, let part, let needed):
      "this memory ends at byte \(end), and its trace ring's \(part) at byte \(needed): it is a part only. Give all of "
        + "the machine's memory, from address 0 on."
    case .severalRings(let addresses):
      "\(addresses.count) places in this memory look like a trace ring's control page: "
        + addresses.map(\.hexadecimal).joined(separator: ", ") + ". Choose one by --at ADDRESS."
    case .noControlPage(let address): "there is no control page of a trace ring at \(address.hexadecimal)."
    case .ringDamaged(let reason): "the trace ring is damaged: \(reason). Nothing of it can be believed."
    case .ringEmpty: "the trace ring is empty: the kernel had not recorded anything."
    case .notCut(let path, let reason): "\(path) cannot be continued: \(reason)."
    case .otherRun(let path, let reason):
      "\(path) is not of the run that this memory is of: \(reason). Rescue the ring alone, without --continue."
    case .interrupted: "interrupted; nothing is kept"
    case .unwritten: "the trace could not be written on: it ends before the module does."
    }
  }
}
