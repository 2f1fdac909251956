import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

typealias Bench = CoreBench<OwnersMarked>

extension CoreBench {
  /// The running partition asks for everything that a line's upcall wants.
  func takeLine(_ vector: UInt64, handler: UInt64 = ModuleDescription.handler) {
    call(.registerHandler, vector, handler)
    call(.registerVCPU, vector)
    call(.enableInterrupt, vector)
  }

  /// The running partition publishes its trampoline and takes upcalls from now on.
  func publishEntry() {
    let entry = ModuleDescription.entry
    call(.setUpcallEntry, entry, entry + 32, entry + 64)
    flags = [.interruptsEnabled, .frameFits]
  }
}

extension EntrySnapshot.Flags: ExpressibleByArrayLiteral {
  /// The union of the flags, so that tests can write them as a list.
  public init(arrayLiteral elements: EntrySnapshot.Flags...) {
    self.init(rawValue: elements.reduce(0) { $0 | $1.rawValue })
  }
}

/// Lineage L1 and L3: who registers what, and how misuse is told.
@Suite struct RegistrationTests {
  static let vectors = Array(UInt64(32)...47)

  /// L3: registration added 32 to the vector and unregistration did not. Here both take the vector, for every line.
  // Contract 2.
  @Test(arguments: vectors) func registeringAndUnregisteringTakeTheSameVector(_ vector: UInt64) throws {
    let bench = try Bench(.standard)
    bench.start()
    let line = UInt8(vector - 32)
    #expect(bench.call(.registerVCPU, vector).status == .noError)
    #expect(bench.fire(line, extra: .lineInService).of(.mark).map(\.operand) == [UInt32(vector)])
    #expect(bench.call(.unregisterVCPU, vector).status == .noError)
    #expect(bench.fire(line, extra: .lineInService).of(.mark).isEmpty)
    #expect(bench.call(.unregisterVCPU, vector).status == .noAction)
    // The line's number is no vector; 32 more than a vector is another's, or none.
    for service in [HypercallNumber.registerVCPU, .unregisterVCPU] {
      #expect(bench.call(service, UInt64(line)).status == .invalidParameter)
      let wrong = bench.call(service, vector + 32).status
      #expect(wrong == (vector + 32 > 66 ? .invalidParameter : vector + 32 == 64 ? wrong : .invalidConfiguration))
    }
  }

  /// L3: slot 15 was never used and a full table returned nothing. All sixteen are usable at once.
  // Contract 2, 24.
  @Test func allSixteenLinesAreUsableAtOnce() throws {
    let bench = try Bench(.standard)
    bench.start()
    for vector in Self.vectors {
      #expect(bench.call(.registerHandler, vector, ModuleDescription.handler + vector).status == .noError)
      #expect(bench.call(.registerVCPU, vector).status == .noError)
      #expect(bench.call(.enableInterrupt, vector).status == .noError)
    }
    for vector in Self.vectors { bench.fire(UInt8(vector - 32), extra: .lineInService) }
    bench.publishEntry()
    var taken: [UInt64] = []
    for _ in 0..<16 {
      bench.call(.null)
      let upcall = try #require(bench.core.decision.upcall)
      #expect(upcall.handler == ModuleDescription.handler + UInt64(upcall.vector), "each line has a handler of its own")
      taken.append(UInt64(upcall.vector))
    }
    #expect(taken == Self.vectors)
    bench.call(.null)
    #expect(bench.core.decision.upcall == nil)
  }

  static let lineServices: [HypercallNumber] = [
    .registerHandler, .unregisterHandler, .enableInterrupt, .disableInterrupt, .acknowledgeInterrupt, .registerVCPU,
    .unregisterVCPU,
  ]

  // Contract 3.
  @Test(arguments: lineServices) func vectorsOutOfRangeAreInvalid(_ service: HypercallNumber) throws {
    let bench = try Bench(.standard)
    bench.start()
    for vector in [0, 15, 31, 67, 255, 256 + 32, 1 << 32 + 32, .max] as [UInt64] {
      #expect(bench.call(service, vector, ModuleDescription.handler).status == .invalidParameter)
    }
  }

  // Contract 3.
  @Test(arguments: lineServices) func linesThatTheTableDoesNotPermitAreRefused(_ service: HypercallNumber) throws {
    var description = ModuleDescription.standard
    description.partitions[0].permittedLines = 0xFFFF & ~(1 << 5)
    description.lines.removeAll { $0.line == 9 }
    let bench = try Bench(description)
    bench.start()
    for vector in [37, 41] as [UInt64] {
      #expect(bench.call(service, vector, ModuleDescription.handler).status == .invalidConfiguration)
    }
    #expect(bench.call(service, 38, ModuleDescription.handler).status != .invalidConfiguration)
  }

