import APEXTypes
import ModuleConfiguration

/// The sixteen lines seen from the module: who owns them, what is done while a stranger runs, and the masks that
/// follow.
struct LineTable {
  struct Line: BitwiseCopyable {
    var isConfigured = false
    var hasKernelHandler = false
    var isMarkedAtOnce = false
    /// Bit n: partition n has registered the line.
    var owners: UInt32 = 0
    var budgetPerWindow: UInt32 = 0
    /// Interrupts taken in the running foreign window.
    var takenInWindow: UInt32 = 0
  }
  let lines: StateTable<Line>
  /// Lines whose budget is used up until the next window, bit n for line n.
  var exhausted: UInt16 = 0
  /// What the controllers are set to; 1 masks.
  var mask: UInt16 = 0xFFFF
  /// Something that `wantedMask` looks at has changed since the masks were set.
  var isMaskStale = true

  init(_ table: ModuleTable, memory: inout StateMemory) {
    lines = memory.table(of: ModuleLimits.lineCount, filledWith: Line())
    for index in 0..<table.count(LineRecord.self) {
      let record = table.record(LineRecord.self, index)
      var line = Line()
      line.isConfigured = true
      line.hasKernelHandler = record.hasKernelHandler
      line.isMarkedAtOnce = record.policy == .markedAtOnce
      line.budgetPerWindow = UInt32(truncatingIfNeeded: record.budgetPerWindow)
      lines[Int(record.line)] = line
    }
  }

  /// The masks that hold while `partition` has the window (`none`: idle time).
  ///
  /// A line nobody can take is masked; a line of others is masked unless it is marked at once and its budget is not
  /// used up.
  func wantedMask(during partition: PartitionIndex) -> UInt16 {
    var mask: UInt16 = 0xFFFF
    for index in 0..<ModuleLimits.lineCount {
      let bit: UInt16 = 1 &<< UInt16(index)
      let isTakable = lines[index].owners != 0 || lines[index].hasKernelHandler
      guard lines[index].isConfigured, isTakable else { continue }
      let isOwn = !partition.isNone && lines[index].owners & 1 &<< UInt32(partition.rawValue) != 0
      if isOwn || lines[index].isMarkedAtOnce && exhausted & bit == 0 { mask &= ~bit }
    }
    // Line 2 joins the two controllers: it is open while any line of the second one is.
    if mask & 0xFF00 != 0xFF00 { mask &= ~0x4 }
    return mask
  }

  /// `partition` takes the line from now on.
  mutating func add(_ partition: PartitionIndex, to line: InterruptLine) {
    lines[Int(line.rawValue)].owners |= 1 &<< UInt32(partition.rawValue)
    isMaskStale = true
  }

  mutating func remove(_ partition: PartitionIndex, from line: InterruptLine) {
    lines[Int(line.rawValue)].owners &= ~(1 &<< UInt32(partition.rawValue))
    isMaskStale = true
  }

  /// Counts an interrupt in a window of somebody else against the line's budget.
  mutating func countForeign(_ line: InterruptLine) {
    let index = Int(line.rawValue)
    lines[index].takenInWindow &+= 1
    if lines[index].takenInWindow >= lines[index].budgetPerWindow {
      exhausted |= line.bit
      isMaskStale = true
    }
  }

  /// A window begins: budgets are whole again.
  mutating func beginWindow() {
    isMaskStale = true
    for index in 0..<ModuleLimits.lineCount { lines[index].takenInWindow = 0 }
    exhausted = 0
  }
}
