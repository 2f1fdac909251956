import APEXTypes
import ModuleConfiguration
import TraceFormat

/// The story of a run of `RichModule` in which every mechanism does what it must: six major frames.
struct RichStory {
  typealias Module = RichModule
  var scribe = Scribe()
  var t: UInt64 = 0
  var base: UInt64 = 1_000_000
  var mode = [UInt32](repeating: 1, count: 4)
  var condition = [UInt32](repeating: 0, count: 4)
  var exceptionsReturned: UInt64 = 0
  var entries: UInt64 = 0
  /// The boundary before which the timer stands while no tick is earlier.
  var boundary: UInt64 = 0
  /// Worker is still in COLD_START when its first window of the other schedule begins.
  var isWorkerCold = false
  /// Of its memory only a piece has been made then.
  var isWorkerLate = false
  /// What the health monitor does with it for its last fault; it is in WARM_START or in COLD_START then.
  var fault = PartitionRecoveryAction.coldStart
  /// It starts cold with that window though it is starting already.
  var isWorkerStartedAgain = false

  /// What the partitions add to their counts with each handler that comes back, beside the one that it is.
  var miscount: UInt64 = 0

  static func tell(
    of module: SampleModule, isWorkerCold: Bool = false, isWorkerLate: Bool = false,
    fault: PartitionRecoveryAction = .coldStart, isWorkerStartedAgain: Bool = false, miscounting miscount: UInt64 = 0
  ) -> [StoryLine] {
    var story = RichStory(
      isWorkerCold: isWorkerCold, isWorkerLate: isWorkerLate, fault: fault, isWorkerStartedAgain: isWorkerStartedAgain,
      miscount: miscount)
    story.emit(.boot, 0xFF, 1, module.table.checksum, 7, 1 << 32, .max)
    story.emit(.start, 0xFF, 0, .max)
    for index in UInt8(0)..<4 { story.emit(.restart, index, detail: 1, Module.pieces[Int(index)], 0) }
    for index in UInt8(0)..<4 { story.reset(index) }
    story.scribe.now = story.base - 40_000
    story.emit(.majorFrameStart, 0xFF, 0, story.base)
    story.firstFrame()
    story.secondFrame()
    story.thirdFrame()
    story.fourthFrame()
    story.lastFrames()
    return story.scribe.story
  }

  // MARK: What happens often

  mutating func emit(
    _ kind: EventKind, _ partition: UInt8 = 0xFF, detail: UInt8 = 0, _ operand: UInt32 = 0, _ words: UInt64...
  ) {
    scribe.now += 20
    var event = TraceEvent(time: scribe.now, kind, partition: partition, detail: detail, operand: operand)
    for (index, word) in words.enumerated() { event.words[index] = word }
    scribe.story.append(StoryLine(event: event, resume: nil))
  }

  mutating func next() -> UInt64 {
    t = max(t, scribe.now) + 2000
    return t
  }

  /// A hypercall that is entered, and not yet answered.
  mutating func ask(_ number: HypercallNumber, _ arguments: [UInt64] = [], looked: UInt64 = 0) {
    scribe.enter(.hypercall, at: next(), number.rawValue, [looked] + arguments)
  }

  mutating func answer(_ number: HypercallNumber, _ value: UInt64 = 0, code: UInt8 = 0) {
    emit(.hypercallResult, scribe.runner, detail: code, UInt32(number.rawValue), value)
  }

  mutating func call(_ number: HypercallNumber, _ arguments: [UInt64] = [], value: UInt64 = 0, code: UInt8 = 0) {
    ask(number, arguments)
    answer(number, value, code: code)
    scribe.leave()
  }

  mutating func reset(_ index: UInt8, entry: UInt64 = Module.entryPoint) {
    emit(.contextReset, index, 0, entry, PartitionLayout.stackTop)
  }

  mutating func arm(_ instant: UInt64? = nil) {
    emit(.timerArmed, 0xFF, 0, instant ?? boundary - Module.allowance)
  }

  /// Makes a partition's memory and lets it run, in the window that is open.
  mutating func make(_ index: UInt8, from first: UInt32 = 0) {
    scribe.change(to: 0xFF, for: 0)
    for piece in first..<Module.pieces[Int(index)] {
      scribe.now += 500
      emit(.memoryPiece, index, piece)
    }
    emit(.initialised, index)
    scribe.change(to: index, for: 0)
    scribe.leave()
    t = scribe.now
  }

  mutating func open(_ window: Int, _ owner: UInt8, at start: UInt64, isNew: Bool = false, arm tick: UInt64? = nil) {
    boundary = start + 2_000_000
    emit(.windowStart, owner, UInt32(window), start, boundary)
    guard tick == nil else { return }
    begin(owner, at: start, isNew: isNew)
  }

