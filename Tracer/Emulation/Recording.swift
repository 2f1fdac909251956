/// The files by which an emulator runs a machine once more, instruction for instruction.
///
/// Under counted instructions only what comes from outside has to be written down, and a module has next to nothing of
/// that: the log of a virtual second is some ten kilobytes. The disk holds states of the whole machine, so that going
/// back is going forward from the last of them.
public struct Recording: Equatable, Sendable {
  /// Path of what came from outside, and when, counted in instructions.
  public var log: String
  /// A small qcow2 image that the machine itself does not see.
  public var disk: String

  /// The state before the first instruction, which the emulator saves by itself.
  static let firstState = "begin"

  /// Names the files; the emulator makes the log, `qemu-img` the disk.
  public init(log: String, disk: String) {
    self.log = log
    self.disk = disk
  }

  /// The arguments of `qemu-img` that make the disk.
  public var diskArguments: [String] { ["create", "-q", "-f", "qcow2", disk, "1M"] }

  /// What follows `-icount shift=0,sleep=off`.
  func options(mode: String) -> String {
    ",rr=\(mode),rrfile=\(Machine.escaped(log)),rrsnapshot=\(Self.firstState)"
  }

  /// The disk, and a machine whose states can be loaded.
  ///
  /// QEMU 7.2 waits for ever when it loads a state of its `kvmvapic` device into a machine that has already run. The
  /// device serves no purpose here, so it is left out; its firmware stays, for the same instructions must come at boot.
  var arguments: [String] {
    [
      "-drive", "file=\(Machine.escaped(disk)),if=none,id=recording,format=qcow2", "-global",
      "apic-common.vapic=off", "-option-rom", "kvmvapic.bin",
    ]
  }
}
