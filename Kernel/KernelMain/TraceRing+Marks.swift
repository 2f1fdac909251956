import ArchX86
import ModuleConfiguration

/// A flight recorder's marks: where records begin, for whoever finds the ring without having followed it.
extension TraceRing {
  private static var marksPerKeyframe: UInt64 { UInt64(RingControl.marksPerRing / 4) }

  /// Says that a record begins at the head, and how many events there are before it.
  ///
  /// Whole records are overwritten and nobody walks over them: the reader goes on at the oldest mark whose words are
  /// still there. So a mark takes the same few stores however long the records are.
  mutating func mark() {
    markCount &+= 1
    let place = control + RingControl.marks + Int(truncatingIfNeeded: markCount) % RingControl.keptMarks * 16
    Instruction.store64(head, to: place)
    Instruction.store64(events, to: place + 8)
    Instruction.store64(markCount, to: control + RingControl.markCount)
    // Calls at once do not publish: a window of them may go round the ring.
    publish()
    // Of four keyframes in a ring one at least is whole, and behind it what came last.
    if markCount % Self.marksPerKeyframe == 0 { needsKeyframe = true }
    nextMark = head &+ capacityWords / UInt64(RingControl.marksPerRing)
  }
}
