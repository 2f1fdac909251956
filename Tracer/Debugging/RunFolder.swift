import Emulation
import Foundation

/// The files of a repeated run: in one folder, but for those of its recording where that is kept.
public struct RunFolder: Sendable {
  /// An existing folder, with a path short enough for sockets.
  public var path: String
  /// Where the recording is.
  public var recordingPath: String

  /// All in one folder, unless the recording is kept in another.
  public init(path: String, recordingPath: String? = nil) {
    self.path = path
    self.recordingPath = recordingPath ?? path
  }

  private func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }
  private func recorded(_ name: String) -> String { (recordingPath as NSString).appendingPathComponent(name) }

  /// What the recording's files are called.
  static let recordingNames = ["log", "disk", "trace", "rescued"]

  /// What the emulator needs to repeat the run.
  var recording: Recording { Recording(log: recorded("log"), disk: recorded("disk")) }
  /// The trace of the run while it is recorded.
  var trace: String { recorded("trace") }
  /// The same with what was still in the ring of a machine that crashed.
  var rescuedTrace: String { recorded("rescued") }
  /// The machine's memory while it is recorded.
  public var memory: String { file("memory") }
  /// The same while it is replayed.
  public var replayedMemory: String { file("replayed") }
  /// The packed module for the replay.
  var image: String { file("module.img") }
  /// The replaying emulator's monitor: a socket.
  var monitor: String { file("monitor") }
  /// The socket at which the replaying emulator awaits gdb.
  public var debugger: String { file("debugger") }
  /// What the replaying emulator says on its standard error.
  var messages: String { file("messages") }
  /// What gdb reads first.
  var script: String { file("script") }
}
