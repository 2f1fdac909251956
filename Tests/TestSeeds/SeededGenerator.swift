import Simulation

/// The generator of the library's simulated world, for tests.
public typealias SeededGenerator = Simulation.SeededGenerator
