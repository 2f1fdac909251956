import APEXTypes
import ModuleConfiguration

/// L, the switch allowance: the longest time for which a module's interrupts can be off, as the sum of its named parts.
///
/// The kernel arms the window timer L before each boundary and spends what is left of it waiting, so the first
/// instruction of a window comes at its instant whatever the kernel was doing before. The costs are nanoseconds of
/// virtual time, which under the emulator are guest instructions; they are upper bounds found by measurement.
///
/// **Messages are copied whole.** A message is copied in one piece with interrupts off, and digested for the trace
/// (CRC-32C) in the same piece: no reader ever sees half of one. So the longest copy is part of L: the greatest
/// `MaxMessageSize` of the module's ports, each eight bytes at `Cost.copiedWord`, and for a queuing channel one step
/// for each of its destinations. A module without long messages has none of this in its L. Nothing is cut into pieces
/// but the memory of a partition that starts anew.
public struct SwitchAllowance: Equatable, Sendable {
  /// One summand of L.
  struct Part: Equatable, Sendable {
    var name: String
    var time: Nanoseconds
  }

  /// In the order in which the kernel runs through them.
  var parts: [Part]

  /// L itself.
  public var total: Nanoseconds { parts.reduce(Nanoseconds(0)) { $0 + $1.time } }

  /// What one thing that the kernel does may take, in nanoseconds.
  enum Cost {
    /// From the vector's entry stub to Swift code, context saved, and the input recorded; seen: 100.
    static let interruptEntry: UInt64 = 300
    /// From Swift code to the first instruction in ring 3, and what is looked at on the way. A whole interrupt with one
    /// mark, its acknowledgement and new masks: 625 seen, against 950.
    static let interruptExit: UInt64 = 300
    /// One vCPU's mark, its event included.
    static let mark: UInt64 = 150
    /// Acknowledge recipe and end of interrupt at one or two controllers.
    static let acknowledge: UInt64 = 200
    /// A hypercall's entry, decision and events, without what grows with its operand and without an upcall; seen: 1060.
    /// An error that is raised has no operand and takes 1760 (32 partitions, a full log): less than a piece of memory.
    static let hypercallBase: UInt64 = 1500
    /// Eight bytes of a message, copied and digested; seen: 2.5.
    static let copiedWord: UInt64 = 4
    /// One destination of a queuing channel: its queue looked at, the message put in, its loss or its mark recorded.
    static let queuingDestination: UInt64 = 250
    /// Eight words of a note, one event; seen: 26.
    static let notedEvent: UInt64 = 32
    /// One port whose name is compared when a port is created (seen: 105), or which is forgotten when its partition
    /// stops.
    static let comparedPort: UInt64 = 300
    /// One module schedule whose name is compared when a partition asks for it: any partition may; seen: 149.
    static let comparedSchedule: UInt64 = 300
    /// One event channel that is looked at when an event is raised.
    static let comparedChannel: UInt64 = 20
    /// One byte of console output.
    static let consoleByte: UInt64 = 40
    /// A keyframe at the start of a major frame, without its words.
    static let keyframeBase: UInt64 = 600
    /// One word of a keyframe, gathered, stored and digested; seen: 25, and 40 where it holds exception handlers.
    static let keyframeWord: UInt64 = 35
    /// An upcall's frame, written to the partition's stack and checked; seen: 580.
    static let upcallFrame: UInt64 = 600
    /// A boundary passed, address space, extended state, register page, a look at the first instruction.
    static let partitionSwitch: UInt64 = 1000
    /// A piece of a partition's memory made anew, besides its words: the core's answer, the registers of a beginning,
    /// and the switch that follows the last one; seen: 1215.
    static let pieceBase: UInt64 = 1500
    /// Forgetting what a partition was, and its events, without its ports; seen: 850.
    static let restart: UInt64 = 1000
    /// One port that a partition's start forgets, with the mark for a sender that it held back.
    static let forgottenPort: UInt64 = 100
    /// One partition at the start of another module schedule: its action, and what the schedule gives it shown in its
    /// information page; by the disassembly some 60.
    static let shownPromise: UInt64 = 80
    /// A mark in a flight recorder's ring, with the head published; by the disassembly some 60, twice in one path.
    static let ringMarks: UInt64 = 200
    /// The last wait, which the exact start is counted from: what interrupts right before it must be dealt with when
    /// the window starts. Seen: 1,900, for a pulse of the test device that masks its line.
    static let finalPad: UInt64 = 2200
  }

  /// The last part of L.
  static let finalPad = Nanoseconds(Cost.finalPad)

