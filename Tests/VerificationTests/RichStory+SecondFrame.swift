import APEXTypes
import ModuleConfiguration
import TraceFormat

extension RichStory {
  /// Interrupts of both designs, messages, an event, missed ticks, and errors of every level below the module's.
  mutating func secondFrame() {
    frame(1, 0)
    open(0, Module.master, at: base)
    interrupts()
    messages()
    ask(.raiseEvent, [7])
    emit(.eventRaised, Module.master, 0, 1, 48)
    emit(.mark, Module.worker, 48, 1)
    answer(.raiseEvent)
    scribe.leave()
    close(0, Module.master)
    open(1, Module.worker, at: base + 2_000_000, arm: 0)
    expire(3, base + 1_500_000, 0, waiting: 3)
    arm()
    scribe.change(to: Module.worker, for: base + 2_000_000)
    upcall(48, 1)
    scribe.isOn[1] = false
    scribe.leave(at: base + 2_000_000)
    t = base + 2_000_000
    handle(48, 1, then: (64, 1))
    handle(64, 1, then: (64, 1))
    handle(64, 1, then: (64, 1))
    handle(64, 1)
    receipts()
    errors()
    close(1, Module.worker)
    open(2, Module.sink, at: base + 4_000_000, arm: 0)
    emit(.timerExpired, Module.sink, 3, base + 1_960_000, base + 4_960_000, 2)
    emit(.mark, Module.sink, 64, 1)
    arm(base + 4_960_000)
    scribe.change(to: Module.sink, for: base + 4_000_000)
    upcall(64, 1)
    scribe.leave(at: base + 4_000_000)
    t = base + 4_000_000
    handle(64, 1, then: (66, 1))
    handle(66, 1)
    ask(.receiveQueuingMessage, [3, 0x40_0800, 64])
    emit(.portOperation, Module.sink, detail: 4, Module.sinkQueue, 31, 1, 1)
    answer(.receiveQueuingMessage, 31 | 1 << 32)
    emit(.messageCopied, Module.sink, detail: 4, Module.sinkQueue, 0xD001, 31)
    scribe.leave()
    ask(.setTimer, [0, 0])
    answer(.setTimer)
    arm()
    scribe.leave()
    call(.readStatistic, [9, 0], value: 2)
    close(2, Module.sink)
    idle()
  }

  private mutating func interrupts() {
    // A direct line; its handler takes interrupts again, and the next upcall would be one too deep.
    interrupt(0, waiting: 1)
    upcall(32, 1)
    scribe.leave()
    call(.acknowledgeInterrupt, [32], value: 1)
    scribe.isOn[0] = true
    interrupt(0, waiting: 1)
    error(4, 1, 1)
    emit(.healthAction, Module.master, detail: 0, 4, 0)
    scribe.leave()
    call(.null)
    scribe.returned[0] += 1
    ask(.returnFromUpcall, looked: 3)
    answer(.returnFromUpcall)
    upcall(32, 1)
    scribe.leave()
    handle(32, 1)
    // A marked line: not before the next hypercall.
    interrupt(4, waiting: 1)
    scribe.leave()
    interrupt(4, waiting: 2)
    scribe.leave()
    ask(.null)
    answer(.null)
    upcall(36, 2)
    scribe.leave()
    handle(36, 2)
  }

  private mutating func send(_ number: UInt64, _ bytes: UInt64, fullest: UInt64, isDiscarded: Bool) {
    ask(.sendQueuingMessage, [1, 0x40_0800, bytes])
    emit(.portOperation, Module.master, detail: 3, Module.source, bytes, number, fullest)
    if isDiscarded {
      emit(.portOperation, Module.sink, detail: 6, Module.sinkQueue, bytes, number)
    } else {
      emit(.mark, Module.sink, 66, 1)
    }
    answer(.sendQueuingMessage)
    emit(.messageCopied, Module.master, detail: 3, Module.source, 0xD000 + number, bytes)
    scribe.leave()
  }

  private mutating func messages() {
    send(1, 31, fullest: 1, isDiscarded: false)
    send(2, 32, fullest: 2, isDiscarded: true)
    call(.sendQueuingMessage, [1, 0x40_0800, 33], code: 2)
    call(.readQueuingStatus, [1], value: 2)
  }

  private mutating func receipts() {
    for number in UInt64(1)...2 {
      ask(.receiveQueuingMessage, [2, 0x40_0800, 64])
      emit(.portOperation, Module.worker, detail: 4, Module.workerQueue, 30 + number, number, (2 - number) << 1)
      if number == 1 { emit(.mark, Module.master, 66, 1) }
      answer(.receiveQueuingMessage, 30 + number)
      emit(.messageCopied, Module.worker, detail: 4, Module.workerQueue, 0xD000 + number, 30 + number)
      scribe.leave()
    }
    call(.receiveQueuingMessage, [2, 0x40_0800, 64], code: 2)
    ask(.clearQueuingPort, [2])
    emit(.portOperation, Module.worker, detail: 5, Module.workerQueue)
    answer(.clearQueuingPort)
    scribe.leave()
  }

  private mutating func errors() {
    except(0)
    reflect(0)
    call(.null)
    comeBack()
    // A breakpoint, and a division by zero in its handler.
    except(13, 3 << 3 | 2)
    reflect(3, 3 << 3 | 2)
    except(0)
    error(2, 1, 3, vector: 1)
    emit(.healthAction, Module.worker, detail: 0, 2, 1)
    scribe.leave()
    comeBack()
    ask(.raiseApplicationError, [1, 0x40_0800, 8], looked: exceptionsReturned | 1 << 32)
    error(1, 0, 1)
    answer(.raiseApplicationError)
    reflect(32, 1)
    comeBack()
    // Without its handler the same exception is of partition level: callback, cold start.
    call(.setExceptionHandler, [0, 0])
    except(0)
    error(2, 1, 1, vector: 1)
    emit(.callback, Module.worker, 2, Module.callback, UInt64(fault.rawValue))
    reset(Module.worker, entry: Module.callback)
    scribe.isOn[1] = false
    scribe.leave()
    call(.null)
    ask(.completeCallback)
    emit(.healthAction, Module.worker, detail: fault.rawValue, 2, 1)
    change(Module.worker, to: fault == .coldStart ? 1 : 2, 3)
    arm()
    reset(Module.worker)
    if isWorkerLate {
      scribe.change(to: 0xFF, for: 0)
      return scribe.leave()
    }
    make(Module.worker)
    if !isWorkerCold { goNormal() }
  }
}
