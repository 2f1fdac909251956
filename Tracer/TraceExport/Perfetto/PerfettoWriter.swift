import TraceReading

/// A trace for ui.perfetto.dev and `trace_processor`: Perfetto's protobuf.
///
/// Tracks are track events; the scheduling of partitions is told as ftrace events besides, so that the viewer shows who
/// had the CPU and in which state every partition was (running, runnable, sleeping). A partition is a process with one
/// thread, whose identifier is its index + 101; the idle loop is thread 0.
public final class PerfettoWriter: TrackWriter {
  private typealias Field = PerfettoField
  /// The CPU belongs to this thread while events are missing.
  static let lostThread: UInt64 = 9999
  /// Viewers take some small numbers for threads of Linux: 2 for the one that makes the kernel's own.
  private static let firstProcess: UInt64 = 101
  private static let moduleProcess: UInt64 = 1000
  private static let trackSequence: UInt64 = 1
  private static let schedulingSequence: UInt64 = 2

  private let file: ExportFile
  /// What is being written; kept for its memory.
  private var packet = ProtobufMessage()
  private var scene = TrackScene(module: "", partitions: [], processes: [])
  private var identifiers: [Track: UInt64] = [:]
  private var hasLostTracks = false
  private var hasLostScheduling = false

  /// What went wrong in the file.
  public var failure: ExportFailure? { file.failure }

  /// Nothing is written before `declare`.
  public init(_ file: ExportFile) { self.file = file }

  // MARK: Packets

  private func writePacket(_ fill: (inout ProtobufMessage) -> Void) {
    packet.removeAll()
    packet.put(Field.Trace.packet, fill)
    file.write(packet.bytes)
  }

  private func writeEvent(
    _ track: Track, _ type: UInt64, at time: UInt64, _ fill: (inout ProtobufMessage) -> Void
  ) {
    guard let identifier = identifiers[track] else { return }
    writePacket { packet in
      packet.put(Field.Packet.timestamp, time)
      packet.put(Field.Packet.trustedPacketSequenceId, Self.trackSequence)
      if hasLostTracks { packet.put(Field.Packet.previousPacketDropped, 1) }
      hasLostTracks = false
      packet.put(Field.Packet.trackEvent) { event in
        event.put(Field.TrackEvent.type, type)
        event.put(Field.TrackEvent.trackUuid, identifier)
        fill(&event)
      }
    }
  }

  // MARK: Tracks

  private static func process(_ partition: Int?) -> UInt64 {
    partition.map { UInt64($0) + firstProcess } ?? moduleProcess
  }
  private static func processTrack(_ partition: Int?) -> UInt64 { process(partition) << 16 }

  /// Writes descriptors: a process for the module and for each partition, and all tracks below them.
  public func declare(_ scene: TrackScene) {
    self.scene = scene
    declareProcess(nil, "module \(scene.module)")
    for (index, name) in scene.partitions.enumerated() { declareProcess(index, name) }
    for track in scene.tracks { declareTrack(track) }
  }

  private func declareProcess(_ partition: Int?, _ name: String) {
    writePacket { packet in
      packet.put(Field.Packet.trustedPacketSequenceId, Self.trackSequence)
      packet.put(Field.Packet.trackDescriptor) { track in
        track.put(Field.TrackDescriptor.uuid, Self.processTrack(partition))
        track.put(Field.TrackDescriptor.process) { process in
          process.put(Field.ProcessDescriptor.pid, Self.process(partition))
          process.put(Field.ProcessDescriptor.processName, name)
        }
      }
    }
  }

  private func declareTrack(_ track: Track) {
    let owner = scene.owner(of: track)
    let offset = track.topic == .process ? 256 + UInt64(track.index) : UInt64(track.topic.rawValue) + 1
    let identifier = Self.processTrack(owner) + offset
    identifiers[track] = identifier
    writePacket { packet in
      packet.put(Field.Packet.trustedPacketSequenceId, Self.trackSequence)
      packet.put(Field.Packet.trackDescriptor) { descriptor in
        descriptor.put(Field.TrackDescriptor.uuid, identifier)
        descriptor.put(Field.TrackDescriptor.name, scene.title(of: track))
        if track.topic == .cpu {
          // The thread whose states the scheduling events tell.
          descriptor.put(Field.TrackDescriptor.thread) { thread in
            thread.put(Field.ThreadDescriptor.pid, Self.process(owner))
            thread.put(Field.ThreadDescriptor.tid, Self.process(owner))
            thread.put(Field.ThreadDescriptor.threadName, scene.partitions[track.index])
          }
        } else {
          descriptor.put(Field.TrackDescriptor.parentUuid, Self.processTrack(owner))
        }
        if track.isCounter {
          descriptor.put(Field.TrackDescriptor.counter) { counter in
            counter.put(Field.CounterDescriptor.unit, Field.CounterDescriptor.unitCount)
          }
        }
      }
    }
  }

  // MARK: Events on tracks

