import APEXTypes
import ModuleConfiguration
import TraceFormat

extension Scribe {
  /// The whole story: five major frames or more, a fault of Loader in the third, a stop asked for within the last.
  static func story(of module: SampleModule, frames: UInt64 = 5) -> [StoryLine] {
    var scribe = Scribe()
    let stop = frames * Module.frame + 500_000
    scribe.emit(.boot, 0xFF, 1, module.table.checksum, 7, 1 << 32, stop)
    scribe.emit(.start, 0xFF, 0, stop)
    for index in UInt8(0)..<4 { scribe.emit(.restart, index, detail: 1, 1, 0) }
    for index in UInt8(0)..<4 { scribe.emit(.contextReset, index, 0, 0x40_0000, PartitionLayout.stackTop) }
    scribe.frame(at: 1_000_000, isFirst: true)
    for number in 1..<frames { scribe.frame(at: 1_000_000 + number * Module.frame, isFirst: false) }
    scribe.finish(at: stop)
    return scribe.story
  }

  private func start(_ window: Int, _ base: UInt64) -> (UInt64, UInt64, UInt8) {
    [
      (base, base + 2_000_000, Module.sensors), (base + 2_000_000, base + 4_000_000, Module.control),
      (base + 5_000_000, base + 7_000_000, Module.sensors), (base + 7_000_000, base + 9_500_000, Module.loader),
    ][window]
  }

  private mutating func begin(_ window: Int, _ base: UInt64) {
    let (start, end, owner) = start(window, base)
    emit(.windowStart, owner, UInt32(window), start, end)
    emit(.timerArmed, 0xFF, 0, end - Module.allowance)
    if owner == Module.loader, isLoaderStopped {
      emit(.idle, Module.drainer, 0, base + Module.frame)
      emit(.timerArmed, 0xFF, 0, end - Module.allowance)
      change(to: Module.drainer, for: 0)
      mask(0xFFFA | 0x100)
      leave()
    } else {
      if frames == 1, window == 0 { initialise() }
      change(to: owner, for: start)
      mask(owner == Module.sensors ? 0xFED8 : 0xFFD8)
      leave(at: start)
    }
  }

  /// Makes everybody's memory, a piece each.
  private mutating func initialise() {
    for index in UInt8(0)..<4 {
      emit(.memoryPiece, index, 0)
      emit(.initialised, index)
    }
  }

  private mutating func end(_ window: Int, _ base: UInt64) {
    let (_, end, owner) = start(window, base)
    emit(.windowEnd, owner, UInt32(window), end)
  }

  private mutating func idle(until instant: UInt64) {
    emit(.idle, Module.drainer, 0, instant)
    emit(.timerArmed, 0xFF, 0, instant - Module.allowance)
    change(to: Module.drainer, for: 0)
    leave()
  }

