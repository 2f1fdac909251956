import TraceFormat
import TraceReading

extension RecorderLosses {
  /// What the recorder lost, as the events of an exported database tell.
  ///
  /// - Throws: where these cannot be read: that nothing was lost is not said of a damaged file.
  public init(_ database: Database) throws(Database.Failure) {
    self.init()
    let statement = try database.prepare(
      own: "SELECT position, time_ns, w0 FROM event WHERE kind = \(EventKind.loss.rawValue) ORDER BY position")
    while try statement.next() {
      let numbers = statement.row.map { value in
        if case .integer(let number) = value { UInt64(bitPattern: number) } else { UInt64(0) }
      }
      note(TraceEvent(time: numbers[1], .loss, words: .init(numbers[2])), position: numbers[0])
    }
  }
}
