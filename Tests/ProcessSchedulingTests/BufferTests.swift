import APEXTypes
import ProcessScheduling
import Testing

/// Buffers.
@Suite struct BufferTests {
  private func send(_ story: Story, _ bytes: UInt8..., timeOut: ServiceTime = .forEver) -> Answer {
    story.call(.sendBuffer(1, bytes, timeOut))
  }

  private func receive(_ story: Story, _ timeOut: ServiceTime = .notAtAll) -> Answer {
    story.call(.receiveBuffer(1, timeOut))
  }

  private func count(_ story: Story) -> Int32? { story.scheduler.bufferStatus(1)?.messageCount }

  @Test func messagesComeInOrder() {
    let story = Story()
    _ = story.buffer(3)
    _ = story.processes(5)
    story.begin()
    #expect(receive(story) == Answer(.done(.notAvailable)))
    // Round and round, with a message of each length.
    var sent: UInt8 = 0
    var received: UInt8 = 0
    for step in 0..<40 {
      for _ in 0..<(step % 3 + 1) where count(story) != 3 {
        let message = Array(repeating: sent, count: Int(sent % 8) + 1)
        #expect(story.code(.sendBuffer(1, message, .notAtAll)) == .noError)
        sent += 1
      }
      for _ in 0..<(step % 2 + 1) where count(story) != 0 {
        let message = Array(repeating: received, count: Int(received % 8) + 1)
        #expect(receive(story) == Answer(.done(.noError), message))
        received += 1
      }
    }
    #expect(received > 40 && count(story) == Int32(sent - received))
  }

  @Test func whatIsWrongIsFoundInOrder() {
    let story = Story()
    _ = story.buffer(1, bytes: 4)
    _ = story.processes(5)
    story.begin()
    for wrong in [0, 2, -1] as [Int32] {
      #expect(story.code(.sendBuffer(wrong, [1], .notAtAll)) == .invalidParameter)
      #expect(story.call(.receiveBuffer(wrong, .notAtAll)) == Answer(.done(.invalidParameter)))
    }
    #expect(story.code(.sendBuffer(1, [], .notAtAll)) == .invalidParameter)
    #expect(story.code(.sendBuffer(1, [1, 2, 3, 4, 5], .notAtAll)) == .invalidParameter)
    #expect(story.code(.sendBuffer(1, [1], .nanoseconds(-2))) == .invalidParameter && count(story) == 0)
    #expect(story.code(.sendBuffer(1, [1, 2, 3, 4], .notAtAll)) == .noError)
    #expect(story.code(.sendBuffer(1, [1], .notAtAll)) == .notAvailable)
    #expect(receive(story, .nanoseconds(-2)) == Answer(.done(.invalidParameter)) && count(story) == 1)
    story.call(.lockPreemption)
    #expect(story.code(.sendBuffer(1, [1], .forEver)) == .invalidMode)
    #expect(receive(story, .forEver) == Answer(.done(.noError), [1, 2, 3, 4]))
    #expect(receive(story, .forEver) == Answer(.done(.invalidMode)))
  }

  @Test func whoeverWaitsForAMessageGetsIt() {
    let story = Story()
    _ = story.buffer(2)
    _ = story.processes(9, 5)
    story.begin()
    #expect(receive(story, .forEver).step == .waits)
    #expect(story.scheduler.bufferStatus(1)?.waitingProcesses == 1)
    #expect(send(story, 7, 8, 9).code == .noError)
    #expect(story.running == 1 && story.lastAnswer(1) == Answer(.done(.noError), [7, 8, 9]) && count(story) == 0)
    // Nothing is written behind the message.
    let room = UnsafeRawBufferPointer(start: story.side.ownIncoming, count: ModuleDecider.roomBytes)
    #expect(room.dropFirst(3).allSatisfy { $0 == ModuleDecider.untouched })
  }

