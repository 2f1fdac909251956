import ModuleConfiguration
import Simulation
import SimulatedModule

/// Traces of the simulated world, made once for all tests.
enum LongTrace {
  /// Long enough that no command is through with it before a test has looked.
  static let bytes: Result<[UInt8], any Error> = Result { try make(events: 2_000_000) }
  static let short: Result<[UInt8], any Error> = Result { try make(events: 20_000) }
  /// So few that a prediction is over before it has looked for signals.
  static let tiny: Result<[UInt8], any Error> = Result { try make(events: 500) }
  /// A few blocks, so that there is something before and behind the one in the middle.
  static let ofSomeBlocks: Result<[UInt8], any Error> = Result { try make(events: 100_000) }

  static func module() throws -> SimulatedModule {
    var description = ModuleDescription.lively
    // The test device may pulse a line at any time, and the table's own way of dying is not these tests' matter.
    description.stimuli.removeAll()
    return try SimulatedModule(description)
  }

  private static func make(events: UInt64) throws -> [UInt8] {
    let module = try module()
    var bytes: [UInt8] = []
    let options = SimulationOptions(seed: 5, isShuffled: false, meanCallGap: 20_000)
    let world = SimulatedWorld(module.table, options) { bytes.append(contentsOf: $0) }
    world.begin()
    while world.eventCount < events { world.step() }
    world.end()
    return bytes
  }
}