  mutating func begin(_ owner: UInt8, at start: UInt64, isNew: Bool = false, tick: UInt64? = nil) {
    arm(tick)
    if isNew { return make(owner) }
    scribe.change(to: owner, for: start)
    scribe.leave(at: start)
    t = start
  }

  /// The timer ends the window that is open.
  mutating func close(_ window: Int, _ owner: UInt8) {
    scribe.enter(.timer, at: boundary - Module.allowance + 3, 0)
    emit(.windowEnd, owner, UInt32(window), boundary)
  }

  mutating func idle(isNew: Bool = false) {
    boundary = base + Module.frame
    emit(.idle, Module.drainer, 0, boundary)
    arm()
    if isNew { return make(Module.drainer) }
    scribe.change(to: Module.drainer, for: 0)
    scribe.leave()
  }

  /// The timer ends the frame.
  mutating func frame(_ number: UInt32, _ schedule: UInt8) {
    scribe.enter(.timer, at: base + Module.frame - Module.allowance + 3, 0)
    base += Module.frame
    emit(.majorFrameStart, 0xFF, detail: schedule, number, base)
  }

  mutating func change(_ index: UInt8, to new: UInt32, _ cause: UInt32? = nil) {
    if let cause { condition[Int(index)] = cause }
    emit(.modeChange, index, detail: UInt8(new), mode[Int(index)] | condition[Int(index)] << 8)
    mode[Int(index)] = new
    guard cause != nil else { return }
    emit(.restart, index, detail: UInt8(new), Module.pieces[Int(index)], UInt64(cause!))
    scribe.isOn[Int(index)] = false
    scribe.ordinals[Int(index)] = 0
  }

  mutating func goNormal() {
    let index = scribe.runner
    ask(.setPartitionMode, [3])
    change(index, to: 3)
    answer(.setPartitionMode)
    scribe.leave()
  }

  mutating func upcall(_ vector: UInt32, _ count: UInt64, depth: UInt8 = 1) {
    let index = Int(scribe.runner)
    emit(.upcall, scribe.runner, detail: depth << 1, vector, count, Module.handler, scribe.ordinals[index])
    scribe.ordinals[index] += 1
    emit(.upcallWritten, scribe.runner, 0, 0x2FE0_0000, Module.upcallEntry, 0)
    scribe.isOn[index] = false
    scribe.entered[index] += 1
  }

  /// The handler acknowledges what `count` marks were, and returns in user space, or by hypercall onto the next.
  mutating func handle(_ vector: UInt64, _ count: UInt64, then following: (UInt32, UInt64)? = nil) {
    let index = Int(scribe.runner)
    call(.acknowledgeInterrupt, [vector], value: count)
    scribe.returned[index] += 1
    if let following {
      ask(.returnFromUpcall, looked: 3)
      answer(.returnFromUpcall)
      upcall(following.0, following.1)
      scribe.leave()
    } else {
      scribe.isOn[index] = true
    }
  }

  mutating func register(_ vectors: [UInt64]) {
    for vector in vectors {
      call(.registerHandler, [vector, Module.handler])
      if vector != 48 { call(.registerVCPU, [vector]) } else { call(.bindEvent, [7], value: 48) }
      call(.enableInterrupt, [vector])
    }
  }

  mutating func interrupt(_ line: UInt32, waiting: UInt64) {
    scribe.enter(.interrupt, at: next(), UInt16(line) + 32)
    emit(.acknowledged, 0xFF, line + 32, 0)
    emit(.mark, Module.master, line + 32, waiting)
  }

  mutating func error(_ code: UInt8, _ level: UInt32, _ state: UInt32, vector: UInt32 = 0) {
    emit(.healthError, scribe.runner, detail: code, level | state << 8 | vector << 16, 0x40_0400, entries)
    entries += 1
  }

  mutating func except(_ vector: UInt16, _ code: UInt64 = 0) {
    scribe.enter(.exception, at: next(), vector, [code, 0, 0x40_0400, exceptionsReturned])
  }

  mutating func reflect(_ vector: UInt32, _ code: UInt64 = 0) {
    emit(.exceptionReflected, scribe.runner, vector, Module.handler, code, 0)
    emit(.exceptionWritten, scribe.runner, vector, 0x2FE0_0000, Module.exceptionEntry, 0)
    scribe.isOn[Int(scribe.runner)] = false
    scribe.leave()
  }

  /// The handler of an exception comes back.
  mutating func comeBack() {
    exceptionsReturned = (exceptionsReturned + 1 + miscount) & 0xFFFF_FFFF
    scribe.isOn[Int(scribe.runner)] = true
  }
}