  @Test func whoeverWaitsToSendIsNextInTheBuffer() {
    let story = Story()
    _ = story.buffer(2)
    _ = story.processes(9, 8, 5)
    story.begin()
    _ = (send(story, 1), send(story, 2))
    #expect(send(story, 3, 3).step == .waits && story.running == 2)
    #expect(send(story, 4).step == .waits && story.running == 3)
    #expect(story.scheduler.bufferStatus(1)?.waitingProcesses == 2)
    #expect(receive(story) == Answer(.done(.noError), [1]))
    #expect(story.running == 1 && story.lastCode(1) == .noError && count(story) == 2)
    story.call(.stopSelf)
    #expect(story.running == 3)
    let messages = (0..<3).map { _ -> [UInt8] in
      let message = receive(story).message
      if story.running == 2 { story.call(.stopSelf) }
      return message
    }
    #expect(messages == [[2], [3, 3], [4]] && count(story) == 0)
  }

  @Test func receiversAreServedByPriority() {
    let story = Story()
    _ = story.buffer(2, .priority)
    _ = story.processes(6, 8, 7, 1)
    story.begin([1, 4])
    _ = receive(story, .forEver)
    for process in [2, 3] as [Int32] {
      story.call(.start(process))
      _ = receive(story, .forEver)
    }
    for (process, byte) in [(2, 10), (3, 11), (1, 12)] as [(Int32, UInt8)] {
      _ = send(story, byte)
      #expect(story.running == process && story.lastAnswer(process)?.message == [byte])
      story.call(.stopSelf)
    }
  }

  @Test func sendersAreServedAsTheyCame() {
    let story = Story()
    _ = story.buffer(1, .fifo)
    _ = story.processes(6, 8, 7, 1)
    story.begin([1, 4])
    _ = send(story, 9)
    _ = send(story, 1)
    for process in [2, 3] as [Int32] {
      story.call(.start(process))
      _ = story.call(.sendBuffer(1, [UInt8(process)], .forEver))
    }
    for (process, byte) in [(1, 9), (2, 1), (3, 2)] as [(Int32, UInt8)] {
      #expect(receive(story) == Answer(.done(.noError), [byte]) && story.running == process)
      story.call(.stopSelf)
    }
  }

  @Test func theLateReceiverGetsNothing() {
    let story = Story()
    _ = story.buffer(1)
    _ = story.processes(5, 5)
    story.begin()
    _ = receive(story, .nanoseconds(100))
    story.pass(100)
    #expect(story.running == 2 && send(story, 6).code == .noError && count(story) == 1)
    story.call(.stopSelf)
    #expect(story.lastAnswer(1) == Answer(.done(.timedOut)))
    #expect(receive(story) == Answer(.done(.noError), [6]))
  }

  @Test func theLateSendersMessageIsNotSent() {
    let story = Story()
    _ = story.buffer(1)
    _ = story.processes(5, 5)
    story.begin()
    _ = send(story, 1)
    _ = send(story, 2, timeOut: .nanoseconds(100))
    story.pass(100)
    #expect(story.running == 2 && receive(story).message == [1] && count(story) == 0)
    story.call(.stopSelf)
    #expect(story.running == 1 && story.lastCode(1) == .timedOut)
  }

  @Test func whoeverIsSuspendedGetsItsMessage() {
    let story = Story()
    _ = story.buffer(1)
    _ = story.processes(9, 5)
    story.begin()
    _ = receive(story, .forEver)
    story.call(.suspend(1))
    _ = send(story, 5, 6)
    #expect(story.running == 2 && count(story) == 0)
    story.call(.resume(1))
    #expect(story.running == 1 && story.lastAnswer(1) == Answer(.done(.noError), [5, 6]))
  }

  /// In `main` nobody waits.
  @Test func mainMaySendWhatThereIsRoomFor() {
    let story = Story()
    _ = story.buffer(1)
    _ = story.processes(5)
    #expect(send(story, 3).code == .noError && send(story, 4).code == .invalidMode)
    story.begin()
    #expect(receive(story).message == [3])
  }
}
