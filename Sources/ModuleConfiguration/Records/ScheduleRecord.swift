import APEXTypes

/// A module schedule: one major frame of windows, in order of their starts.
public struct ScheduleRecord: Equatable, Sendable {
  /// What partitions ask for it by (SET_MODULE_SCHEDULE).
  public var identifier: UInt64
  /// What partitions find its identifier by (GET_MODULE_SCHEDULE_ID).
  public var name: NameReference
  /// After so long the same windows come again; a table with a 0 here does not open.
  public var majorFrame: Nanoseconds
  /// Its windows, among those of all schedules.
  public var windows: RecordRange

  /// A schedule whose windows are in the table already, by their starts.
  public init(identifier: UInt64, name: NameReference, majorFrame: Nanoseconds, windows: RecordRange) {
    self.identifier = identifier
    self.name = name
    self.majorFrame = majorFrame
    self.windows = windows
  }
}

extension ScheduleRecord: TableRecord {
  /// One record a schedule: kernel and trace use its place there.
  public static var section: ModuleSection { .schedules }
  /// Never nil: every word is a number.
  public init?(_ word: (Int) -> UInt64) {
    identifier = word(0)
    name = NameReference(word: word(1))
    majorFrame = Nanoseconds(word(2))
    windows = RecordRange(word: word(3))
  }
  /// Five words: identifier, name, major frame, windows, and a spare one.
  public func write(_ put: (UInt64) -> Void) {
    put(identifier)
    put(name.word)
    put(majorFrame.count)
    put(windows.word)
    put(0)
  }
}
