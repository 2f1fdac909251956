import ModuleConfiguration
import Testing
import TraceFormat

/// A partition that publishes its upcall entry while a mark waits gets its upcall at that very call.
@Suite struct LateEntryTests {
  @Test func aMarkThatWaitsForTheEntryIsDeliveredWithIt() throws {
    var module = try ModuleVariant.arena(attacker: "LatePublisher", due: 10_000_000)
    var image = try #require(module.images["LatePublisher"])
    // The start code's publishing call, `movl $64, %eax` and `syscall`, becomes one that does nothing.
    let call: [UInt8] = [0xB8, UInt8(HypercallNumber.setUpcallEntry.rawValue), 0, 0, 0, 0x0F, 0x05]
    let places = image.indices.filter { image[$0...].starts(with: call) }
    let place = try #require(places.first)
    image.replaceSubrange((place + 5)..<(place + 7), with: [0x66, 0x90])
    module.images["LatePublisher"] = image
    let run = try CapturedRun.capture(module, milliseconds: 60)
    let attacker = try run.partition("Attacker")

    // Nothing before, one mark behind it, and the call succeeded.
    let notes = AttackRun.notes(run, of: attacker)
    #expect(notes.map(\.0) == [1] && notes.map(\.1) == [0])
    // The upcall was decided at the call that published the entry, and the partition made no call in between.
    let isPublishing = { (event: TraceEvent) in
      event.knownKind == .hypercall && event.partition == attacker
        && event.operand & 0xFFFF == UInt32(HypercallNumber.setUpcallEntry.rawValue)
    }
    let publishing = run.events.indices.filter { isPublishing(run.events[$0]) }
    let published = try #require(publishing.first)
    #expect(publishing.count == 1)
    let step = run.events[(published + 1)...].prefix { $0.knownKind?.eventClass != .input }
    #expect(step.contains { $0.knownKind == .upcall && $0.partition == attacker })
    #expect(try Judge.replay(run.trace).verdict == .identical)
    #expect(try Judge.verify(run.trace).report.claims(.fail) == [])
  }
}
