import ModuleConfiguration
import TraceFormat
import TraceReading

/// A trace as an SQLite database, written in one transaction; `SQLiteSchema` tells its tables and views.
public final class SQLiteExporter: TraceExporter {
  /// The table, and how many columns it has.
  private enum Table: String, CaseIterable {
    case event, frame, windowRun = "window_run", `switch`, step, call, interrupt, mark, upcall, mode, activation,
      processRun = "process_run", gap
    var columnCount: Int {
      switch self {
      case .event: 15
      case .frame, .switch: 5
      case .windowRun: 9
      case .step: 7
      case .call: 8
      case .interrupt: 5
      case .mark: 6
      case .upcall: 9
      case .mode: 5
      case .activation: 5
      case .processRun: 4
      case .gap: 4
      }
    }
  }

  /// SQLite has signed integers only: a later one would be less than all others in every query.
  public static let greatestInstant = UInt64(Int64.max)

  private let database: Database
  private let vocabulary: TraceVocabulary
  /// What an event says in words; kept for its memory.
  private var said = TextBytes()
  private var statements: [Table: Statement] = [:]
  private var openSteps: [KernelEntry] = []
  private var openWindow: TimelineWindow?
  private var openUpcalls: [TimelineUpcall] = []
  private var openInterrupt: KernelEntry?
  private var openReleases: [Int: UInt64] = [:]
  /// What those have used of their deadlines that have missed them.
  private var openUses: [Int: UInt64] = [:]
  private var openRun: ProcessRun?
  private var doubts: [String] = []
  private var note: String?
  /// Why a row could not be written; nothing is written after it.
  public private(set) var failure: ExportFailure?

  /// - Parameter path: where no database is yet.
  public init(_ path: String, _ reader: TraceReader) throws(ExportFailure) {
    vocabulary = TraceVocabulary(reader.moduleTable)
    do throws(Database.Failure) {
      database = try Database(path, .create)
      // A file that is not finished is thrown away: it need not survive a crash.
      try database.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")
      try database.execute("BEGIN;" + SQLiteSchema.tables)
      for table in Table.allCases {
        let marks = [String](repeating: "?", count: table.columnCount).joined(separator: ",")
        statements[table] = try database.prepare(own: "INSERT INTO \(table.rawValue) VALUES(\(marks))")
      }
      try SQLiteNames(database).write(reader.moduleTable, vocabulary)
    } catch {
      throw .database(error.message)
    }
  }

  private func insert(_ table: Table, _ values: [UInt64?], text: String? = nil) {
    guard failure == nil, let statement = statements[table] else { return }
    for (index, value) in values.enumerated() { statement.bind(Int32(index + 1), value) }
    if let text { statement.bind(Int32(values.count + 1), text) }
    do throws(Database.Failure) { try statement.run() } catch { failure = .database(error.message) }
  }

  // MARK: What comes in

  /// Writes a row of `event`. An end of interrupt also completes the interrupt's own row.
  public func add(_ event: TraceEvent, position: UInt64) {
    said.removeAll()
    EventShape.of(event).write(event, vocabulary, to: &said)
    let words = event.words
    insert(
      .event,
      [
        position, event.time, UInt64(event.kind), UInt64(event.partition), UInt64(event.detail), UInt64(event.operand),
        words.w0, words.w1, words.w2, words.w3, words.w4, words.w5, words.w6, words.w7,
      ], text: said.text)
    guard event.kind == EventKind.acknowledged.rawValue, let interrupt = openInterrupt,
      interrupt.what == UInt16(truncatingIfNeeded: event.operand)
    else { return }
    writeInterrupt(acknowledged: event.time)
  }

