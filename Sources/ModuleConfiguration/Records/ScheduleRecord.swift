import APEXTypes

/// A module schedule: one major frame of windows, in order of their starts.
public struct ScheduleRecord: Equatable, Sendable {
  public var identifier: UInt64
  public var name: NameReference
  public var majorFrame: Nanoseconds
  public var windows: RecordRange

  public init(identifier: UInt64, name: NameReference, majorFrame: Nanoseconds, windows: RecordRange) {
    self.identifier = identifier
    self.name = name
    self.majorFrame = majorFrame
    self.windows = windows
  }
}

extension ScheduleRecord: TableRecord {
  public static var section: ModuleSection { .schedules }
  public init?(_ word: (Int) -> UInt64) {
    identifier = word(0)
    name = NameReference(word: word(1))
    majorFrame = Nanoseconds(word(2))
    windows = RecordRange(word: word(3))
  }
  public func write(_ put: (UInt64) -> Void) {
    put(identifier)
    put(name.word)
    put(majorFrame.count)
    put(windows.word)
    put(0)
  }
}