  /// L of a module.
  public init(_ module: ModuleDescription) {
    let messageLimit = UInt64(ModuleLimits.maximumMessageBytes)
    let largest = module.partitions.flatMap(\.ports).map { min($0.maximumMessageBytes, messageLimit) }.max() ?? 0
    let mostPorts = min(module.partitions.map(\.ports.count).max() ?? 0, ModuleLimits.maximumPortCount)
    let operand = max(
      (largest + 7) / 8 * Cost.copiedWord + Self.mostDestinations(module) * Cost.queuingDestination,
      UInt64(ModuleLimits.maximumConsoleBytes) * Cost.consoleByte,
      UInt64(ModuleLimits.maximumNoteWords / 8) * Cost.notedEvent,
      UInt64(mostPorts) * Cost.comparedPort,
      UInt64(module.schedules.count) * Cost.comparedSchedule,
      UInt64(min(module.eventChannels.count, ModuleLimits.maximumEventChannelCount)) * Cost.comparedChannel)
    let backlog = module.lines.prefix(ModuleLimits.lineCount).reduce(UInt64(0)) {
      $0 + Self.interruptCost(ownerCount: $1.owners.count).count
    }
    // A piece of memory is made where a hypercall might have been made.
    let piece = UInt64(ModuleLimits.restartPieceBytes) / 8 + Cost.pieceBase
    // A callback or action of a partition at its window's end, and one of its successor's at its window's start.
    let resets = module.health.mayReset ? min(module.partitions.count, ModuleLimits.maximumPartitionCount) : 0
    let partitions = UInt64(min(module.partitions.count, ModuleLimits.maximumPartitionCount))
    let costs: [(String, UInt64)] = [
      ("longest hypercall or piece of memory", max(Cost.hypercallBase + operand, piece)),
      ("restarts", UInt64(2 + resets) * (Cost.restart + UInt64(mostPorts) * Cost.forgottenPort)),
      ("timer entry", Cost.interruptEntry),
      ("backlog of lines", backlog),
      ("keyframe", Cost.keyframeBase + Self.keyframeWordCount(module) * Cost.keyframeWord),
      ("marks of the ring", module.trace.ringPolicy == .flightRecorder ? Cost.ringMarks : 0),
      ("another schedule", module.schedules.count > 1 ? partitions * Cost.shownPromise : 0),
      ("partition switch", Cost.partitionSwitch),
      ("upcall frame", Cost.upcallFrame),
      ("final pad", Cost.finalPad),
    ]
    parts = costs.filter { $0.1 > 0 }.map { Part(name: $0.0, time: Nanoseconds($0.1)) }
  }

  /// Words that the state of a module has at most, as `PartitionCore.forEachStateWord` gives them.
  private static func keyframeWordCount(_ module: ModuleDescription) -> UInt64 {
    let partitions = min(module.partitions.count, ModuleLimits.maximumPartitionCount)
    let ports = min(module.partitions.reduce(0) { $0 + $1.ports.count }, ModuleLimits.maximumPortCount)
    let lines = module.lines.prefix(ModuleLimits.lineCount)
    let owned = lines.reduce(0) { $0 + min($1.owners.count, ModuleLimits.maximumPartitionCount) }
    let events = min(module.eventChannels.count, ModuleLimits.maximumEventChannelCount)
    // Of each partition 14 words, of timer and exception entry 5, of its exception handlers 17; of each interrupt that
    // it may use (lines, events, and the kernel's own three) two. The log of errors has three words an entry; modes and
    // schedules a word a partition and a few.
    let interrupts = owned + events + partitions * 3
    let life = partitions + 6 + ModuleLimits.errorLogLength * 3
    return UInt64(12 + lines.count + partitions * (14 + 5 + 17) + interrupts * 2 + ports / 64 + 1 + life)
      + portWordCount(module)
  }

  /// Of each channel at most three words, of each destination one and its queue.
  private static func portWordCount(_ module: ModuleDescription) -> UInt64 {
    let destinations = module.partitions.flatMap(\.ports).filter { $0.direction == .destination }
    let queued = destinations.reduce(UInt64(0)) {
      $0 + min($1.maximumMessageCount ?? 0, UInt64(ModuleLimits.maximumQueuedMessages))
    }
    return UInt64(min(module.channels.count, ModuleLimits.maximumPortCount) * 3 + destinations.count) + queued
  }

  /// Destinations of the queuing channel that has most of them.
  private static func mostDestinations(_ module: ModuleDescription) -> UInt64 {
    let queuing = Set(
      module.partitions.flatMap { partition in
        partition.ports.filter { $0.kind == .queuing && $0.direction == .source }.map {
          ChannelEnd(partition: partition.identifier, port: $0.name)
        }
      })
    let channels = module.channels.filter {
      queuing.contains(ChannelEnd(partition: $0.source.partitionIdentifier, port: $0.source.portName))
    }
    return UInt64(min(channels.map(\.destinations.count).max() ?? 0, ModuleLimits.maximumPortCount))
  }

  private struct ChannelEnd: Hashable {
    var partition: UInt64
    var port: String
  }

  /// What one interrupt takes from whatever it interrupts: entry, a mark for each owner, acknowledgement, exit.
  public static func interruptCost(ownerCount: Int) -> Nanoseconds {
    let owners = UInt64(min(ownerCount, ModuleLimits.maximumPartitionCount))
    return Nanoseconds(Cost.interruptEntry + owners * Cost.mark + Cost.acknowledge + Cost.interruptExit)
  }
}
