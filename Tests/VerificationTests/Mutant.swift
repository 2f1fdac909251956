import ModuleConfiguration
import TestSeeds
import TraceFormat

/// A good trace with one change, of a kind and at a place that a seed decides; counts and delays are made right again.
struct Mutant {
  enum Change: Int, CaseIterable {
    case drop, double, swap, move, retime, lateStep, lateResume, reaim, revector, miscount, flip, redetail
    case dropStep, doubleStep, forgeUpcall, loseMark, loseAcknowledgement, overrunBudget, wrongTables, forgeInterrupt
    case lateWindow, reword, renumber, retell
  }
  let change: Change
  var story: Story
  /// Where it was made.
  var place = 0
  private var generator: SeededGenerator

  init(_ good: Story, seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    story = good
    change = Change.allCases.randomElement(using: &generator)!
    apply()
  }

  var events: [TraceEvent] { story.events }

  private mutating func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  /// A random line that meets a condition, but for the boot and the end.
  private mutating func pick(_ condition: (TraceEvent) -> Bool = { _ in true }) -> Int? {
    story.lines.indices.dropFirst().dropLast().filter { condition(story.lines[$0].event) }
      .randomElement(using: &generator)
  }

  /// A step's lines: from an input to before the next.
  private func step(at place: Int) -> Range<Int>? {
    func isInput(_ index: Int) -> Bool { story.lines[index].event.knownKind?.eventClass == .input }
    guard let first = (0...place).reversed().first(where: isInput) else { return nil }
    return first..<(((first + 1)..<story.lines.count).first(where: isInput) ?? story.lines.count - 1)
  }

  private mutating func apply() {
    switch change {
    case .drop, .double, .swap, .move, .retime, .reaim, .revector, .miscount, .flip, .redetail, .reword, .renumber:
      changeOne()
    case .lateStep, .lateResume, .dropStep, .doubleStep: changeStep()
    case .forgeUpcall:
      guard let from = pick({ $0.knownKind == .upcall }), let to = pick() else { return }
      var copy = Array(story.lines[from...min(from + 1, story.lines.count - 2)])
      for index in copy.indices { copy[index].event.time = story.lines[to].event.time }
      copy[0].event.words.w2 += UInt64(random(0...1))
      story.lines.insert(contentsOf: copy, at: to + 1)
      place = to + 1
    case .lateWindow:
      // The first instant of a window comes late, or a little early.
      guard let start = pick({ $0.knownKind == .windowStart }),
        let entry = story.lines[start...].firstIndex(where: { $0.resume != nil })
      else { return }
      let delta = UInt64(random(1...2000))
      let resume = story.lines[entry].resume!
      story.lines[entry].resume = random(0...3) == 0 ? resume - delta : resume + delta
      place = entry
    case .loseMark: remove { $0.knownKind == .mark }
    case .loseAcknowledgement: remove { $0.knownKind == .acknowledged }
    case .overrunBudget:
      guard let mark = pick({ $0.knownKind == .mark }), let step = step(at: mark) else { return }
      let delay = UInt64(random(1...1200))
      story.delay(from: mark, to: step.upperBound, by: delay)
      place = mark
    case .retell: retell()
    case .wrongTables:
      guard let entry = pick({ Self.isEntry($0) }) else { return }
      let bit = random(16...17)
      story.lines[entry].event.operand ^= UInt32(1 << bit)
      place = entry
    case .forgeInterrupt:
      guard let from = pick({ $0.knownKind == .interrupt }), let to = pick({ Self.isEntry($0) }),
        let step = step(at: from)
      else { return }
      insert(step, at: to)
    }
  }

  private static func isEntry(_ event: TraceEvent) -> Bool {
    switch event.knownKind {
    case .interrupt: event.detail & 16 == 0
    case .timer, .hypercall, .exception: true
    default: false
    }
  }

  /// A partition's scheduler tells of another process, of another end, or of an older or a younger job.
  private mutating func retell() {
    let number = UInt32(HypercallNumber.tellProcess.rawValue)
    func isTelling(_ event: TraceEvent) -> Bool { event.knownKind == .hypercall && event.operand & 0xFFFF == number }
    guard let told = pick(isTelling), let other = pick(isTelling) else { return }
    place = told
    let model = story.lines[other].event.words
    switch random(0...4) {
    case 0: story.lines[told].event.words.w3 = model.w3
    case 1: story.lines[told].event.words.w3 = model.w3 << 32 | model.w3 >> 32
    case 2: story.lines[told].event.words.w4 = UInt64(random(0...6))
    case 3: story.lines[told].event.words.w5 = model.w5
    default: story.lines[told].event.words.w5 &+= UInt64(bitPattern: Int64(random(-1_000_000...1_000_000)))
    }
  }

  private mutating func remove(_ condition: (TraceEvent) -> Bool) {
    guard let found = pick(condition) else { return }
    place = found
    story.lines.remove(at: found)
  }

  /// Puts a copy of a step before an entry, all at the entry's time, as if it had come just then.
  private mutating func insert(_ step: Range<Int>, at entry: Int) {
    var copy = Array(story.lines[step])
    let target = story.lines[entry]
    for index in copy.indices { copy[index].event.time = target.event.time }
    if copy[0].resume != nil {
      copy[0].resume = target.resume ?? target.event.time
      copy[0].event.partition = target.event.partition
      copy[0].event.words.w0 = target.event.words.w0
      copy[0].event.operand = copy[0].event.operand & 0xFFFF | target.event.operand & 0xFF_0000
    }
    if target.resume != nil { story.lines[entry].resume = target.event.time }
    story.lines.insert(contentsOf: copy, at: entry)
    place = entry
  }

