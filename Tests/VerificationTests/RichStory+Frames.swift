import APEXTypes
import ModuleConfiguration
import TraceFormat

extension RichStory {
  private mutating func createQueue(_ port: UInt32, _ direction: UInt64) {
    ask(.createQueuingPort, [0x40_0800, 64, 2, direction], looked: UInt64(port) + 1)
    emit(.portOperation, scribe.runner, detail: 0, port, 0, 0, 0)
    answer(.createQueuingPort, UInt64(port) + 1)
    scribe.leave()
  }

  private mutating func setTimer(_ first: UInt64, _ period: UInt64) {
    ask(.setTimer, [first, period])
    answer(.setTimer)
    arm(first)
    scribe.leave()
  }

  /// Ticks that fall due in the window; `rest` are dropped.
  mutating func expire(_ count: UInt32, _ latest: UInt64, _ dropped: UInt64, waiting: UInt64) {
    emit(.timerExpired, Module.worker, count, latest, latest + 3_000_000, dropped)
    emit(.mark, Module.worker, 64, waiting)
  }

  /// Everybody starts, registers what it needs, and goes to NORMAL.
  mutating func firstFrame() {
    open(0, Module.master, at: base, isNew: true)
    call(.setUpcallEntry, [Module.upcallEntry, Module.upcallEntry + 16, Module.upcallEntry + 32])
    register([32, 36, 65, 66])
    createQueue(Module.source, 0)
    goNormal()
    scribe.isOn[0] = true
    call(.null)
    close(0, Module.master)
    open(1, Module.worker, at: base + 2_000_000, isNew: true)
    call(.setUpcallEntry, [Module.upcallEntry, Module.upcallEntry + 16, Module.upcallEntry + 32])
    call(.setExceptionEntry, [Module.exceptionEntry])
    for vector in [UInt64(0), 3, 32] { call(.setExceptionHandler, [vector, Module.handler]) }
    register([48, 64])
    createQueue(Module.workerQueue, 1)
    goNormal()
    scribe.isOn[1] = true
    let tick = base + 2_500_000
    setTimer(tick, 3_000_000)
    scribe.enter(.timer, at: tick + 3, 0)
    expire(1, tick, 0, waiting: 1)
    arm()
    upcall(64, 1)
    scribe.leave()
    t = scribe.now
    handle(64, 1)
    call(.null)
    close(1, Module.worker)
    open(2, Module.sink, at: base + 4_000_000, isNew: true)
    call(.setUpcallEntry, [Module.upcallEntry, Module.upcallEntry + 16, Module.upcallEntry + 32])
    register([64, 66])
    createQueue(Module.sinkQueue, 1)
    goNormal()
    scribe.isOn[2] = true
    setTimer(base + 5_960_000, 3_000_000)
    // Beyond the boundary's interrupt: this tick is missed.
    scribe.story[scribe.story.count - 1].event.words.w0 = boundary - RichModule.allowance
    call(.null)
    close(2, Module.sink)
    idle(isNew: true)
  }

  /// Another schedule is asked for, and an error of the module's level is told to Master.
  mutating func thirdFrame() {
    frame(2, 0)
    open(0, Module.master, at: base, arm: 0)
    begin(Module.master, at: base)
    // The queue's mark waited; it came into Worker's window.
    scribe.story.removeLast()
    upcall(66, 1)
    scribe.leave(at: base)
    t = base
    handle(66, 1)
    ask(.findModuleSchedule, [0x40_0800], looked: 2)
    answer(.findModuleSchedule, 71)
    scribe.leave()
    ask(.findModuleSchedule, [0x40_0820])
    answer(.findModuleSchedule, code: 4)
    scribe.leave()
    ask(.setModuleSchedule, [71])
    emit(.scheduleChange, Module.master, detail: 0, 1)
    answer(.setModuleSchedule)
    scribe.leave()
    for (selector, value) in [(UInt64(6), UInt64(70)), (7, 71), (8, 0), (10, 4)] {
      call(.readStatistic, [selector, 0], value: value)
    }
    ask(.raiseApplicationError, [1, 0x40_0800, 8], looked: exceptionsReturned | 1 << 32)
    error(1, 2, 1)
    emit(.mark, Module.master, 65, 1)
    answer(.raiseApplicationError)
    upcall(65, 1)
    scribe.leave()
    handle(65, 1)
    call(.readErrorLog, [4, 1], value: UInt64(Module.master) | 1 << 8 | 1 << 16 | 2 << 24)
    call(.readErrorLog, [4, 2], value: 0x40_0400)
    // What the error handler took, and what led to a callback and a cold start.
    call(.readErrorLog, [2, 1], value: UInt64(Module.worker) | 1 << 8 | 1 << 16 | 0xFF << 40)
    call(.readErrorLog, [3, 1], value: faultInLog)
    call(.readErrorLog, [5, 3], code: ReturnCode.notAvailable.rawValue)
    close(0, Module.master)
    if isWorkerLate {
      // Of its memory not all is made in this window.
      open(1, Module.worker, at: base + 2_000_000, arm: 0)
      arm()
      scribe.change(to: 0xFF, for: base + 2_000_000)
      scribe.now += 500
      emit(.memoryPiece, Module.worker, 0)
      scribe.leave()
    } else {
      open(1, Module.worker, at: base + 2_000_000)
      call(.null)
      call(.readErrorLog, [3, 2], value: 0x40_0400)
      call(.readErrorLog, [0, 3], value: 1)
      // Master's, after which it has none itself; and a field that there is not.
      call(.readErrorLog, [4, 1], code: ReturnCode.notAvailable.rawValue)
      call(.readErrorLog, [4, 3], code: ReturnCode.notAvailable.rawValue)
      call(.readErrorLog, [3, 4], code: ReturnCode.invalidParameter.rawValue)
    }
    close(1, Module.worker)
    open(2, Module.sink, at: base + 4_000_000)
    call(.null)
    // Its next window is in the other schedule, which is to come.
    ask(.yield)
    answer(.yield, base + Module.frame + 2_000_000)
    emit(.idle, Module.drainer, 0, base + Module.frame)
    scribe.change(to: Module.drainer, for: 0)
    scribe.leave()
    close(2, Module.sink)
    arm(base + Module.frame - Module.allowance)
    scribe.leave()
  }

