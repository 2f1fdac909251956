import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// Queuing ports against a model of theirs.
extension QueuingPortTests {
  /// What the two destinations of the first channel hold: numbers of messages.
  private struct Model {
    var queues: [[UInt64]] = [[], []]
    var overflowed = [false, false]
    var created = [false, false]
    /// That of the last message.
    var number: UInt64 = 0
    /// How many messages were discarded.
    var overflows = 0
    static let limits = [2, 3]

    /// Whether the sender must wait: only for the first destination.
    var isHeldBack: Bool { created[0] && queues[0].count == Self.limits[0] }

    /// A message comes to every destination that is there, or is discarded at it.
    mutating func send() {
      number += 1
      for index in 0...1 where created[index] {
        if queues[index].count < Self.limits[index] {
          queues[index].append(number)
        } else {
          overflowed[index] = true
          overflows += 1
        }
      }
    }

    /// The destination takes its first message; answers its number, and the flag where one was discarded since.
    mutating func receive(at destination: Int) -> (number: UInt64, flag: UInt64)? {
      guard !queues[destination].isEmpty else { return nil }
      defer { overflowed[destination] = false }
      return (queues[destination].removeFirst(), overflowed[destination] ? 1 << 32 : 0)
    }

    /// What the destination holds is gone.
    mutating func clear(_ destination: Int) {
      queues[destination] = []
      overflowed[destination] = false
    }
  }

  /// Whatever is sent, received, cleared, created and forgotten, in whatever order: the core does as the simplest model
  /// does, and no place is used again while somebody holds its message.
  @Test func theCoreDoesAsTheModelDoes() throws {
    let seed = TestSeed.draw()
    print("queuing seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let bench = try bench()
    create(bench, 3, count: 3, direction: 0)
    var model = Model()
    var places: [Int: UInt64] = [:]
    var log = EventLog()
    for step in 0..<4000 {
      let destination = Int(generator.number(0...1))
      let partition = UInt8(destination + 1)
      let port = UInt64(destination + 4)
      switch generator.number(0...19) {
      case 0 where generator.oneIn(3):
        bench.core.forgetPorts(of: PartitionIndex(partition), into: &log)
        model.created[destination] = false
        model.clear(destination)
      case 1:
        bench.run(to: partition)
        let status = create(bench, port, count: UInt64(Model.limits[destination]), direction: 1)
        #expect(status == (model.created[destination] ? .noAction : .noError))
        model.created[destination] = true
      case 2 where generator.oneIn(3):
        bench.run(to: partition)
        #expect(
          bench.call(.clearQueuingPort, port).status == (model.created[destination] ? .noError : .invalidParameter))
        model.clear(destination)
      case 3...9:
        bench.run(to: partition)
        let answer = receive(bench, port)
        guard model.created[destination] else {
          #expect(answer.status == .invalidParameter)
          break
        }
        guard let (number, flag) = model.receive(at: destination) else {
          #expect(answer.status == .notAvailable)
          break
        }
        #expect(answer.value == flag | (number % Self.bytes + 1), "step \(step), seed \(seed)")
        guard case .receiveMessage(_, 1, let slot, _, _) = bench.core.decision.effect else {
          Issue.record("nothing is copied")
          return
        }
        #expect(places[slot] == number, "step \(step), seed \(seed)")
      default:
        bench.run(to: 0)
        let number = model.number + 1
        let status = send(bench, number % Self.bytes + 1)
        #expect(status == (model.isHeldBack ? .notAvailable : .noError), "step \(step), seed \(seed)")
        if model.isHeldBack { break }
        model.send()
        guard case .sendMessage(_, 1, let slot, _, _) = bench.core.decision.effect else {
          Issue.record("nothing is copied")
          return
        }
        places[slot] = number
      }
    }
    #expect(model.number > 500 && model.overflows > 50, "seed \(seed)")
  }
}