  // Contract 4.
  @Test func doingItTwiceChangesNothing() throws {
    let bench = try Bench(.standard)
    bench.start()
    let pairs: [(HypercallNumber, HypercallNumber)] = [
      (.registerHandler, .unregisterHandler), (.enableInterrupt, .disableInterrupt), (.registerVCPU, .unregisterVCPU),
    ]
    for (on, off) in pairs {
      #expect(bench.call(off, 36).status == .noAction, "not registered")
      let before = bench.stateWords
      #expect(bench.call(off, 36).status == .noAction)
      #expect(bench.stateWords == before)
      #expect(bench.call(on, 36, ModuleDescription.handler).status == .noError)
      let words = bench.stateWords
      #expect(bench.call(on, 36, ModuleDescription.handler + 8).status == .noAction, "twice registered")
      #expect(bench.stateWords == words)
      #expect(bench.call(off, 36).status == .noError)
      #expect(bench.call(off, 36).status == .noAction)
    }
  }

  /// L3: the handler pointer was not bounds-checked.
  // Contract 5.
  @Test func handlersLieInTheCallersExecutableMemory() throws {
    let bench = try Bench(.standard)
    bench.start()
    let bad: [UInt64] = [
      0, ModuleDescription.text - 1, ModuleDescription.text + 0x1000, ModuleDescription.constants,
      ModuleDescription.data, PartitionLayout.stackTop - 16, PartitionLayout.sharedPage,
      PartitionLayout.informationPage, 0xFFFF_8000_0000_0000, .max,
    ]
    for address in bad { #expect(bench.call(.registerHandler, 33, address).status == .invalidParameter) }
    for (vector, address) in [(33, ModuleDescription.text), (34, ModuleDescription.text + 0xFFF)] as [(UInt64, UInt64)]
    {
      #expect(bench.call(.registerHandler, vector, address).status == .noError)
    }
  }

  // Contract 5.
  @Test func theUpcallEntryAndItsTailLieInExecutableMemory() throws {
    let bench = try Bench(.standard)
    bench.start()
    let text = ModuleDescription.text
    let end = text + 0x1000
    let bad: [(UInt64, UInt64, UInt64)] = [
      (0, text, text + 16), (end, text, text + 16), (ModuleDescription.data, text, text + 16), (.max, text, text + 16),
      (text, text + 16, text + 16), (text, text + 16, text + 8), (text, text, text + 257),
      (text, end - 8, end + 8), (text, ModuleDescription.data, ModuleDescription.data + 8), (text, .max - 3, .max),
      (text, .max - 3, 4), (text, end - 8, end + 1),
    ]
    for (entry, start, stop) in bad {
      #expect(bench.call(.setUpcallEntry, entry, start, stop).status == .invalidParameter)
      #expect(bench.core.partitions[0].upcallEntry == 0)
    }
    #expect(bench.call(.setUpcallEntry, end - 1, end - 256, end).status == .noError)
    #expect(bench.core.partitions[0].upcallEntry == end - 1)
  }

  // Contract 47.
  @Test func onlyWhatIsInServiceIsAcknowledged() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.takeLine(36)
    #expect(bench.call(.acknowledgeInterrupt, 36).status == .noAction, "nothing came yet")
    bench.fire(4)
    #expect(bench.call(.acknowledgeInterrupt, 36).status == .noAction, "marked, not delivered")
    bench.publishEntry()
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 36)
    #expect(bench.call(.acknowledgeInterrupt, 37).status == .noAction, "another line")
    #expect(
      bench.call(.acknowledgeInterrupt, 36) == HypercallAnswer(caller: PartitionIndex(0), status: .noError, value: 1))
    #expect(bench.call(.acknowledgeInterrupt, 36).status == .noAction, "once is enough")
  }

  @Test func unknownServicesAreInvalid() throws {
    let bench = try Bench(.standard)
    bench.start()
    for number in [0, 24, 33, 63, 93, 0xFFFF, 0x1_0000 + 73, .max] as [UInt64] {
      let call = Hypercall(number: number, arguments: (0, 0, 0, 0, 0, 0), operand: 0)
      bench.take(.hypercall(call, bench.snapshot), at: bench.now + 10)
      #expect(bench.core.decision.answer?.status == .invalidParameter)
    }
  }
}