  /// Writes a row for what is over with this change, and keeps what begins until it is over.
  public func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    switch change {
    case .frame(let frame):
      insert(.frame, [frame.position, UInt64(frame.number), UInt64(frame.schedule), frame.start, frame.began])
    case .windowBegan(let window): openWindow = window
    case .windowEnded(let window): write(window, ended: time)
    case .entered(let entry):
      openSteps = [entry]
      // Where the export begins within a stay, its interrupt may be over.
      if entry.event.kind == EventKind.interrupt.rawValue, entry.acknowledged == nil { openInterrupt = entry }
    case .inRingThree(let partition, let since, let entry): writeStep(entry, left: since, to: partition)
    case .answered(let call, _, _): openSteps = [call]
    case .left(let entry, let partition):
      write(entry, left: time, to: partition)
      if let partition, openWindow?.partition == partition, openWindow?.firstInstant == nil {
        openWindow?.firstInstant = time
      }
    case .switched(let change), .holding(let change):
      insert(
        .switch, [change.position, change.time, UInt64(change.from), UInt64(change.to), change.isReady ? 1 : 0])
    case .marked(let partition, let vector, let waiting, let cause):
      insert(.mark, [position, time, UInt64(partition), UInt64(vector), waiting, cause])
    case .waiting(let partition, let vector, _, let made):
      for mark in made {
        insert(
          .mark, [mark.position, mark.time, UInt64(partition), UInt64(vector), mark.waiting, mark.cause])
      }
    case .marksCleared: break
    case .upcallBegan(let upcall): openUpcalls.append(upcall)
    case .upcallEnded(let upcall): write(upcall, ended: time)
    case .mode(let mode):
      insert(
        .mode, [mode.position, mode.began, UInt64(mode.partition), UInt64(mode.mode), UInt64(mode.condition)])
    case .released(let process, let start), .delayed(let process, let start): openReleases[process] = start
    case .completed(let process, let course, let instant): write(process, course, completed: instant, "complete")
    case .late(let process, let course): write(process, course, completed: nil, "late")
    case .stopped(let process, let course): write(process, course, completed: nil, "stopped")
    case .overdue(let process, let course): openUses[process] = min(course.used, Self.greatestInstant)
    case .runs(let run): openRun = run
    case .runsNoLonger(let run, let outcome, let instant): write(run, until: instant, outcome)
    case .forgotten: writeOpen()
    case .lost(let count, _, let since, let reason): insert(.gap, [since, time, count], text: reason)
    }
  }

  // MARK: Rows of what has ended, or never will

  private func write(_ window: TimelineWindow, ended: UInt64?) {
    openWindow = nil
    insert(
      .windowRun,
      [
        window.position, UInt64(window.index), UInt64(window.partition), window.frame.map(UInt64.init),
        window.nominalStart, window.nominalEnd, window.began, window.firstInstant, ended,
      ])
  }

  private func write(_ entry: KernelEntry, left: UInt64?, to partition: UInt8?) {
    openSteps = []
    if openInterrupt != nil { writeInterrupt(acknowledged: nil) }
    writeStep(entry, left: left, to: partition)
    guard entry.event.kind == EventKind.hypercall.rawValue else { return }
    insert(
      .call,
      [
        entry.position, UInt64(entry.partition), UInt64(entry.what), entry.time, entry.answered,
        entry.status.map(UInt64.init), entry.answered.map { _ in entry.value }, left,
      ])
  }

  /// A stay in the kernel by itself, for the ring 3 that followed.
  private func writeStep(_ entry: KernelEntry, left: UInt64?, to partition: UInt8?) {
    insert(
      .step,
      [
        entry.position, UInt64(entry.event.kind), UInt64(entry.what), UInt64(entry.partition), entry.time, left,
        partition.map(UInt64.init),
      ])
  }

  private func writeInterrupt(acknowledged: UInt64?) {
    guard let entry = openInterrupt else { return }
    openInterrupt = nil
    insert(.interrupt, [entry.position, UInt64(entry.what), UInt64(entry.partition), entry.time, acknowledged])
  }

  private func write(_ upcall: TimelineUpcall, ended: UInt64?) {
    openUpcalls.removeAll { $0.position == upcall.position }
    insert(
      .upcall,
      [
        upcall.position, UInt64(upcall.partition), UInt64(upcall.vector), upcall.ordinal, upcall.coalesced,
        UInt64(upcall.depth), upcall.mark?.position, upcall.began, ended,
      ])
  }

  private func write(_ process: Int, _ course: JobCourse, completed: UInt64?, _ became: String) {
    openReleases[process] = nil
    let used = min(course.used, Self.greatestInstant)
    insert(.activation, [UInt64(process), course.start, completed, used], text: became)
  }

  /// - Parameter outcome: nil where the run goes on for all that is known.
  private func write(_ run: ProcessRun, until: UInt64?, _ outcome: ProcessRun.Outcome?) {
    openRun = nil
    let numbers = [UInt64(run.process), run.from, until]
    guard let outcome, outcome != .untold else { return insert(.processRun, numbers + [nil]) }
    insert(.processRun, numbers, text: outcome.rawValue)
  }

  private func writeOpen() {
    if let openWindow { write(openWindow, ended: nil) }
    for entry in openSteps { write(entry, left: nil, to: nil) }
    writeInterrupt(acknowledged: nil)
    for upcall in openUpcalls { write(upcall, ended: nil) }
    if let openRun { write(openRun, until: nil, nil) }
    for process in openReleases.keys.sorted() {
      insert(.activation, [UInt64(process), openReleases[process], nil, openUses[process], nil])
    }
    (openReleases, openUses) = ([:], [:])
  }

  /// Keeps them for the table `information`.
  public func conclude(_ doubts: [String], note: String?) { (self.doubts, self.note) = (doubts, note) }

  /// Writes what is still open, its end NULL, then indices and views, and ends the transaction.
  public func finish(at time: UInt64) throws(ExportFailure) {
    writeOpen()
    if let failure { throw failure }
    do throws(Database.Failure) {
      let texts = [DatabaseCondition.key: DatabaseCondition.text(doubts), DatabaseCondition.noteKey: note]
      for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
        guard let text else { continue }
        let information = try database.prepare(own: "INSERT INTO information VALUES('\(key)', ?)")
        information.bind(1, text)
        try information.run()
      }
      try database.execute(SQLiteSchema.indices + SQLiteSchema.views + "COMMIT;")
    } catch {
      throw .database(error.message)
    }
  }
}
