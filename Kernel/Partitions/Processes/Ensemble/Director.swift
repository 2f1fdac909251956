import APEXTypes
import PartitionKit
import ProcessScheduling

/// The process that lets the player wait for something, does what that waits for, and looks at what came of it.
enum Director {
  static func direct() {
    time()
    event()
    buffer()
    blackboard()
    mutex()
    ports()
    sampling()
    order()
    errors()
    periods()
    Checks.conclude()
  }

  /// The player begins a deed, and waits in it: it has the greater priority.
  private static func begin(_ number: UInt64, _ deed: Stage.Deed) {
    let (begun, ended) = (Stage.begun, Stage.ended)
    Stage.deed = deed
    Checks.code(number, .noError) { () throws(ReturnCode) in try Stage.turn.signal() }
    Checks.equal(number + 1, Stage.begun, begun + 1)
    Checks.equal(number + 2, Stage.ended, ended)
  }

  /// It is done with it, and its service has answered so.
  private static func ended(_ number: UInt64, _ code: ReturnCode, byte: UInt8 = 0) {
    Checks.equal(number, Stage.ended, Stage.begun)
    Checks.check(number + 1, Stage.code == code, seen: UInt64(Stage.code.rawValue))
    Checks.check(number + 2, Stage.byte == byte, seen: UInt64(Stage.byte))
  }

  private static func time() {
    let before = Clock.now
    Checks.code(100, .noError) { () throws(ReturnCode) in try Process.timedWait(.microseconds(200)) }
    let waited = Clock.now - before
    Checks.check(101, waited >= Nanoseconds(200_000) && waited < Nanoseconds(400_000), seen: waited.count)
    Checks.code(102, .invalidMode) { () throws(ReturnCode) in try Process.periodicWait() }
    Checks.code(103, .invalidParameter) { () throws(ReturnCode) in try Process.timedWait(ServiceTime(rawValue: -1)) }
    begin(110, .sleep)
    Checks.code(113, .noError) { () throws(ReturnCode) in try Process.timedWait(.microseconds(400)) }
    ended(114, .noError)
  }

  private static func event() {
    begin(200, .wait)
    Checks.equal(203, Stage.event.status?.waitingProcesses ?? -1, 1)
    Checks.code(204, .noError) { () throws(ReturnCode) in try Stage.event.set() }
    ended(205, .noError)
    Checks.check(208, Stage.event.status?.isUp == true && Stage.event.status?.waitingProcesses == 0)
    Checks.code(209, .noError) { () throws(ReturnCode) in try Stage.event.reset() }
    begin(210, .wait)
    Checks.code(213, .noError) { () throws(ReturnCode) in try Process.timedWait(.microseconds(700)) }
    ended(214, .timedOut)
    Checks.code(217, .notAvailable) { () throws(ReturnCode) in try Stage.event.wait(timeOut: .notAtAll) }
  }

  private static func buffer() {
    begin(300, .receive)
    Stage.withMessage(7) { message in
      Checks.code(303, .noError) { () throws(ReturnCode) in try Stage.buffer.send(UnsafeRawBufferPointer(message)) }
    }
    ended(304, .noError, byte: 7)
    Checks.check(307, Stage.byteCount == Stage.messageBytes, seen: UInt64(Stage.byteCount))
    // Full with one of ours: the player's waits, and is in when there is room.
    Stage.withMessage(50) { message in
      Checks.code(310, .noError) { () throws(ReturnCode) in try Stage.buffer.send(UnsafeRawBufferPointer(message)) }
      begin(311, .send)
      Checks.code(314, .notAvailable) { () throws(ReturnCode) in
        try Stage.buffer.send(UnsafeRawBufferPointer(message), timeOut: .notAtAll)
      }
      Checks.code(315, .noError) { () throws(ReturnCode) in _ = try Stage.buffer.receive(into: message) }
      Checks.check(316, message[0] == 50, seen: UInt64(message[0]))
      ended(317, .noError)
      Checks.code(320, .noError) { () throws(ReturnCode) in _ = try Stage.buffer.receive(into: message) }
      Checks.check(321, message[0] == 90 && message[7] == 97, seen: UInt64(message[0]))
      Checks.code(322, .invalidParameter) { () throws(ReturnCode) in
        _ = try Stage.buffer.receive(into: UnsafeMutableRawBufferPointer(rebasing: message[..<4]))
      }
    }
  }

