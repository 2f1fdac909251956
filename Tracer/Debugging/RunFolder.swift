import Emulation
import Foundation

/// The files of a repeated run: in one folder, but for those of its recording where that is kept.
public struct RunFolder: Sendable {
  public var path: String
  /// Where the recording is.
  public var recordingPath: String

  public init(path: String, recordingPath: String? = nil) {
    self.path = path
    self.recordingPath = recordingPath ?? path
  }

  private func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }
  private func recorded(_ name: String) -> String { (recordingPath as NSString).appendingPathComponent(name) }

  /// What the recording's files are called.
  static let recordingNames = ["log", "disk", "trace", "rescued"]

  public var recording: Recording { Recording(log: recorded("log"), disk: recorded("disk")) }
  public var trace: String { recorded("trace") }
  public var rescuedTrace: String { recorded("rescued") }
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
