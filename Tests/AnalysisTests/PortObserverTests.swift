import APEXTypes
import SimulatedModule
import Testing
import TraceFormat

@testable import Analysis

/// What is seen of messages at their destinations, and what is not where events are missing.
@Suite struct PortObserverTests {
  /// Ports: 0 → 1 and 2 sampling, 3 → 4 queuing, 5 → 6 and 7 queuing, of which 7 discards what it has no room for.
  private static func module() throws -> SimulatedModule {
    var description = ModuleDescription.standard
    description.channels.removeAll()
    description.ports.removeAll()
    description.addChannel(from: 0, to: [1, 2], bytes: 64, refresh: 6_000_000)
    description.addQueuingChannel(from: 0, to: [.init(1, count: 4)], bytes: 64)
    description.addQueuingChannel(from: 0, to: [.init(1, count: 4), .init(2, count: 2, discards: true)], bytes: 64)
    return try SimulatedModule(description)
  }

  private static func event(
    _ operation: PortOperation, _ port: UInt32, at time: UInt64 = 0, _ w0: UInt64 = 8, _ w1: UInt64 = 0,
    _ w2: UInt64 = 0
  ) -> TraceEvent {
    TraceEvent(
      time: time, .portOperation, partition: 0, detail: operation.rawValue, operand: port, words: .init(w0, w1, w2))
  }

  private static func seen(_ events: [TraceEvent]) throws -> [PortObserver.Seen] {
    let module = try module()
    var observer = PortObserver(module.table)
    for event in events { observer.consume(event) }
    observer.finish()
    return observer.seen
  }

  @Test func theOldestMessageReadCounts() throws {
    let seen = try Self.seen([
      Self.event(.write, 0, at: 1000, 8, 1), Self.event(.read, 1, at: 1500, 8, 1), Self.event(.read, 2, at: 4000, 8, 1),
      Self.event(.write, 0, at: 5000, 8, 2), Self.event(.read, 1, at: 5100, 8, 2),
      // Nothing was read, a message that nobody saw written, and one before it was written.
      Self.event(.read, 2, at: 9000, 0, 2), Self.event(.read, 2, at: 9000, 8, 1), Self.event(.read, 1, at: 9000, 8, 3),
    ])
    #expect(seen[1] == .init(greatestAge: 500, mostWaiting: nil))
    #expect(seen[2] == .init(greatestAge: 3000, mostWaiting: nil))
    #expect(seen.count == 8 && seen[0] == .init())
  }

  @Test func theMostThatWaitedCounts() throws {
    // The receive itself tells what waited, though the sends are missing.
    #expect(try Self.seen([Self.event(.receive, 4, 8, 9, 2 << 1 | 1)])[4].mostWaiting == 3)
    // The send tells where there is one destination only.
    #expect(try Self.seen([Self.event(.send, 3, 8, 1, 2)])[4].mostWaiting == 2)
    #expect(try Self.seen([Self.event(.send, 3, 8, 1, 0)])[4].mostWaiting == nil, "nobody has taken it")
  }

  @Test func ofSeveralDestinationsEachHasItsOwn() throws {
    let events = [
      Self.event(.create, 6), Self.event(.create, 7), Self.event(.send, 5, 8, 1, 1), Self.event(.receive, 6, 8, 1, 0),
      Self.event(.send, 5, 8, 2, 2), Self.event(.send, 5, 8, 3, 2), Self.event(.overflow, 7, 8, 3),
    ]
    let seen = try Self.seen(events)
    #expect(seen[6].mostWaiting == 2 && seen[7].mostWaiting == 2)
    #expect(seen[4] == .init())
    // Without its creation nobody knows what waits in the one that has not received yet.
    #expect(try Self.seen(Array(events.dropFirst(2)))[7].mostWaiting == nil)
    // Nor after a loss, nor after a start of its partition.
    for kind in [EventKind.loss, .restart] {
      var cut = events
      cut.insert(TraceEvent(time: 0, kind, partition: 2, words: .init(1)), at: 2)
      #expect(try Self.seen(cut)[7].mostWaiting == nil, "\(kind)")
    }
  }

  /// A receiver is marked between a send and what another destination discards of it.
  @Test func aMarkDoesNotEndASend() throws {
    let mark = TraceEvent(time: 0, .mark, partition: 1, operand: 66, words: .init(1))
    let seen = try Self.seen([
      Self.event(.create, 6), Self.event(.create, 7), Self.event(.send, 5, 8, 1, 1), Self.event(.send, 5, 8, 2, 2),
      Self.event(.send, 5, 8, 3, 3), mark, Self.event(.overflow, 7, 8, 3),
    ])
    #expect(seen[6].mostWaiting == 3 && seen[7].mostWaiting == 2)
  }

  @Test func whatIsSeenBeyondItsBoundRefutesIt() {
    var port = AnalysedModule.Port(channel: 1, source: "A.OUT", destination: "B.IN")
    (port.worstAgeNanoseconds, port.refreshNanoseconds) = (700, 900)
    for (age, isRefuted, wasExceeded) in [(700, false, false), (701, true, false), (901, true, true)] as [Case] {
      port.observedAgeNanoseconds = age
      #expect(port.isRefuted == isRefuted && port.wasExceeded == wasExceeded && port.holds == true, "\(age)")
      var module = AnalysedModule(
        module: "m", schedule: "s", isInitial: true, majorFrameNanoseconds: 1, switchAllowanceNanoseconds: 1,
        assumptions: [], partitions: [], ports: [port])
      #expect(module.exitStatus == (wasExceeded ? 1 : isRefuted ? 3 : 0))
      #expect(module.text.contains("BOUND EXCEEDED") == (isRefuted && !wasExceeded), "\(module.text)")
      #expect(module.text.contains("WAS EXCEEDED") == wasExceeded, "\(module.text)")
      module.ports[0].isObservedUnderSeveralSchedules = true
      // It may be another schedule's, and is no proof either way: as of a process's response.
      #expect(module.exitStatus == (wasExceeded ? 1 : isRefuted ? 3 : 0))
      #expect(module.text.contains("unknown: more was seen") == (isRefuted && !wasExceeded), "\(module.text)")
    }
    var queue = AnalysedModule.Port(channel: 2, source: "A.OUT", destination: "B.IN")
    (queue.mostWaiting, queue.capacity, queue.observedWaiting) = (2, 4, 3)
    #expect(queue.isRefuted && !queue.wasExceeded)
  }

  private typealias Case = (UInt64, Bool, Bool)
}
