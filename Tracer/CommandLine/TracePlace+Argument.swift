import ArgumentParser
import TraceReading

extension TracePlace: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
