import ArgumentParser
import TraceReading

extension TracePlace: ExpressibleByArgument {
  /// What `--from`, `--to` and `--at` take: `frame:50`, `1.5s`, `event:10000`.
  public init?(argument: String) { self.init(argument) }
}
