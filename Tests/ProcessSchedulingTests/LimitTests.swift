import APEXTypes
import Testing

@testable import ProcessScheduling

/// How many there can be of each, and the memory that all of it needs.
@Suite struct LimitTests {
  /// The numbers of process.h, semaphore.h and the like, which partitions in C are compiled with.
  @Test func theLimitsAreThoseOfTheHeaders() {
    #expect(ProcessLimits.processCount == 32)
    #expect(ProcessLimits.semaphoreCount == 32)
    #expect(ProcessLimits.eventCount == 32)
    #expect(ProcessLimits.mutexCount == 32)
    #expect(ProcessLimits.bufferCount == 16)
    #expect(ProcessLimits.blackboardCount == 16)
    #expect(ProcessLimits.portCount == 128)
    #expect(ProcessLimits.messageBytes == 16_384)
    #expect(ProcessLimits.stackBytes == 131_072)
    #expect(ProcessLimits.minimumPriority == 1 && ProcessLimits.maximumPriority == 239)
    #expect(ProcessLimits.maximumLockLevel == 16)
    #expect(ProcessLimits.maximumSemaphoreValue == 32_767)
    #expect(ProcessLimits.errorMessageBytes == 128)
    #expect(ObjectName.byteCount == 32)
  }

  /// Tables are laid one behind the other, in memory that is 16-byte aligned.
  @Test func theMemoryIsAWholeNumberOfSixteenBytes() {
    #expect(ProcessScheduler.byteCount % 16 == 0)
    let blocks = MemoryLayout<ProcessControlBlock>.stride * Int(ProcessLimits.processCount)
    #expect(ProcessScheduler.byteCount > blocks)
  }

  @Test func zerosAreTheBeginning() {
    let side = ModuleDecider()
    let scheduler = side.scheduler
    #expect(scheduler.processCount == 0 && scheduler.lockLevel == 0)
    #expect(scheduler.running == .none && scheduler.choose() == .none && !scheduler.isOutranked)
    #expect(!scheduler.isInErrorHandler && !scheduler.takeTimerWish() && !scheduler.takeTickWish())
    #expect(scheduler.nextInstant == .never && scheduler.nextDeadline == .never)
    #expect(scheduler.nextTick { .zero } == .never)
    #expect(scheduler.takeLate(after: .none, .never) == .none)
    #expect(scheduler.status(of: ProcessIdentifier(1)) == nil && scheduler.status(of: .none) == nil)
    #expect(scheduler.semaphoreStatus(1) == nil && scheduler.eventStatus(1) == nil)
    #expect(scheduler.mutexStatus(1) == nil && scheduler.bufferStatus(1) == nil)
    #expect(scheduler.blackboardStatus(1) == nil && scheduler.ownedMutex(of: .none) == nil)
    #expect(scheduler.dispatch() == .none)
    #expect(scheduler.exchange.address == nil && scheduler.exchange.byteCount == 0)
  }

  /// A full scheduler's tables end where its memory does: each of the last is whole, with all others full.
  @Test func allTablesFitIntoTheMemory() {
    let story = Story()
    let scheduler = story.scheduler
    for number in 1...32 {
      let name = ObjectName(of: "number \(number)")
      _ = story.process("number \(number)", Int32(number))
      #expect(scheduler.createSemaphore(name, value: 1, maximumValue: 7, .fifo, story.moment).code == .noError)
      #expect(scheduler.createEvent(name, story.moment).code == .noError)
      #expect(scheduler.createMutex(name, priority: 239, .priority, story.moment).code == .noError)
      guard number <= 16 else { continue }
      let buffer = scheduler.createBuffer(name, maximumBytes: 4, maximumCount: 2, .fifo, story.moment)
      let blackboard = scheduler.createBlackboard(name, maximumBytes: 9, story.moment)
      #expect(buffer == Creation(.noError, Int32(number)) && blackboard == Creation(.noError, Int32(number)))
    }
    story.begin()
    #expect(story.running == 32 && scheduler.processCount == 32)
    for number in 1...32 as ClosedRange<Int32> {
      let name = ObjectName(of: "number \(number)")
      #expect(scheduler.process(named: name).rawValue == number && story.priority(number) == number)
      #expect(scheduler.semaphore(named: name) == number && scheduler.event(named: name) == number)
      #expect(scheduler.mutex(named: name) == number)
      #expect(scheduler.semaphoreStatus(number) == SemaphoreStatus(value: 1, maximumValue: 7, waitingProcesses: 0))
      #expect(scheduler.mutexStatus(number)?.priority == 239 && scheduler.eventStatus(number)?.isUp == false)
      #expect(scheduler.buffer(named: name) == (number <= 16 ? number : nil))
      #expect(scheduler.blackboard(named: name) == (number <= 16 ? number : nil))
    }
  }
}