  private mutating func changeStep() {
    guard let chosen = pick(), let step = step(at: chosen) else { return }
    place = step.lowerBound
    switch change {
    case .lateStep:
      let delay = UInt64(random(1...60_000))
      story.delay(from: step.lowerBound, to: step.upperBound, by: delay)
    case .lateResume:
      guard step.upperBound < story.lines.count, let resume = story.lines[step.upperBound].resume else { return }
      let late = UInt64(random(1...2000))
      story.lines[step.upperBound].resume = resume + late
    case .dropStep: story.lines.removeSubrange(step)
    default: insert(step, at: step.upperBound)
    }
  }

  private mutating func changeOne() {
    guard let chosen = pick({ [change] in Self.isChangeable($0, change) }) else { return }
    place = chosen
    switch change {
    case .drop: story.lines.remove(at: chosen)
    case .double: story.lines.insert(story.lines[chosen], at: chosen)
    case .swap where chosen + 1 < story.lines.count - 1: swap(chosen)
    case .move: move(chosen)
    case .retime:
      let delta = random(1...5) == 1 ? random(1...100_000) : random(1...40)
      let time = story.lines[chosen].event.time
      let isLater = random(0...1) == 0
      story.lines[chosen].event.time = isLater ? time + UInt64(delta) : time - min(time, UInt64(delta))
    default: changeField(chosen)
    }
  }

  /// Whether the change makes something of the event that has a meaning.
  private static func isChangeable(_ event: TraceEvent, _ change: Change) -> Bool {
    switch change {
    case .reaim: event.partition != 0xFF && event.partition < 4
    case .revector:
      switch event.knownKind {
      case .interrupt, .mark, .upcall, .acknowledged, .kernelHandler, .unclaimed: true
      default: false
      }
    case .miscount:
      switch event.knownKind {
      case .mark, .upcall, .kernelHandler, .hypercallResult, .portOperation, .drained, .majorFrameStart, .windowStart,
        .windowEnd:
        true
      default: false
      }
    // What decisions and observations carry, and arguments of hypercalls: other numbers of the same kind.
    case .reword:
      switch event.knownKind {
      case .start, .restart, .timer, .interrupt, .keyframeWords, .keyframe: false
      default: true
      }
    case .renumber:
      switch event.knownKind {
      case .portOperation, .eventRaised, .scheduleChange, .healthAction, .moduleAction, .callback, .restart,
        .memoryPiece,
        .timerExpired, .healthError, .messageCopied, .consoleWritten, .noteWords, .modeChange, .exceptionReflected,
        .upcallsReturned,
        .exceptionWritten, .majorFrameStart, .windowStart, .windowEnd:
        true
      default: false
      }
    case .redetail:
      switch event.knownKind {
      case .interrupt, .hypercallResult, .partitionSwitch, .timer, .hypercall: true
      default: false
      }
    default: true
    }
  }

  private mutating func changeField(_ chosen: Int) {
    switch change {
    case .reaim:
      let other = UInt8((Int(story.lines[chosen].event.partition) + random(1...3)) % 4)
      story.lines[chosen].event.partition = other
    case .revector:
      let operand = story.lines[chosen].event.operand
      let line: UInt32 = [0, 5, 7, 8][random(0...3)]
      story.lines[chosen].event.operand = operand & 0xFF_0000 | 32 + line
    case .miscount:
      let word = story.lines[chosen].event.words.w0
      let isMore = random(0...1) == 0
      story.lines[chosen].event.words.w0 = isMore ? word &+ 1 : word &- min(word, 1)
    case .reword:
      let word = random(0...5)
      let value = story.lines[chosen].event.words[word]
      story.lines[chosen].event.words[word] = [value &+ 1, value ^ 1, value &- min(value, 1), 0][random(0...3)]
    case .renumber:
      let isDetail = random(0...1) == 0
      if isDetail { story.lines[chosen].event.detail = UInt8(random(0...3)) }
      let operand = story.lines[chosen].event.operand
      if !isDetail { story.lines[chosen].event.operand = [operand ^ 1, operand &+ 1, 0][random(0...2)] }
    case .redetail:
      let number = UInt8(random(0...3))
      switch story.lines[chosen].event.knownKind {
      case .hypercallResult: story.lines[chosen].event.detail = number & 1
      case .partitionSwitch: story.lines[chosen].event.detail = number
      default: story.lines[chosen].event.detail ^= 1 << number
      }
    default:
      let (word, bit) = (random(0...2), random(0...20))
      story.lines[chosen].event.words[word] ^= 1 << UInt64(bit)
    }
  }

  private mutating func swap(_ chosen: Int) {
    let (first, second) = (story.lines[chosen], story.lines[chosen + 1])
    story.lines.swapAt(chosen, chosen + 1)
    story.lines[chosen].event.time = first.event.time
    story.lines[chosen + 1].event.time = second.event.time
  }

  private mutating func move(_ chosen: Int) {
    var line = story.lines.remove(at: chosen)
    let to = min(max(chosen + random(-30...30), 1), story.lines.count - 2)
    line.event.time = story.lines[to].event.time
    if line.resume != nil { line.resume = min(line.resume!, line.event.time) }
    story.lines.insert(line, at: to + 1)
  }
}
