import ArgumentParser
import TraceReading

extension TraceInstant: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension TracePlace: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
