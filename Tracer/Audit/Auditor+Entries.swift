import ModuleConfiguration
import TraceFormat

/// Entries into the kernel: each ends a stretch in ring 3, and tells when that had begun.
extension Auditor {
  mutating func enter(_ kind: EventKind, _ event: TraceEvent) {
    let before = step
    let resume = last &+ event.words.w1
    let isKnown = events > 0
    let partition = Int(event.partition)
    judgeOverdueTimer(kind)
    if let entryTime, isKnown, resume >= entryTime { kernelReturned(entryTime, resume, partition, before) }
    // The step before is over: its upcall is the partition's now.
    beginStep(kind, event)
    if partition < partitions.count {
      window?.isAwaited = false
      foundRunning(partition, resume, isKnown)
      if let awaited = partitions[partition].awaited {
        partitions[partition].awaited = nil
        if isKnown {
          let value = clock(of: partition, at: resume) &- awaited.clock
          measure(
            "budget.markToUpcall.\(awaited.line)", Int64(clamping: value),
            over: Measure.Span(from: awaited.instant, to: resume, part: .windows(of: partition)))
        }
      }
    }
    entryTime = now
    isEntryForeign = false
    readyTime = nil
    if kind == .timer { timer() }
    if kind == .interrupt, !step.isSpurious, let window, partition == window.owner, step.what >= 32, step.what < 48 {
      isEntryForeign = facts.permitted[partition] >> (step.what - 32) & 1 == 0
    }
  }

  /// What the kernel did from its entry to the resume.
  private mutating func kernelReturned(_ entry: UInt64, _ resume: UInt64, _ partition: Int, _ before: Step) {
    let spent = resume - entry
    var work = spent
    if let readyTime, readyTime >= entry {
      work = readyTime - entry
    } else if window?.isAwaited == true, partition < partitions.count, last >= entry {
      work = last - entry
      if facts.leftOut.contains(.acknowledged) { untoldKernelTime &+= spent - min(work, spent) }
    }
    kernelTime = kernelTime &+ work
    if frameEnded {
      frameEnded = false
      if isKernelTimeKnown {
        measure(
          "budget.kernelTime", Int64(clamping: kernelTime),
          over: Measure.Span(from: kernelTimeSince, to: resume, part: .kernel))
      }
      if let place = places["budget.kernelTime"], isKernelTimeKnown, untoldKernelTime > 0,
        Int64(clamping: kernelTime &+ untoldKernelTime) > measures[place].bound
      {
        measures[place].isOpen = true
      }
      kernelTime = 0
      untoldKernelTime = 0
      kernelTimeSince = resume
      isKernelTimeKnown = true
    }
    // Before its owner's first instant nothing can be taken from a window, whenever the interrupt came.
    if isEntryForeign, let open = window, partition == open.owner, open.first != nil { window?.stolen &+= spent }
    if before.kind == .hypercall, before.partition == partition, !before.switched, !before.upcalled, readyTime == nil {
      measure(
        "budget.hypercall.\(before.what)", Int64(clamping: spent), at: before.position,
        over: Measure.Span(from: before.time, to: resume))
    }
  }

  /// A partition was found in ring 3, resumed at `resume`.
  private mutating func foundRunning(_ partition: Int, _ resume: UInt64, _ isKnown: Bool) {
    partitions[partition].isStarting = false
    guard partitions[partition].mode != 0 else { return }
    if partitions[partition].hasYielded, partition != facts.drainer { return }
    guard var open = window, open.owner == partition else { return }
    measure("window.end.instant", Int64(from: open.end, to: now), over: Measure.Span(from: open.end, to: now))
    guard open.awaitsFirst, isKnown else { return }
    open.awaitsFirst = false
    open.first = max(resume, open.start)
    let isEarly = resume < open.start
    let error = isEarly ? open.start - resume : resume - open.start
    if !open.isPadded, !open.ranBefore { fail("padding.margin") }
    measure(
      "window.start.instant", isEarly && open.ranBefore ? 0 : Int64(clamping: error),
      over: isEarly && open.ranBefore
        ? nil : Measure.Span(from: min(resume, open.start), to: max(resume, open.start)))
    window = open
  }

  /// The kernel was ready for a window, and waits for its start: who took what the early timer had set aside.
  mutating func pad(_ event: TraceEvent) {
    window?.isPadded = true
    window?.isAwaited = true
    let ready = event.words.w0 &- event.words.w1
    let began = event.words.w0 - min(facts.allowance, event.words.w0)
    // Nothing left: it works until it finds that out. At 0 nothing is ready.
    readyTime = ready == 0 ? nil : event.words.w1 == 0 ? max(ready, now) : ready
    let left = Int64(clamping: event.words.w1)
    measure("padding.margin", left, over: Measure.Span(from: began, to: ready))
    // More than was left until then; a microsecond for the reading of the clock.
    let most = event.words.w0 > now ? event.words.w0 - now : 0
    guard let place = places["padding.margin"], left >= measures[place].bound else { return }
    if event.words.w1 > 1000, event.words.w1 - 1000 > most { fail("padding.margin") }
  }

  // MARK: The timer

  mutating func arm(_ event: TraceEvent) {
    // Between this decision and the hardware lie other acts, and no more than L: until then the old instant may come.
    if let armed, armed <= now || armed - now <= facts.allowance { mayBeStale = true }
    dueFrom = max(event.words.w0, now)
    armed = event.words.w0 == .max ? nil : event.words.w0
    isTimerKnown = true
  }

  private mutating func timer() {
    guard step.what != 0xFF, isTimerKnown else { return }
    if let due = armed, now >= due {
      measure("timer.punctual", Int64(from: dueFrom, to: now), over: Measure.Span(from: dueFrom, to: now))
      armed = nil
      // What came may have been the old instant's, right before this one: then this one's is still to come.
      mayComeTwice = mayBeStale
      mayBeStale = false
    } else if mayBeStale || mayComeTwice {
      mayBeStale = false
      mayComeTwice = false
    } else if let place = places["timer.punctual"] {
      measures[place].checked += 1
      measures[place].fail()
    }
  }

  /// Another entry shows that a timer that is due has not come.
  private mutating func judgeOverdueTimer(_ kind: EventKind) {
    guard kind != .timer, armed != nil, now > dueFrom, now - dueFrom > facts.allowance else { return }
    armed = nil
    isTimerKnown = false
    fail("timer.punctual")
  }
}
