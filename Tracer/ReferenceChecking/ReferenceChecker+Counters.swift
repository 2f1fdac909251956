import ModuleConfiguration
import TraceFormat

/// Upcalls as the partition counts them in its shared page: entered, returned, unfinished.
extension ReferenceChecker {
  /// What is known of a partition's counts at some place of the trace.
  private struct Counts {
    var isKnown = false
    var entered: UInt16 = 0
    var returned: UInt16 = 0
    /// Upcalls decided and not yet counted by the partition, and its time in ring 3 since the last of them.
    var owed = 0
    var inRing3: UInt64 = 0
    /// Upcalls from which nobody has returned, none where more returns were counted than upcalls; nil if unknown.
    var unfinished: Int? = 0
  }

  func judgeCounters() {
    for partition in 0..<table.partitionCount { judgeCounters(of: partition) }
    for index in places[Int(EventKind.upcallsReturned.rawValue)] {
      guard let input = input(of: index) else { continue }
      // What is learnt at an entry of its own is judged there; the idle loop returns from nothing.
      let isOwn = isEntry(input) && events[input].partition == events[index].partition
      require("upcall.returned", isOwn && events[index].partition != 0xFF)
    }
  }

  private func judgeCounters(of partition: Int) {
    var counts = countsBeforeInputs(of: partition)
    for (number, step) in steps.enumerated() {
      if isEntry(step.input), self.partition(step.input) == partition {
        unfinished[number] = counts.unfinished
        let before = counts
        judgeEntry(step, &counts)
        // What is not known tells of no return.
        if before.isKnown, before.unfinished != nil, counts.returned != before.returned {
          returns[partition].append(step.input)
        }
      }
      for index in all(.restart, in: range(step)) where self.partition(index) == partition {
        // The shared page is new with the module's start only.
        counts = Counts(isKnown: kinds[step.input] == .start)
      }
      depths[partition].append(counts.unfinished)
      // Whether the shared page outlived a start that was not told, nobody knows.
      defer { if isStartUntold(partition, in: step) { (counts.isKnown, counts.unfinished) = (false, nil) } }
      guard let decided = upcall(step), self.partition(decided) == partition else { continue }
      if let before = counts.unfinished {
        let told = Int(events[decided].detail >> 1)
        require("upcall.depth", told == before + 1 && told <= Int(record(of: partition).maximumUpcallDepth))
        counts.unfinished = before + 1
      }
      counts.owed += 1
      counts.inRing3 = 0
    }
  }

  /// What is known when the first input comes: nothing has been entered yet, unless an upcall or a start came before.
  private func countsBeforeInputs(of partition: Int) -> Counts {
    let range = 0..<(steps.first?.input ?? events.count)
    var counts = Counts(isKnown: !all(.restart, in: range).contains { self.partition($0) == partition })
    // As within a step only the first upcall counts.
    if let decided = all(.upcall, in: range).first, self.partition(decided) == partition {
      counts.owed = 1
      counts.unfinished = 1
    }
    return counts
  }

  private func judgeEntry(_ step: Step, _ counts: inout Counts) {
    let entry = snapshot(step.input)
    let returned = counts.isKnown ? entry.upcallsReturned &- counts.returned : 0
    let isPast = kinds[step.input] == .hypercall
    if counts.isKnown {
      let entered = Int(entry.upcallsEntered &- counts.entered)
      if counts.owed != 0 || entered != 0 {
        let before = step.input > 0 ? events[step.input - 1].time : 0
        counts.inRing3 = counts.inRing3 &+ (events[step.input].time &- (before &+ entry.resumeDelay))
        // Its first instructions count it: an entry may come before them, but none that they lead to, or much later.
        let mayLag = !isPast && events[step.input].detail & 3 == 0 && counts.inRing3 <= 100_000
        let isRight = entered == counts.owed || mayLag && entered + 1 == counts.owed
        require("upcall.entered", isRight)
        counts.owed = isRight ? counts.owed - entered : 0
      }
      require("upcall.returned", entry.upcallsEntered &- entry.upcallsReturned < 0x8000)
      judgeLearnt(step, returned)
    } else {
      counts.owed = 0
    }
    if let before = counts.unfinished {
      counts.unfinished = max(0, before - Int(returned))
    } else if isPast, counts.owed == 0 {
      let all = entry.upcallsEntered &- entry.upcallsReturned
      counts.unfinished = all < 0x8000 ? Int(all) : nil
    }
    counts.entered = entry.upcallsEntered
    counts.returned = entry.upcallsReturned
    counts.isKnown = true
  }

  /// What the kernel learns of returns is what the counter moved by, and is told once.
  private func judgeLearnt(_ step: Step, _ returned: UInt16) {
    let told = all(.upcallsReturned, in: range(step)).filter { partition($0) == partition(step.input) }
    if returned == 0 || !has(step, .stop) { require("upcall.returned", told.count == (returned == 0 ? 0 : 1)) }
    for index in told { require("upcall.returned", events[index].operand == UInt32(returned)) }
  }
}
