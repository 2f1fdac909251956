/// Something that is measured in a trace, with what it is measured of.
public enum TraceMeasure: Hashable, Sendable {
  /// Kernel entry of an interrupt to each vCPU's mark by it. Subject: the vector.
  case interruptToMark(vector: UInt8)
  /// First waiting mark to the upcall's frame written. Subject: the partition.
  case markToUpcall(partition: UInt8)
  /// Kernel entry of a hypercall to its result; 0 where that is decided at the very entry.
  case hypercallToResult(number: UInt16)
  /// Kernel entry of a hypercall to the caller's next instruction, where the caller is what runs next: not of `yield`.
  case hypercallToResume(number: UInt16)
  /// Kernel entry at a window's end to all being ready for the next window, the wait for its instant left out.
  case windowSwitch(partition: UInt8)
  /// Time in ring 3 from one kernel exit to the next entry.
  case ringThree(partition: UInt8)
  /// First to last event of a window.
  case window(partition: UInt8)
  /// Event of the window's start less its nominal instant.
  case windowStartLateness(partition: UInt8)

  /// What is measured, without its subject.
  public var title: String {
    switch self {
    case .interruptToMark: "interrupt → mark"
    case .markToUpcall: "mark → upcall written"
    case .hypercallToResult: "hypercall → result"
    case .hypercallToResume: "hypercall → resumed"
    case .windowSwitch: "timer → window ready"
    case .ringThree: "ring 3 between entries"
    case .window: "window length"
    case .windowStartLateness: "nominal window start → event"
    }
  }

  /// What it is measured of, by name: a vector, a hypercall, a partition, or the idle loop.
  public func subject(_ vocabulary: TraceVocabulary) -> String {
    switch self {
    case .interruptToMark(let vector): TraceVocabulary.vector(UInt64(vector))
    case .hypercallToResult(let number), .hypercallToResume(let number):
      number == TraceStatistics.unknownHypercall ? "unknown hypercalls" : TraceVocabulary.hypercall(number)
    case .markToUpcall(let partition), .windowSwitch(let partition), .ringThree(let partition),
      .window(let partition), .windowStartLateness(let partition):
      partition == 0xFF ? "idle" : vocabulary.partition(partition)
    }
  }

  /// The order in which measures are shown.
  var rank: (Int, Int) {
    switch self {
    case .interruptToMark(let vector): (0, Int(vector))
    case .markToUpcall(let partition): (1, Int(partition))
    case .hypercallToResult(let number): (2, Int(number))
    case .hypercallToResume(let number): (3, Int(number))
    case .windowSwitch(let partition): (4, Int(partition))
    case .ringThree(let partition): (5, Int(partition))
    case .window(let partition): (6, Int(partition))
    case .windowStartLateness(let partition): (7, Int(partition))
    }
  }
}
