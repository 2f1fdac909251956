import APEXTypes
import ProcessScheduling
import Testing

/// Blackboards.
@Suite struct BlackboardTests {
  private func read(_ story: Story, _ timeOut: ServiceTime = .notAtAll) -> Answer {
    story.call(.readBlackboard(1, timeOut))
  }

  @Test func aMessageIsThereForAll() {
    let story = Story()
    let blackboard = story.blackboard()
    _ = story.processes(5)
    story.begin()
    #expect(story.scheduler.blackboardStatus(1)?.isEmpty == true && read(story) == Answer(.done(.notAvailable)))
    #expect(story.code(.displayBlackboard(blackboard, [1, 2, 3])) == .noError)
    for _ in 0..<2 { #expect(read(story) == Answer(.done(.noError), [1, 2, 3])) }
    story.call(.displayBlackboard(blackboard, [4]))
    #expect(read(story, .forEver) == Answer(.done(.noError), [4]))
    #expect(story.scheduler.blackboardStatus(1)?.isEmpty == false)
    #expect(story.code(.clearBlackboard(blackboard)) == .noError)
    #expect(story.scheduler.blackboardStatus(1)?.isEmpty == true && read(story) == Answer(.done(.notAvailable)))
  }

  @Test func whatIsWrongIsFoundInOrder() {
    let story = Story()
    let blackboard = story.blackboard(bytes: 4)
    _ = story.processes(5)
    story.begin()
    for wrong in [0, 2, -1] as [Int32] {
      #expect(story.code(.displayBlackboard(wrong, [1])) == .invalidParameter)
      #expect(story.code(.clearBlackboard(wrong)) == .invalidParameter)
      #expect(story.call(.readBlackboard(wrong, .notAtAll)) == Answer(.done(.invalidParameter)))
    }
    #expect(story.code(.displayBlackboard(blackboard, [])) == .invalidParameter)
    #expect(story.code(.displayBlackboard(blackboard, [1, 2, 3, 4, 5])) == .invalidParameter)
    #expect(story.scheduler.blackboardStatus(1)?.isEmpty == true)
    story.call(.lockPreemption)
    #expect(read(story, .forEver) == Answer(.done(.invalidMode)))
    #expect(story.code(.displayBlackboard(blackboard, [1, 2, 3, 4])) == .noError)
    #expect(read(story, .nanoseconds(-2)) == Answer(.done(.invalidParameter)))
    #expect(read(story, .forEver) == Answer(.done(.noError), [1, 2, 3, 4]))
  }

  @Test func allWhoWaitGetTheMessage() {
    let story = Story()
    let blackboard = story.blackboard()
    _ = story.processes(5, 5, 9, 1)
    story.begin()
    for _ in 0..<3 { #expect(read(story, .forEver).step == .waits) }
    #expect(story.scheduler.blackboardStatus(1)?.waitingProcesses == 3)
    story.call(.displayBlackboard(blackboard, [7, 7]))
    // They have it, whatever is written or wiped meanwhile.
    #expect(story.running == 3 && story.scheduler.blackboardStatus(1)?.waitingProcesses == 0)
    story.call(.clearBlackboard(blackboard))
    story.call(.displayBlackboard(blackboard, [8]))
    #expect(story.orderOfRunning() == [3, 1, 2, 4])
    for process in 1...3 as ClosedRange<Int32> {
      #expect(story.layer.finished.first { $0.process == process }?.answer == Answer(.done(.noError), [7, 7]))
    }
  }

  @Test func theLateReaderGetsNothing() {
    let story = Story()
    let blackboard = story.blackboard()
    _ = story.processes(5, 5, 5)
    story.begin()
    _ = read(story, .nanoseconds(100))
    _ = read(story, .nanoseconds(101))
    story.pass(100)
    story.call(.displayBlackboard(blackboard, [7]))
    #expect(story.orderOfRunning() == [3, 1, 2])
    #expect(story.lastAnswer(1) == Answer(.done(.timedOut)))
    #expect(story.lastAnswer(2) == Answer(.done(.noError), [7]))
  }

  @Test func patienceEndsAtItsInstant() {
    let story = Story()
    _ = story.blackboard()
    _ = story.processes(5, 4)
    story.begin()
    _ = read(story, .nanoseconds(100))
    story.pass(99)
    #expect(story.running == 2)
    story.pass(1)
    #expect(story.running == 1 && story.lastAnswer(1) == Answer(.done(.timedOut)))
  }
}
