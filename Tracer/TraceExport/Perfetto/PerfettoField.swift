/// Field numbers of Perfetto's trace format, by message; the names are those of its `.proto` files.
enum PerfettoField {
  enum Trace {
    static let packet: UInt64 = 1
  }
  enum Packet {
    static let ftraceEvents: UInt64 = 1
    static let timestamp: UInt64 = 8
    static let trustedPacketSequenceId: UInt64 = 10
    static let trackEvent: UInt64 = 11
    static let previousPacketDropped: UInt64 = 42
    static let trackDescriptor: UInt64 = 60
  }
  enum TrackDescriptor {
    static let uuid: UInt64 = 1
    static let name: UInt64 = 2
    static let process: UInt64 = 3
    static let thread: UInt64 = 4
    static let parentUuid: UInt64 = 5
    static let counter: UInt64 = 8
  }
  enum ProcessDescriptor {
    static let pid: UInt64 = 1
    static let processName: UInt64 = 6
  }
  enum ThreadDescriptor {
    static let pid: UInt64 = 1
    static let tid: UInt64 = 2
    static let threadName: UInt64 = 5
  }
  enum CounterDescriptor {
    static let unit: UInt64 = 3
    static let unitCount: UInt64 = 2
  }
  enum TrackEvent {
    static let debugAnnotations: UInt64 = 4
    static let type: UInt64 = 9
    static let trackUuid: UInt64 = 11
    static let categories: UInt64 = 22
    static let name: UInt64 = 23
    static let counterValue: UInt64 = 30
    static let flowIds: UInt64 = 47
    static let terminatingFlowIds: UInt64 = 48
    // Values of `type`.
    static let sliceBegin: UInt64 = 1
    static let sliceEnd: UInt64 = 2
    static let instant: UInt64 = 3
    static let counter: UInt64 = 4
  }
  enum DebugAnnotation {
    static let boolValue: UInt64 = 2
    static let uintValue: UInt64 = 3
    static let stringValue: UInt64 = 6
    static let pointerValue: UInt64 = 7
    static let name: UInt64 = 10
  }
  enum FtraceEventBundle {
    static let cpu: UInt64 = 1
    static let event: UInt64 = 2
    static let lostEvents: UInt64 = 3
  }
  enum FtraceEvent {
    static let timestamp: UInt64 = 1
    static let pid: UInt64 = 2
    static let schedSwitch: UInt64 = 4
    static let schedWaking: UInt64 = 20
  }
  enum SchedSwitch {
    static let prevComm: UInt64 = 1
    static let prevPid: UInt64 = 2
    static let prevPrio: UInt64 = 3
    static let prevState: UInt64 = 4
    static let nextComm: UInt64 = 5
    static let nextPid: UInt64 = 6
    static let nextPrio: UInt64 = 7
  }
  enum SchedWaking {
    static let comm: UInt64 = 1
    static let pid: UInt64 = 2
    static let prio: UInt64 = 3
    static let success: UInt64 = 4
    static let targetCpu: UInt64 = 5
  }
}