  /// A mark finds no room twice, and is told of once; then its frame fits.
  private mutating func missRoom() {
    scribe.frameFits = false
    interrupt(0, waiting: 1)
    error(4, 1, 1)
    emit(.healthAction, Module.master, detail: 0, 4, 0)
    scribe.leave()
    call(.null)
    scribe.frameFits = true
    ask(.null)
    answer(.null)
    upcall(32, 1)
    scribe.leave()
    handle(32, 1)
  }

  /// The other schedule, in which Worker starts warm; then it asks for IDLE.
  mutating func fourthFrame() {
    frame(3, 1)
    emit(.scheduleChange, Module.master, detail: 1, 1)
    emit(.moduleAction, Module.master, detail: 0, 1)
    open(3, Module.master, at: base)
    call(.readStatistic, [8, 0], value: base)
    missRoom()
    // A milder error at the module's level, before the one for which it is reset.
    ask(.raiseApplicationError, [1, 0x40_0800, 8], looked: exceptionsReturned | 1 << 32)
    error(1, 2, 1)
    emit(.mark, Module.master, 65, 1)
    answer(.raiseApplicationError)
    upcall(65, 1)
    scribe.leave()
    handle(65, 1)
    close(3, Module.master)
    open(4, Module.sink, at: base + 2_000_000)
    ask(.raiseApplicationError, [1, 0x40_0800, 8], looked: exceptionsReturned | 1 << 32)
    error(1, 2, 1)
    emit(.mark, Module.master, 65, 1)
    answer(.raiseApplicationError)
    scribe.leave()
    close(4, Module.sink)
    boundary = base + 6_000_000
    emit(.windowStart, Module.worker, 5, base + 4_000_000, boundary)
    let isStarted = !isWorkerLate || isWorkerStartedAgain
    if isStarted { change(Module.worker, to: isWorkerCold || isWorkerStartedAgain ? 1 : 2, 1) }
    arm()
    if isStarted { reset(Module.worker) }
    make(Module.worker, from: isStarted ? 0 : 1)
    ask(.setPartitionMode, [0])
    change(Module.worker, to: 0)
    idle()
    scribe.enter(.timer, at: base + Module.frame - Module.allowance + 3, 0)
  }

  /// The log's entry of Worker's last fault.
  private var faultInLog: UInt64 {
    UInt64(Module.worker) | 2 << 8 | 1 << 16 | 1 << 24 | 1 << 32 | UInt64(fault.rawValue) << 40
  }

  /// The module is reset; then an error in Sink's initialisation shuts it down.
  mutating func lastFrames() {
    base += Module.frame
    emit(.windowEnd, Module.worker, 5, base - 4_000_000)
    emit(.majorFrameStart, 0xFF, detail: 1, 4, base)
    emit(.moduleAction, Module.sink, detail: 2, 1)
    for index in UInt8(0)..<3 { change(index, to: 1, 2) }
    for index in UInt8(0)..<3 { reset(index) }
    open(3, Module.master, at: base, isNew: true)
    // A start begins the counts of the vCPU anew.
    call(.readStatistic, [5, 0], value: 0)
    close(3, Module.master)
    open(4, Module.sink, at: base + 2_000_000, isNew: true)
    ask(.raiseApplicationError, [1, 0x40_0800, 8], looked: exceptionsReturned | 1 << 32)
    error(1, 2, 2)
    answer(.raiseApplicationError)
    scribe.leave()
    close(4, Module.sink)
    open(5, Module.worker, at: base + 4_000_000, isNew: true)
    call(.null)
    close(5, Module.worker)
    idle()
    frame(5, 1)
    emit(.moduleAction, Module.sink, detail: 1, 1)
    emit(.stop, 0xFF, detail: 3)
    emit(.partitionSwitch, 0xFF, detail: scribe.runner, 0, 0)
    emit(.end)
  }
}