  private mutating func keyframe() {
    let words: [UInt64] = [frames, 2, 3, 4, 5, 6, 7, 8, 9]
    emit(.keyframeWords, 0xFF, 0, words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7])
    emit(.keyframeWords, 0xFF, 8, words[8])
    emit(.keyframe, 0xFF, 9, words.withUnsafeBytes { XXH64.hash($0) })
  }

  private mutating func frame(at base: UInt64, isFirst: Bool) {
    if isFirst {
      now = base - 40_000
    } else {
      enter(.timer, at: base - Module.allowance + 3, 0)
    }
    emit(.majorFrameStart, 0xFF, UInt32(frames), base)
    frames += 1
    if frames > 1 { keyframe() }
    begin(0, base)
    sensorsFirst(base, isFirst)
    enter(.timer, at: base + 2_000_000 - Module.allowance + 3, 0)
    end(0, base)
    begin(1, base)
    control(base, isFirst)
    enter(.timer, at: base + 5_000_000 - Module.allowance + 3, 0)
    begin(2, base)
    sensorsSecond(base)
    enter(.timer, at: base + 7_000_000 - Module.allowance + 3, 0)
    end(2, base)
    begin(3, base)
    loader(base)
    enter(.timer, at: base + 9_500_000 - Module.allowance + 3, 0)
    end(3, base)
    idle(until: base + Module.frame)
  }

  private mutating func sensorsFirst(_ base: UInt64, _ isFirst: Bool) {
    var t = base + 1000
    func next() -> UInt64 {
      t += 3000
      return t
    }
    if isFirst {
      call(.setUpcallEntry, at: next(), [Module.entry, Module.entry + 16, Module.entry + 32]); leave()
      for vector in [UInt64(32), 40] {
        call(.registerHandler, at: next(), [vector, Module.handler]); leave()
        call(.registerVCPU, at: next(), [vector]); leave()
        call(.enableInterrupt, at: next(), [vector]); leave()
      }
      enter(.hypercall, at: next(), 68, [1, 0, 64, 0, 0])
      emit(.portOperation, runner, detail: 0, 0, 0, 0, 0)
      emit(.hypercallResult, runner, 68, 1); leave()
      isOn[0] = true
    } else if inService[0] != 0 {
      // Ticks that came outside the windows were delivered at the start.
      handle(line: 0, at: next())
      call(.null, at: next()); leave()
    }
    interrupt(line: 8, at: base + 100_000)
    handle(line: 8, at: base + 105_000)
    interrupt(line: 0, at: base + 200_000)
    interrupt(line: 8, at: base + 203_000)
    // Both wait, the lower line was delivered; the handler returns by hypercall onto the other.
    call(.acknowledgeInterrupt, at: base + 206_000, [32], value: coalesced[0][0])
    inService[0] &= ~1
    leave()
    returned[0] += 1
    call(.returnFromUpcall, at: base + 209_000, looked: 1)
    isOn[0] = true
    leave()
    handle(line: 8, at: base + 212_000)
    message(base)
    if frames == 2 { oddities(base) }
    call(.null, at: base + 1_500_000); leave()
  }

  private mutating func message(_ base: UInt64) {
    enter(.hypercall, at: base + 230_000, 69, [0, 1, 0x40_0800, 32])
    sequence += 1
    emit(.portOperation, runner, detail: 1, 0, 32, sequence)
    emit(.hypercallResult, runner, 69)
    emit(.messageCopied, runner, detail: 1, 0, 0xABC0 + sequence, 32)
    leave()
  }

  /// A spurious interrupt, an unclaimed line, a pulse, and calls that are refused.
  private mutating func oddities(_ base: UInt64) {
    enter(.interrupt, at: base + 300_000, 39)
    emit(.spurious, 0xFF, 39)
    leave()
    interrupt(line: 5, at: base + 310_000)
    enter(.hypercall, at: base + 320_000, 99, [0])
    emit(.hypercallResult, runner, detail: 3, 99)
    leave()
    call(.readStatistic, at: base + 330_000, [0, 0], value: frames); leave()
    call(.readStatistic, at: base + 333_000, [5, 0], value: marks[0]); leave()
    emit(.drained, 0xFF, 0, 100, 50)
  }

  private mutating func control(_ base: UInt64, _ isFirst: Bool) {
    var t = base + 2_001_000
    func next() -> UInt64 {
      t += 3000
      return t
    }
    if isFirst {
      call(.setUpcallEntry, at: next(), [Module.entry, Module.entry + 16, Module.entry + 32]); leave()
      call(.registerVCPU, at: next(), [32]); leave()
      enter(.hypercall, at: next(), 68, [2, 0, 64, 1, 6_000_000])
      emit(.portOperation, runner, detail: 0, 1, 0, 0, 0)
      emit(.hypercallResult, runner, 68, 1); leave()
    }
    if isFirst {
      // Its port was created after the message was written, and is empty.
      enter(.hypercall, at: next(), 70, [0, 1, 0x40_0800, 64])
      emit(.hypercallResult, runner, detail: 1, 70)
      leave()
    } else {
      enter(.hypercall, at: next(), 70, [0, 1, 0x40_0800, 64])
      emit(.portOperation, runner, detail: 2, 1, 32, sequence, 1)
      emit(.hypercallResult, runner, 70, 32 | 1 << 32)
      emit(.messageCopied, runner, detail: 2, 1, 0xABC0 + sequence, 32)
      leave()
    }
    enter(.hypercall, at: next(), 67, [16, 0x40_0800, 20])
    emit(.hypercallResult, runner, 67, 16)
    emit(.consoleWritten, runner, 16, 0x1234)
    leave()
    call(.noteWords, at: next(), [0x40_0800, 11])
    emit(.noteWords, runner, detail: 8, 0, frames, 1, 2, 3, 4, 5, 6, 7)
    emit(.noteWords, runner, detail: 3, 8, 8, 9, 10)
    leave()
    let asked = next()
    call(.readTime, at: asked, value: asked); leave()
    if frames == 2 {
      emit(.stimulus, 0xFF, detail: 2, 5)
      interrupt(line: 5, at: next() + 1000, flags: .isPulse)
      t += 2000
    }
    call(.yield, at: base + 3_000_000, value: base + 12_000_000)
    emit(.idle, Module.drainer, 0, base + 5_000_000)
    change(to: Module.drainer, for: 0)
    leave()
    interrupt(line: 0, at: base + 3_500_000)
    enter(.timer, at: base + 4_000_000 - Module.allowance + 3, 0)
    end(1, base)
    emit(.timerArmed, 0xFF, 0, base + 5_000_000 - Module.allowance)
    leave()
  }

  private mutating func sensorsSecond(_ base: UInt64) {
    handle(line: 0, at: base + 5_004_000)
    call(.null, at: base + 5_010_000); leave()
    call(.yield, at: base + 6_000_000, value: base + Module.frame)
    idle(until: base + 7_000_000)
  }

  private mutating func loader(_ base: UInt64) {
    interrupt(line: 0, at: base + 8_000_000)
    guard frames == 3 else { return }
    enter(.exception, at: base + 8_500_000, 0, [0, 0, 0x40_0300])
    emit(.healthError, Module.loader, detail: 2, 1 | 2 << 8 | 1 << 16, 0x40_0300, 0)
    emit(.healthAction, Module.loader, detail: 1, 2, 1)
    emit(.modeChange, Module.loader, detail: 0, 1)
    isLoaderStopped = true
    emit(.idle, Module.drainer, 0, base + Module.frame)
    change(to: Module.drainer, for: 0)
    leave()
  }

  private mutating func finish(at stop: UInt64) {
    enter(.timer, at: stop + 500_000 - Module.allowance + 3, 0)
    emit(.stop, 0xFF, detail: 0)
    emit(.partitionSwitch, 0xFF, detail: runner, 0, 0)
    emit(.end)
  }
}
