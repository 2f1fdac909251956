import Emulation
import Foundation
import GuestRing
import TextForms
import TraceFormat

/// A machine that runs its recording once more, and can be sent to any of its instructions.
///
/// To be used on one thread from start to end (`ChildProcess` says why).
public final class ReplayedMachine {
  private var child: ChildProcess
  private var monitor: QMPClient
  private let machine: Machine
  private let programs: DebuggingPrograms
  private let folder: RunFolder
  private let memory: GuestMemory
  private var probe: RingProbe?
  /// The last instruction from which there is a way back; known once the recording's end has been met.
  private var limit = UInt64.max
  private let onWait: (UInt64) -> Bool

  /// Starts it; it stands still before its first instruction.
  ///
  /// - Parameters:
  ///   - run: as it was recorded in `folder`.
  ///   - onWait: told how far the machine is while it runs; false gives up.
  public init(
    _ run: RepeatedRun, _ programs: DebuggingPrograms, in folder: RunFolder, onWait: @escaping (UInt64) -> Bool
  ) throws {
    self.folder = folder
    self.programs = programs
    self.onWait = onWait
    try Data(run.image).write(to: URL(fileURLWithPath: folder.image))
    for path in [folder.replayedMemory, folder.messages] { try Data().write(to: URL(fileURLWithPath: path)) }
    var machine = Machine(
      kernel: run.kernel, image: folder.image, trace: "", console: .output(path: ""), monitor: folder.monitor)
    machine.stopInstant = run.stopInstant
    machine.transport = run.transport
    machine.memoryFile = folder.replayedMemory
    machine.repetition = .replay(folder.recording, debugger: folder.debugger)
    self.machine = machine
    child = try Self.launch(machine, programs, folder)
    monitor = try Self.connect(to: &child, folder)
    memory = try GuestMemory(ramFile: folder.replayedMemory)
  }

  private static func launch(
    _ machine: Machine, _ programs: DebuggingPrograms, _ folder: RunFolder
  ) throws -> ChildProcess {
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    let messages = open(folder.messages, O_WRONLY | O_APPEND | O_CLOEXEC)
    defer { [nothing, messages].forEach { close($0) } }
    return try ChildProcess(
      program: programs.emulator, arguments: machine.arguments, guardian: programs.guardian, input: nothing,
      output: nothing, errors: messages)
  }

  private static func connect(to child: inout ChildProcess, _ folder: RunFolder) throws -> QMPClient {
    for _ in 0..<1000 {
      if let monitor = try? QMPClient(path: folder.monitor, timeout: .seconds(60)) { return monitor }
      if let status = child.poll() { throw gone(status, folder) }
      usleep(20_000)
    }
    throw EmulationError.monitor(reason: "it did not listen in time")
  }

  private static func gone(_ status: ChildProcess.Status, _ folder: RunFolder) -> EmulationError {
    let messages = (try? String(contentsOfFile: folder.messages, encoding: .utf8)) ?? ""
    return .monitor(reason: "the emulator has ended, \(status); it said: \(messages)")
  }

  /// Runs or goes back until so many instructions have run; fewer where the recording ends before.
  @discardableResult
  public func seek(to count: UInt64) throws -> UInt64 {
    let wanted = min(count, limit)
    guard let reached = try monitor.seek(to: wanted, onWait: onWait) else { throw RevisitError.interrupted }
    guard reached < wanted else { return reached }
    // QEMU lets nobody back from there: another emulator has to take its place, and to stop before.
    limit = reached - 1
    _ = child.end()
    for path in [folder.monitor, folder.debugger] { unlink(path) }
    child = try Self.launch(machine, programs, folder)
    monitor = try Self.connect(to: &child, folder)
    return try seek(to: limit)
  }

  /// How far before an event states are saved, in ns: going back is quick from there.
  private static let statesBefore: [UInt64] = [500_000_000, 50_000_000]
  /// The last one, close to the event.
  private static let closeState: UInt64 = 50_000

  /// Goes to the instruction that completes the head of an event's record in the ring, and stands before it.
  ///
  /// One instruction is one nanosecond, and the module's clock begins some milliseconds after the machine's: so the
  /// event's time, taken as a count of instructions, is a little before the event.
  ///
  /// - Parameters:
  ///   - place: where the record is.
  ///   - entryTime: the time of the input that the event belongs to: the record may be given a later time at last.
  /// - Returns: the number of instructions before it.
  public func goToStore(of event: TraceEvent, at place: RingPlace, entryTime: UInt64) throws -> UInt64 {
    for (index, distance) in Self.statesBefore.enumerated() where distance < event.time {
      try seek(to: event.time - distance)
      try monitor.saveState(named: "before\(index)")
    }
    var low = event.time
    try seek(to: low)
    while hasRecorded(place.word), low > 0 {
      low /= 2
      try seek(to: low)
    }
    try monitor.saveState(named: "near")
    let high = try firstAfter(low) { self.hasRecorded(place.word) }
    let closed = try InstructionSearch.first(in: low...high) { count in
      try self.seek(to: count)
      return self.hasRecorded(place.word)
    }
    func isStored(_ count: UInt64) throws -> Bool {
      try seek(to: count)
      guard let probe = ringProbe(), let time = probe.word(place.word) else { return false }
      return time >= entryTime && time <= event.time && probe.word(place.word + 1) == place.head
    }
    guard try isStored(closed) else {
      throw RevisitError.notFound(reason: "the ring has another record in its place")
    }
    var before = Self.closeState
    while closed - low > before, try isStored(closed - before) { before *= 4 }
    let base = closed - min(before, closed - low)
    if base > low { try monitor.saveState(named: "close") }
    let stored = try InstructionSearch.first(in: base...closed, isStored)
    return try seek(to: stored - 1)
  }

  /// A count at which something holds that does not yet hold at `low`.
  private func firstAfter(_ low: UInt64, _ holds: () throws -> Bool) throws -> UInt64 {
    var step: UInt64 = 8_000_000
    while true {
      let wanted = low + step
      let reached = try seek(to: wanted)
      if try holds() { return reached }
      guard reached == wanted else {
        throw RevisitError.notFound(reason: "the recording ends before it, at instruction \(reached)")
      }
      step *= 2
    }
  }

  private func hasRecorded(_ word: UInt64) -> Bool { ringProbe().map { $0.recordedWords > word } ?? false }

  /// The ring, once the kernel has made it.
  private func ringProbe() -> RingProbe? {
    if probe == nil { probe = try? RingProbe(memory) }
    return probe
  }

  /// Where a record is in the kernel's address space; nil while the kernel has no ring.
  public func address(of place: RingPlace) -> UInt64? {
    ringProbe().map { $0.beacon.kernelRing + place.word % ($0.beacon.ringBytes / 8) * 8 }
  }

  /// Who was interrupted when the kernel was entered in which the machine is; nil where that cannot be told.
  public func interruptedContext(_ places: KernelPlaces) throws -> InterruptedContext? {
    let text = try monitor.printed(by: "x /1gx \(places.foundRoot.hexadecimal)")
    guard let number = text.split(separator: ":").last?.split(whereSeparator: \.isWhitespace).first,
      number.hasPrefix("0x"), let root = UInt64(number.dropFirst(2), radix: 16)
    else { return nil }
    return InterruptedContext(places, root: root) { self.memory.word($0) }
  }

  /// Makes sure that the machine is there for the debugger; it is not to be sent anywhere by us afterwards.
  public func handOver() throws {
    if let status = child.poll() { throw Self.gone(status, folder) }
  }
}
