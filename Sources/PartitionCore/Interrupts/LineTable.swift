import APEXTypes
import ModuleConfiguration

/// The sixteen lines seen from the module: who owns them, what is done while a stranger runs, and the masks that
/// follow.
struct LineTable {
  struct Line: BitwiseCopyable {
    var isConfigured = false
    var hasKernelHandler = false
    var isMarkedAtOnce = false
    /// That of the line itself: looked up quicker than worked out.
    var bit: UInt16 = 0
    /// Bit n: partition n has registered the line.
    var owners: UInt32 = 0
    var budgetPerWindow: UInt32 = 0
    /// Interrupts taken in the running foreign window.
    var takenInWindow: UInt32 = 0
  }
  let lines: StateTable<Line>
  /// Lines that each partition has registered, bit n for line n; follows from `owners`.
  private let owned: StateTable<UInt16>
  /// Configured lines that somebody can take: an owner or the kernel's handler; follows from the lines.
  private var takable: UInt16 = 0
  private var markedAtOnce: UInt16 = 0
  /// Lines whose `takenInWindow` is not 0.
  private var taken: UInt16 = 0
  /// Lines whose interrupts count against a budget while the masks are as they are set: all but those of the window's
  /// owner, none where no window runs. Follows from the lines and the window.
  private(set) var foreign: UInt16 = 0
  /// Lines whose budget is used up until the next window, bit n for line n.
  var exhausted: UInt16 = 0
  /// What the controllers are set to; 1 masks.
  var mask: UInt16 = 0xFFFF
  /// Lines that the test device has pulsed and that have not interrupted yet, bit n for line n: as a controller holds
  /// the edge of a line that is masked, one a line.
  var pulsed: UInt16 = 0
  /// Something that `wantedMask` looks at has changed since the masks were set.
  var isMaskStale = true

  init(_ table: ModuleTable, memory: inout StateMemory) {
    lines = memory.table(of: ModuleLimits.lineCount, filledWith: Line())
    for index in 0..<ModuleLimits.lineCount { lines[index].bit = 1 &<< UInt16(index) }
    owned = memory.table(of: table.partitionCount, filledWith: 0)
    for index in 0..<table.count(LineRecord.self) {
      let record = table.record(LineRecord.self, index)
      var line = lines[Int(record.line)]
      line.isConfigured = true
      line.hasKernelHandler = record.hasKernelHandler
      line.isMarkedAtOnce = record.policy == .markedAtOnce
      line.budgetPerWindow = UInt32(truncatingIfNeeded: record.budgetPerWindow)
      lines[Int(record.line)] = line
    }
    findFollowing()
  }

  /// Works out what follows from the lines, at the start and after a keyframe was adopted.
  mutating func findFollowing() {
    takable = 0
    markedAtOnce = 0
    taken = 0
    for index in 0..<owned.count { owned[index] = 0 }
    for index in 0..<ModuleLimits.lineCount where lines[index].isConfigured {
      let bit: UInt16 = 1 &<< UInt16(index)
      if lines[index].isMarkedAtOnce { markedAtOnce |= bit }
      if lines[index].owners != 0 || lines[index].hasKernelHandler { takable |= bit }
      if lines[index].takenInWindow != 0 { taken |= bit }
      for partition in 0..<owned.count where lines[index].owners & 1 &<< UInt32(partition) != 0 {
        owned[partition] |= bit
      }
    }
  }

  /// Works out `foreign`: `partition` has the window (`none`: idle time).
  mutating func findForeign(during partition: PartitionIndex) {
    // Unchecked, here and below: a window's partition is in the table, or the table would not be valid.
    foreign = partition.isNone ? 0 : ~owned[unchecked: Int(partition.rawValue)]
  }

  /// The masks that hold while `partition` has the window (`none`: idle time).
  ///
  /// A line nobody can take is masked; a line of others is masked unless it is marked at once and its budget is not
  /// used up.
  @inline(__always)
  func wantedMask(during partition: PartitionIndex) -> UInt16 {
    let own = partition.isNone ? 0 : owned[unchecked: Int(partition.rawValue)]
    var mask = ~(takable & (own | markedAtOnce & ~exhausted))
    // Line 2 joins the two controllers: it is open while any line of the second one is.
    if mask & 0xFF00 != 0xFF00 { mask &= ~0x4 }
    return mask
  }

  /// A pulsed line that is open, the lowest.
  @inline(__always) var openPulse: InterruptLine? {
    let open = pulsed & ~mask
    return open == 0 ? nil : InterruptLine(UInt8(truncatingIfNeeded: open.trailingZeroBitCount))
  }

  /// `partition` takes the line from now on.
  mutating func add(_ partition: PartitionIndex, to line: InterruptLine) {
    let index = Int(line.rawValue)
    lines[index].owners |= 1 &<< UInt32(partition.rawValue)
    owned[Int(partition.rawValue)] |= line.bit
    if lines[index].isConfigured { takable |= line.bit }
    isMaskStale = true
  }

  mutating func remove(_ partition: PartitionIndex, from line: InterruptLine) {
    let index = Int(line.rawValue)
    lines[index].owners &= ~(1 &<< UInt32(partition.rawValue))
    owned[Int(partition.rawValue)] &= ~line.bit
    if lines[index].owners == 0, !lines[index].hasKernelHandler { takable &= ~line.bit }
    isMaskStale = true
  }

  /// `partition` takes no line any more. Only its own are looked at: how long its start takes must not tell it of those
  /// that others have registered.
  mutating func removeAll(of partition: PartitionIndex) {
    var rest = owned[Int(partition.rawValue)]
    while rest != 0 {
      remove(partition, from: InterruptLine(UInt8(truncatingIfNeeded: rest.trailingZeroBitCount)))
      rest &= rest &- 1
    }
    isMaskStale = true
  }

  /// Counts an interrupt in a window of somebody else against the line's budget.
  @inline(__always)
  mutating func countForeign(_ line: InterruptLine) {
    // Unchecked: a line is below 16, and there are 16.
    let index = Int(line.rawValue)
    let count = lines[unchecked: index].takenInWindow &+ 1
    let bit = lines[unchecked: index].bit
    lines[unchecked: index].takenInWindow = count
    taken |= bit
    if count >= lines[unchecked: index].budgetPerWindow {
      exhausted |= bit
      isMaskStale = true
    }
  }

  /// A window begins: budgets are whole again.
  @inline(__always)
  mutating func beginWindow() {
    isMaskStale = true
    exhausted = 0
    guard taken != 0 else { return }
    // Unchecked, as above.
    var rest = taken
    taken = 0
    while rest != 0 {
      lines[unchecked: rest.trailingZeroBitCount].takenInWindow = 0
      rest &= rest &- 1
    }
  }
}