  private static func blackboard() {
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    Checks.code(330, .invalidParameter) { () throws(ReturnCode) in try Stage.buffer.send(nothing) }
    Checks.code(410, .invalidParameter) { () throws(ReturnCode) in try Stage.blackboard.display(nothing) }
    Checks.code(411, .invalidParameter) { () throws(ReturnCode) in
      _ = try Blackboard(identifier: 2).read(into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }
    begin(400, .read)
    Stage.withMessage(70) { message in
      Checks.code(403, .noError) { () throws(ReturnCode) in
        try Stage.blackboard.display(UnsafeRawBufferPointer(rebasing: message[..<5]))
      }
    }
    ended(404, .noError, byte: 70)
    Checks.check(407, Stage.byteCount == 5, seen: UInt64(Stage.byteCount))
    Checks.code(408, .noError) { () throws(ReturnCode) in try Stage.blackboard.clear() }
    Checks.check(409, Stage.blackboard.status?.isEmpty == true)
  }

  private static func mutex() {
    Checks.code(500, .noError) { () throws(ReturnCode) in try Stage.mutex.acquire() }
    Checks.check(501, Process.current?.ownedMutex == .mutex(Stage.mutex.identifier))
    Checks.check(513, Stage.mutex.status?.owner == Process.current?.identifier)
    Checks.equal(502, Process.current?.status?.priority ?? 0, 40)
    Checks.code(503, .invalidMode) { () throws(ReturnCode) in try Process.timedWait(.microseconds(1)) }
    // The ceiling is above the player: it cannot begin before the mutex is there.
    let begun = Stage.begun
    Stage.deed = .acquire
    Checks.code(504, .noError) { () throws(ReturnCode) in try Stage.turn.signal() }
    Checks.equal(505, Stage.begun, begun)
    Checks.code(506, .noError) { () throws(ReturnCode) in try Stage.mutex.release() }
    Checks.equal(507, Stage.begun, begun + 1)
    ended(508, .noError)
    Checks.check(514, Process.current?.ownedMutex == .nothing)
    Checks.equal(511, Process.current?.status?.priority ?? 0, 20)
    Checks.code(512, .invalidMode) { () throws(ReturnCode) in try Stage.mutex.release() }
  }

  private static func ports() {
    begin(600, .hear)
    Checks.equal(603, Int32(truncatingIfNeeded: Stage.hearer?.waitingProcessCount ?? 0), 1)
    Stage.withMessage(33) { message in
      Checks.code(604, .noError) { () throws(ReturnCode) in
        try Stage.talker?.sendQueuingMessage(UnsafeRawBufferPointer(message))
      }
    }
    // The port's own interrupt brings it, at the latest when this process waits.
    Checks.code(605, .noError) { () throws(ReturnCode) in try Process.timedWait(.microseconds(300)) }
    ended(606, .noError, byte: 33)
  }

  /// Each message once.
  private static func sampling() {
    var seen = SystemTime.zero
    Stage.withMessage(0) { message in
      func look(_ number: UInt64, _ expected: ReturnCode) {
        Checks.code(number, expected) { () throws(ReturnCode) in
          guard let dial = Stage.dial else { throw .invalidConfiguration }
          let found = try dial.readSamplingMessage(into: message, writtenAfter: seen)
          Checks.check(number + 1, found.written > seen && found.written <= Clock.now, seen: found.written.nanoseconds)
          Checks.check(number + 2, found.message == .init(byteCount: 8, isValid: true))
          seen = found.written
        }
      }
      look(650, .noAction)
      for round in 0..<2 as Range<UInt64> {
        message[0] = UInt8(20 + round)
        Checks.code(653 + 10 * round, .noError) { () throws(ReturnCode) in
          try Stage.gauge?.writeSamplingMessage(UnsafeRawBufferPointer(message))
        }
        message[0] = 0
        look(654 + 10 * round, .noError)
        Checks.check(657 + 10 * round, message[0] == 20 + UInt8(round), seen: UInt64(message[0]))
        look(658 + 10 * round, .noAction)
      }
    }
  }

  private static func order() {
    begin(700, .suspend)
    Checks.code(703, .noAction) { () throws(ReturnCode) in try Stage.player.suspend() }
    Checks.code(704, .noError) { () throws(ReturnCode) in try Stage.player.resume() }
    ended(705, .noError)
    Checks.code(710, .noError) { () throws(ReturnCode) in Checks.equal(711, try Process.lockPreemption(), 1) }
    let begun = Stage.begun
    Stage.deed = .nothing
    Checks.code(712, .noError) { () throws(ReturnCode) in try Stage.turn.signal() }
    Checks.equal(713, Stage.begun, begun)
    Checks.code(714, .noError) { () throws(ReturnCode) in Checks.equal(715, try Process.unlockPreemption(), 0) }
    Checks.equal(716, Stage.begun, begun + 1)
    // One of less priority than its caller is not begun, until it has more.
    Checks.code(720, .noError) { () throws(ReturnCode) in try Stage.player.setPriority(10) }
    Checks.code(721, .noError) { () throws(ReturnCode) in try Stage.turn.signal() }
    Checks.equal(722, Stage.begun, begun + 1)
    Checks.code(723, .noError) { () throws(ReturnCode) in try Stage.player.setPriority(30) }
    Checks.equal(724, Stage.begun, begun + 2)
    Checks.code(725, .invalidParameter) { () throws(ReturnCode) in try Stage.player.setPriority(240) }
    Checks.code(726, .noError) { () throws(ReturnCode) in try Stage.player.stop() }
    Checks.code(727, .noAction) { () throws(ReturnCode) in try Stage.player.stop() }
    Checks.code(728, .noError) { () throws(ReturnCode) in try Stage.player.start() }
  }

  private static func errors() {
    Stage.withMessage(11) { message in
      Checks.code(800, .noError) { () throws(ReturnCode) in
        try ErrorHandler.raiseApplicationError(UnsafeRawBufferPointer(message))
      }
    }
    Checks.equal(801, Stage.errors, 1)
    Checks.equal(802, Stage.rightErrors, 1)
    Checks.code(803, .invalidConfiguration) { () throws(ReturnCode) in _ = try ErrorHandler.takeFailure() }
  }

  /// The drummer is released with each period of the partition.
  private static func periods() {
    let before = Stage.beats
    Checks.code(900, .noError) { () throws(ReturnCode) in try Process.timedWait(.milliseconds(50)) }
    Checks.equal(901, Stage.beats, before + 5)
    Checks.code(902, .invalidMode) { () throws(ReturnCode) in try Stage.drummer.suspend() }
  }
}
