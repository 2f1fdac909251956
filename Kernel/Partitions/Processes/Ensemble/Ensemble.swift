import APEXTypes
import PartitionKit
import ProcessScheduling

/// A partition in Swift whose processes try every service of processes that PartitionKit has.
@main
struct Ensemble {
  static func main() {
    do {
      try create()
    } catch {
      Checks.check(1, false, seen: UInt64(error.rawValue))
    }
    refusals()
    Process.run()
  }

  private static func create() throws(ReturnCode) {
    Stage.turn = try Semaphore(named: "turn", value: 0, maximumValue: 1)
    Stage.buffer = try Buffer(named: "letters", maximumMessageBytes: 8, maximumMessageCount: 1)
    Stage.blackboard = try Blackboard(named: "notices", maximumMessageBytes: 8)
    Stage.event = try Event(named: "cue")
    Stage.mutex = try Mutex(named: "THIRTY_TWO_CHARACTERS_AND_NO_ZER", priority: 40)
    Stage.talker = try QueuingPort(
      named: "TELL", maximumMessageBytes: 8, maximumMessageCount: 1, direction: .source)
    Stage.hearer = try QueuingPort(
      named: "HEAR", maximumMessageBytes: 8, maximumMessageCount: 1, direction: .destination)
    Stage.gauge = try SamplingPort(
      named: "GAUGE", maximumMessageBytes: 8, direction: .source, refreshPeriod: Nanoseconds(1_000_000_000))
    Stage.dial = try SamplingPort(
      named: "DIAL", maximumMessageBytes: 8, direction: .destination, refreshPeriod: Nanoseconds(1_000_000_000))
    try ErrorHandler.create {
      Stage.errors &+= 1
      guard let failure = try? ErrorHandler.takeFailure(), failure.code == .applicationError else { return }
      let isDirectors = failure.process == Process.named("director")?.identifier
      let isWhole = ErrorHandler.withMessage { $0.count == 8 && $0[0] == 11 && $0[7] == 18 }
      if isDirectors, isWhole { Stage.rightErrors &+= 1 }
    }
    Stage.player = try Process(named: "player", priority: 30) { Player.play() }
    Stage.drummer = try Process(
      named: "drummer", period: .milliseconds(10), timeCapacity: .milliseconds(5), priority: 35
    ) {
      while true {
        Stage.beats &+= 1
        try? Process.periodicWait()
      }
    }
    let director = try Process(named: "director", priority: 20) { Director.direct() }
    try Stage.player.start()
    try Stage.drummer.start()
    try director.start()
  }

  /// What cannot be created, and who is none yet.
  private static func refusals() {
    Checks.code(10, .noAction) { () throws(ReturnCode) in _ = try Event(named: "cue") }
    Checks.code(11, .invalidParameter) { () throws(ReturnCode) in
      _ = try Event(named: "THIRTY_THREE_CHARACTERS_ARE_TOO_M")
    }
    Checks.code(12, .invalidParameter) { () throws(ReturnCode) in
      _ = try Semaphore(named: "none", value: 2, maximumValue: 1)
    }
    Checks.code(13, .invalidConfiguration) { () throws(ReturnCode) in
      _ = try Buffer(named: "none", maximumMessageBytes: 8192, maximumMessageCount: 2)
    }
    Checks.code(14, .invalidParameter) { () throws(ReturnCode) in _ = try Process(named: "none", priority: 0) {} }
    Checks.code(15, .noAction) { () throws(ReturnCode) in _ = try Process(named: "player", priority: 1) {} }
    Checks.code(16, .invalidMode) { () throws(ReturnCode) in try Process.timedWait(.notAtAll) }
    Checks.code(17, .invalidParameter) { () throws(ReturnCode) in try Process(identifier: ProcessIdentifier(4)).start()
    }
    Checks.check(18, Process.current == nil)
    Checks.check(19, Semaphore.named("director") == nil)
    Checks.check(20, Process.named("director")?.identifier == ProcessIdentifier(3))
  }
}
