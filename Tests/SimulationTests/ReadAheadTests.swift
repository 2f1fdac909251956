import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat
import TraceReading

@testable import Simulation

/// A prediction holds little of the recorded run in memory, however long that is and however far ahead it must be read.
@Suite struct ReadAheadTests {
  private static func trace(_ module: SimulatedModule, events: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    let options = SimulationOptions(seed: 11, isShuffled: false, meanCallGap: 20_000)
    let world = SimulatedWorld(module.table, options) { bytes.append(contentsOf: $0) }
    world.begin()
    while world.eventCount < events { world.step() }
    world.end()
    return bytes
  }

  /// The drainer of the simulated world computes for ever: its next deed is not in the trace.
  @Test func whoComputesForEverIsNotReadToTheEnd() throws {
    let module = try SimulatedModule(.standard)
    let reader = try TraceReader(bytes: Self.trace(module, events: 400_000))
    var prediction: Prediction?
    var (read, lead) = (0, 0)
    let made = try Prediction(
      recorded: module.table, under: module.table,
      source: {
        read += 1
        lead = max(lead, read - Int(prediction?.eventCount ?? 0))
        return reader.nextPresentEvent()
      }, sink: { _ in })
    prediction = made
    #expect(made.run(isInterrupted: { false }) != nil)
    prediction = nil
    #expect(made.eventCount > 300_000 && read > 400_000)
    #expect(lead < 50_000, "\(lead) events were read that nothing had come of yet")
  }

  private static func deed(_ number: Int) -> RecordedDeed {
    RecordedDeed(
      computation: UInt64(number), act: .call(GuestCall(.yield)), wasOn: false, isOn: number % 3 == 0,
      instant: UInt64(number) * 2, kernelTime: number % 2 == 0 ? nil : 7, status: nil)
  }

  /// What waits comes in order, in turns of any length, and the room that it took is used again.
  @Test func aLongQueueIsPutAside() {
    let room = SpillRoom()
    let queue = SpillingQueue<RecordedDeed>(room: room)
    var (put, taken, wrong) = (0, 0, 0)
    for (more, less) in [(10, 10), (20_000, 1_000), (5, 15_000), (20_000, 24_005), (1, 1), (30_000, 30_000)] {
      for _ in 0..<more {
        queue.append(Self.deed(put))
        put += 1
      }
      #expect(queue.count == put - taken)
      for _ in 0..<less {
        let expected = Self.deed(taken)
        let front = queue.front
        if front?.computation != expected.computation || front?.instant != expected.instant { wrong += 1 }
        if front?.kernelTime != expected.kernelTime || front?.isOn != expected.isOn { wrong += 1 }
        queue.removeFirst()
        taken += 1
      }
    }
    #expect(wrong == 0 && queue.isEmpty && queue.front == nil)
    // Some hundred deeds a slot: most of each long turn was aside.
    #expect(room.slotCount > 20 && room.slotCount < 100, "\(room.slotCount)")
    #expect(room.usedCount == 0)
  }

  @Test func aQueueThatGoesLeavesItsRoom() {
    let room = SpillRoom()
    var queue: SpillingQueue<UInt64>? = SpillingQueue(room: room)
    for number in 0..<100_000 as Range<UInt64> { queue?.append(number) }
    #expect(room.usedCount > 5 && queue?.front == 0)
    queue = nil
    #expect(room.usedCount == 0)
  }

  /// Handlers come as they were recorded, also where only their deeds were kept; one may be recorded still.
  @Test func handlersWaitInOrder() {
    let queue = HandlerQueue(room: SpillRoom())
    let open = RecordedStrand()
    for number in 0..<3000 {
      let strand = RecordedStrand(end: number % 5 == 0 ? .cut : .returned)
      for place in 0..<(number % 4) { strand.append(Self.deed(number * 10 + place)) }
      strand.computation = UInt64(number)
      strand.wasOn = number % 2 == 0
      queue.append(strand)
    }
    queue.append(open)
    open.append(Self.deed(77))
    var wrong = 0
    for number in 0..<3000 {
      let strand = queue.take()
      if strand?.count != number % 4 || strand?.computation != UInt64(number) { wrong += 1 }
      let end: RecordedStrand.End = number % 5 == 0 ? .cut : .returned
      if strand?.end != end || strand?.wasOn != (number % 2 == 0) { wrong += 1 }
      for place in 0..<(number % 4) where strand?.deed(place)?.computation != UInt64(number * 10 + place) {
        wrong += 1
      }
    }
    #expect(wrong == 0)
    #expect(queue.take() === open && queue.isEmpty && queue.take() == nil)
  }
}
