import Emulation
import Foundation

/// The files of a repeated run in one folder.
public struct RunFolder: Sendable {
  public var path: String

  public init(path: String) { self.path = path }

  private func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  public var recording: Recording { Recording(log: file("log"), disk: file("disk")) }
  public var trace: String { file("trace") }
  public var rescuedTrace: String { file("rescued") }
  /// The machine's memory while it is recorded.
  public var memory: String { file("memory") }
  /// The same while it is replayed.
  public var replayedMemory: String { file("replayed") }
  public var image: String { file("module.img") }
  public var monitor: String { file("monitor") }
  public var debugger: String { file("debugger") }
  public var messages: String { file("messages") }
  public var script: String { file("script") }
}