  private static func put(_ fields: [EventField], in event: inout ProtobufMessage) {
    for field in fields {
      event.put(Field.TrackEvent.debugAnnotations) { annotation in
        // A number has no unit here: its name says it, as in JSON.
        let isTime =
          switch field.value {
          case .duration, .instant: true
          default: false
          }
        annotation.put(Field.DebugAnnotation.name, isTime ? field.name + "Ns" : field.name)
        switch field.value {
        case .count(let value), .duration(let value), .instant(let value):
          annotation.put(Field.DebugAnnotation.uintValue, value)
        case .address(let value): annotation.put(Field.DebugAnnotation.pointerValue, value)
        case .flag(let isSet): annotation.put(Field.DebugAnnotation.boolValue, isSet ? 1 : 0)
        case .name(let text): annotation.put(Field.DebugAnnotation.stringValue, text)
        }
      }
    }
  }

  /// Begins a slice; a flow's arrow arrives at it.
  public func begin(_ track: Track, _ name: String, _ arguments: [EventField], flow: FlowStep?, at time: UInt64) {
    writeEvent(track, Field.TrackEvent.sliceBegin, at: time) { event in
      event.put(Field.TrackEvent.categories, track.topic.name)
      event.put(Field.TrackEvent.name, name)
      if let flow {
        let field = flow.isLast ? Field.TrackEvent.terminatingFlowIds : Field.TrackEvent.flowIds
        event.put(fixed: field, flow.identifier &+ 1)
      }
      Self.put(arguments, in: &event)
    }
  }

  /// Ends the innermost slice that is open on the track, and adds arguments to it.
  public func end(_ track: Track, _ arguments: [EventField], at time: UInt64) {
    writeEvent(track, Field.TrackEvent.sliceEnd, at: time) { Self.put(arguments, in: &$0) }
  }

  /// Writes an instant; `beginsFlow`, a mark's position, is where an arrow to an upcall begins.
  public func instant(
    _ track: Track, _ name: String, _ arguments: [EventField], beginsFlow: UInt64?, at time: UInt64
  ) {
    writeEvent(track, Field.TrackEvent.instant, at: time) { event in
      event.put(Field.TrackEvent.categories, track.topic.name)
      event.put(Field.TrackEvent.name, name)
      // 0 is no flow, so positions are moved by one.
      if let beginsFlow { event.put(fixed: Field.TrackEvent.flowIds, beginsFlow &+ 1) }
      Self.put(arguments, in: &event)
    }
  }

  /// Writes a counter's new value.
  public func count(_ track: Track, _ value: UInt64, at time: UInt64) {
    writeEvent(track, Field.TrackEvent.counter, at: time) { $0.put(Field.TrackEvent.counterValue, value) }
  }

  // MARK: Scheduling

  private func thread(_ partition: UInt8?) -> (UInt64, String) {
    guard let partition else { return (Self.lostThread, "(events lost)") }
    guard partition != 0xFF else { return (0, "swapper/0") }
    let index = Int(partition)
    return (Self.process(index), index < scene.partitions.count ? scene.partitions[index] : "partition \(index)")
  }

  private func writeScheduling(at time: UInt64, pid: UInt64, _ fill: (inout ProtobufMessage) -> Void) {
    writePacket { packet in
      packet.put(Field.Packet.trustedPacketSequenceId, Self.schedulingSequence)
      packet.put(Field.Packet.ftraceEvents) { bundle in
        bundle.put(Field.FtraceEventBundle.cpu, 0)
        bundle.put(Field.FtraceEventBundle.event) { event in
          event.put(Field.FtraceEvent.timestamp, time)
          event.put(Field.FtraceEvent.pid, pid)
          fill(&event)
        }
        if hasLostScheduling { bundle.put(Field.FtraceEventBundle.lostEvents, 1) }
        hasLostScheduling = false
      }
    }
  }

  /// Writes `sched_switch`: whoever is ready stays runnable, else it sleeps; nothing where the CPU stays where it is.
  public func schedule(from: UInt8?, to: UInt8?, isReady: Bool, at time: UInt64) {
    let (previous, previousName) = thread(from)
    let (next, nextName) = thread(to)
    guard previous != next else { return }
    writeScheduling(at: time, pid: previous) { event in
      event.put(Field.FtraceEvent.schedSwitch) { change in
        change.put(Field.SchedSwitch.prevComm, previousName)
        change.put(Field.SchedSwitch.prevPid, previous)
        change.put(Field.SchedSwitch.prevPrio, 0)
        // 0: it could run on; 1: it sleeps.
        change.put(Field.SchedSwitch.prevState, isReady ? 0 : 1)
        change.put(Field.SchedSwitch.nextComm, nextName)
        change.put(Field.SchedSwitch.nextPid, next)
        change.put(Field.SchedSwitch.nextPrio, 0)
      }
    }
  }

  /// Writes `sched_waking`, by which the thread is runnable until it has the CPU.
  public func wake(_ partition: UInt8, at time: UInt64) {
    let (thread, name) = thread(partition)
    writeScheduling(at: time, pid: 0) { event in
      event.put(Field.FtraceEvent.schedWaking) { waking in
        waking.put(Field.SchedWaking.comm, name)
        waking.put(Field.SchedWaking.pid, thread)
        waking.put(Field.SchedWaking.prio, 0)
        waking.put(Field.SchedWaking.success, 1)
        waking.put(Field.SchedWaking.targetCpu, 0)
      }
    }
  }

  /// Lets the next packet of either sequence say that some before it are missing.
  public func noteLoss() {
    hasLostTracks = true
    hasLostScheduling = true
  }

  /// Hands the last packets over.
  public func finish() { file.flush() }
}
