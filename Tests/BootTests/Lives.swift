import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// The module Lives with a scenario for each of its two mortal partitions, and what its notes tell.
struct Lives {
  /// What Phoenix does, as its main.c numbers it.
  enum Scenario: UInt8 {
    case liveOn = 0
    case askForWarmStart, askForColdStart, divideByZero, touchNothing, executeNothing, reportError, askForIdle
    case startForEver, changeSchedule, divideInInitialisation, touchForEver
  }
  enum Callback: UInt8 {
    case complete = 0
    case fault, neverEnd, comeBack
  }
  /// A birth as the partition found it.
  struct Birth: Equatable {
    var condition: StartCondition
    var mode: OperatingMode
    /// Lives that its retained and its ordinary memory know of, this one included.
    var retainedLives: UInt64
    var ordinaryLives: UInt64
    /// Registers and words of memory that were not those of a beginning.
    var stains: UInt64
  }
  static let noteBorn: UInt64 = 0x4E52_4F42
  static let noteCalled: UInt64 = 0x4C4C_4143
  static let noteLogged: UInt64 = 0x47_4F4C
  static let noteHeard: UInt64 = 0x44_4145
  static let notePromised: UInt64 = 0x4D4F_5250

  let run: CapturedRun

  init(
    phoenix: Scenario = .liveOn, callback: Callback = .complete, steward: Scenario = .liveOn,
    milliseconds: UInt64 = 300, replacing edits: [(String, String)] = []
  ) throws {
    var module = ModuleVariant(
      description: try ModuleVariant.text("Kernel/Modules/Lives/module.xml"), stimulus: "")
    module = try module.replacing("EntryPoint=\"main\" p:Image=\"Phoenix\"", by: "p:Image=\"Steward\"")
    for (old, new) in edits { module = try module.replacing(old, by: new) }
    module.images["Phoenix"] = try Self.image(phoenix, callback)
    module.images["Steward"] = try Self.image(steward, .complete)
    run = try CapturedRun.capture(module, milliseconds: milliseconds)
  }

  /// Phoenix with its scenario put in the place of the one that it was built with.
  static func image(_ scenario: Scenario, _ callback: Callback) throws -> [UInt8] {
    var bytes = try BootImages.bytes("Phoenix")
    let name = Array("SCENARIO".utf8)
    let places = bytes.indices.filter { bytes[$0...].starts(with: name) }
    try #require(places.count == 1, "Phoenix has its scenario \(places.count) times")
    bytes[places[0] + 8] = scenario.rawValue
    bytes[places[0] + 16] = callback.rawValue
    return bytes
  }

  /// The second words of a partition's notes of one kind.
  func notes(_ kind: UInt64, of name: String) throws -> [UInt64] {
    let partition = try run.partition(name)
    let note = UInt32(HypercallNumber.note.rawValue)
    return run.events(.hypercall).map(\.event).filter {
      $0.partition == partition && $0.operand & 0xFFFF == note && $0.words.w3 == kind
    }.map(\.words.w4)
  }

  func births(of name: String) throws -> [Birth] {
    try notes(Self.noteBorn, of: name).map { word in
      Birth(
        condition: try #require(StartCondition(rawValue: UInt8(word & 0xFF))),
        mode: try #require(OperatingMode(rawValue: UInt8(word >> 8 & 0xFF))), retainedLives: word >> 16 & 0xFF,
        ordinaryLives: word >> 24 & 0xFF, stains: word >> 32)
    }
  }

  func events(_ kind: EventKind, of name: String) throws -> [TraceEvent] {
    let partition = try run.partition(name)
    return run.events(kind).map(\.event).filter { $0.partition == partition }
  }

  /// What holds whatever happens: the trace is whole and replays, and Witness runs from the first nanosecond of each of
  /// its windows but the first, in which its memory was made.
  func expectOrder() throws {
    #expect(try Judge.replay(run.trace).verdict == .identical)
    let starts = WindowStarts(run, of: ["Witness"])
    #expect(starts.resumes.count >= 15)
    for (place, resume) in starts.resumes { #expect(resume == place.nominal, "\(place)") }
    #expect(run.events(.loss).isEmpty)
  }
}

extension ModuleVariant {
  static func text(_ path: String) throws -> String {
    String(decoding: try BootImages.file(path), as: UTF8.self)
  }
}
