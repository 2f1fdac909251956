import Foundation
import TextForms
import TraceFormat

/// A folder in which a run's recording is kept, so that who looks at the same run again need not record it anew.
///
/// A label beside the recording says what it is of: kernel and image to the byte, the emulator's program to the byte
/// (another one may not understand the recording), how the machine was started, and what the recording was like. One
/// that is spoilt is made anew.
/// Whether it is the very run of a trace is not taken from there: `TraceAgreement` looks at every event each time.
public struct KeptRun {
  private struct Label: Codable, Equatable {
    static let currentForm = "partita recording 1"
    var form = currentForm
    var kernel: String
    var image: String
    /// Nil in a label of before emulators were told apart: that recording is made anew.
    var emulator: String?
    var transport: String
    var stopNanoseconds: UInt64?
    /// The file with the trace, if the recording is whole.
    var trace = ""
    /// What the recording's files were like, by their names; nil in a label of before that was looked at. The disk is
    /// not among them: whoever replays saves states there.
    var files: [String: String]?
  }
  private static let labelName = "label.json"

  private let folder: String
  private var label: Label

  /// Takes a folder: a new one, an empty one, or one that has a label and nothing but a recording.
  ///
  /// - Parameter emulator: path of the program that makes the recording.
  /// - Throws: `RevisitError.notARecording`, so that nothing of anybody's is overwritten.
  public init(in folder: String, of run: RepeatedRun, emulator: String) throws {
    self.folder = folder
    label = Label(
      kernel: try Self.identity(ofFile: run.kernel),
      image: run.image.withUnsafeBytes { XXH64.hash($0) }.hexadecimalDigits,
      emulator: try Self.identity(ofFile: emulator), transport: "\(run.transport)",
      stopNanoseconds: run.stopInstant?.nanoseconds)
    _ = try Self.take(folder)
  }

  /// Refuses a folder that cannot take a recording, before anything is done for one. Whatever was there is there as
  /// it was, and nothing else.
  public static func examine(_ folder: String) throws(RevisitError) {
    let isNew = try take(folder)
    defer { if isNew { rmdir(folder) } }
    let probe = "\(folder)/.partita-\(UUID().uuidString)"
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw .notARecording(path: folder, reason: "nothing can be written in it (\(reason))")
    }
    close(descriptor)
    unlink(probe)
  }

  /// Makes a folder that is not there, and looks whether it may be used; answers whether it was made.
  private static func take(_ folder: String) throws(RevisitError) -> Bool {
    // Only the folder itself: what is above it a slip of the pen would make.
    let isNew = mkdir(folder, 0o777) == 0
    guard isNew || errno == EEXIST else {
      let reason = errno == ENOENT ? "there is no folder that it can be made in" : String(cString: strerror(errno))
      throw .notARecording(path: folder, reason: reason)
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw .notARecording(path: folder, reason: "it is no folder that can be read")
    }
    // Without a label of ours even a file that is called as one of ours is somebody's.
    let known = storedLabel(in: folder) == nil ? [] : Set(RunFolder.recordingNames + [labelName])
    if let other = names.first(where: { !known.contains($0) }) {
      throw .notARecording(path: folder, reason: "it has '\(other)'")
    }
    return isNew
  }

  private static func identity(ofFile path: String) throws -> String {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    return bytes.withUnsafeBytes { XXH64.hash($0) }.hexadecimalDigits
  }

  private func file(_ name: String) -> URL { URL(fileURLWithPath: folder).appendingPathComponent(name) }

  /// The trace of the recording that is there; nil where that is of another run, or not whole.
  public var trace: String? {
    guard var found = Self.storedLabel(in: folder), RunFolder.recordingNames.contains(found.trace) else { return nil }
    let path = file(found.trace).path
    // What somebody has cut or changed would end the emulator, or lead to another instruction.
    guard let files = found.files, files == identities(with: found.trace) else { return nil }
    (found.trace, found.files) = ("", nil)
    return found == label ? path : nil
  }

  /// What is in the files that nothing changes once they are made; nil where one is missing.
  private func identities(with trace: String) -> [String: String]? {
    var found: [String: String] = [:]
    for name in ["log", trace] {
      guard let identity = try? Self.identity(ofFile: file(name).path) else { return nil }
      found[name] = identity
    }
    return found
  }

  private static func storedLabel(in folder: String) -> Label? {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(labelName)),
      let label = try? JSONDecoder().decode(Label.self, from: data), label.form == Label.currentForm
    else { return nil }
    return label
  }

  /// Removes the recording that is there, and labels the folder as one for a recording that is not whole yet.
  public func clear() throws {
    try label(trace: "")
    for name in RunFolder.recordingNames where FileManager.default.fileExists(atPath: file(name).path) {
      try FileManager.default.removeItem(at: file(name))
    }
  }

  /// Labels a recording that is whole, by the path of its trace.
  public func label(trace: String) throws {
    var label = label
    label.trace = (trace as NSString).lastPathComponent
    label.files = identities(with: label.trace)
    try JSONEncoder().encode(label).write(to: file(Self.labelName), options: .atomic)
  }
}
