import APEXTypes
import ProcessScheduling
import Testing

/// Places where processes wait for things that are somebody else's: queuing ports.
@Suite struct PortPlaceTests {
  private func wait(
    _ story: Story, at port: Int32, _ discipline: QueuingDiscipline = .fifo, _ timeOut: ServiceTime = .forEver
  ) -> ServiceStep {
    let step = story.scheduler.wait(at: .port(port), discipline, timeOut, story.moment)
    if step == .waits {
      story.scheduler.undispatch()
      _ = story.scheduler.dispatch()
    }
    return step
  }

  @Test func whoeverWaitsAtAPortIsServedInOrder() {
    let story = Story()
    _ = story.processes(5, 6, 7, 1)
    story.begin()
    for _ in 0..<3 { #expect(wait(story, at: 128) == .waits) }
    #expect(story.scheduler.waiterCount(at: .port(128)) == 3 && story.scheduler.waiterCount(at: .port(127)) == 0)
    #expect(story.scheduler.nextAwaitedPort(after: 0) == 128 && story.scheduler.nextAwaitedPort(after: 128) == nil)
    for process in [3, 2, 1] as [Int32] {
      #expect(story.scheduler.firstInTime(at: .port(128), story.moment).rawValue == process)
      #expect(story.scheduler.wakeFirst(at: .port(128), story.moment).rawValue == process)
      #expect(story.state(process) == .ready)
    }
    #expect(story.scheduler.wakeFirst(at: .port(128), story.moment).isNone)
  }

  @Test func priorityComesFirstWhereThePortSaysSo() {
    let story = Story()
    _ = story.processes(5, 6, 7, 1)
    story.begin([2, 4])
    _ = wait(story, at: 3, .priority)
    for process in [1, 3] as [Int32] {
      story.call(.start(process))
      #expect(story.running == process && wait(story, at: 3, .priority) == .waits)
    }
    let order = (0..<3).map { _ in story.scheduler.wakeFirst(at: .port(3), story.moment).rawValue }
    #expect(order == [3, 2, 1])
  }

  @Test func portsAreVisitedInTurn() {
    let story = Story()
    _ = story.processes(5, 6, 7, 1)
    story.begin()
    for port in [9, 2, 5] as [Int32] { _ = wait(story, at: port) }
    var (ports, port) = ([Int32](), Int32(0))
    while let next = story.scheduler.nextAwaitedPort(after: port) {
      ports.append(next)
      port = next
    }
    #expect(ports == [2, 5, 9])
  }

  /// A port, a semaphore and the like of the same number are different places.
  @Test func placesOfAKindAreTheirOwn() {
    let story = Story()
    let (semaphore, event) = (story.semaphore(), story.event())
    _ = story.processes(5, 4, 3)
    story.begin()
    story.call(.waitSemaphore(semaphore, .forEver))
    story.call(.waitEvent(event, .forEver))
    #expect(story.scheduler.waiterCount(at: .port(1)) == 0 && story.scheduler.nextAwaitedPort(after: 0) == nil)
    #expect(story.scheduler.wakeFirst(at: .port(1), story.moment).isNone)
    story.call(.setEvent(event))
    #expect(story.running == 2 && story.state(1) == .waiting)
  }

  @Test func theLateOneIsNotServed() {
    let story = Story()
    _ = story.processes(5, 5, 5)
    story.begin()
    _ = wait(story, at: 1, .fifo, .nanoseconds(100))
    _ = wait(story, at: 1, .fifo, .nanoseconds(101))
    story.layer.passMasked(100)
    #expect(story.scheduler.firstInTime(at: .port(1), story.moment).rawValue == 2)
    #expect(story.state(1) == .ready && story.scheduler.waiterCount(at: .port(1)) == 1)
    #expect(story.scheduler.wakeFirst(at: .port(1), story.moment).rawValue == 2)
  }

  @Test func whoMayNotWaitDoesNot() {
    let story = Story()
    _ = story.processes(5)
    #expect(wait(story, at: 1) == .done(.invalidMode) && wait(story, at: 1, .fifo, .notAtAll) == .done(.notAvailable))
    story.begin()
    story.call(.lockPreemption)
    #expect(wait(story, at: 1) == .done(.invalidMode))
  }

  @Test func whatIsLaidReadyIsTheProcesss() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    var byte: UInt8 = 0
    withUnsafeMutableBytes(of: &byte) { bytes in
      story.scheduler.layReady(MessageExchange(bytes.baseAddress, 77))
      #expect(wait(story, at: 4) == .waits && story.running == 2)
      let exchange = story.scheduler.exchange(of: ProcessIdentifier(1))
      #expect(exchange.address == bytes.baseAddress && exchange.byteCount == 77)
      #expect(story.scheduler.exchange.address == nil)
      #expect(story.scheduler.exchange(of: ProcessIdentifier(3)).address == nil)
    }
  }
}
