import Emulation

/// The programs that going to an instruction needs.
public struct DebuggingPrograms: Sendable {
  /// Path of `qemu-system-x86_64`.
  public var emulator: String
  /// Path of `qemu-img`, which makes a recording's disk.
  var diskMaker: String
  /// Path of `gdb`.
  var debugger: String
  /// `setpriv`, by which nothing outlives us; nil where there is none.
  public var guardian: String?
  /// `swift-demangle`; nil where there is none.
  public var demangler: String?

  /// Finds them in PATH.
  public init(_ locator: KernelLocator) throws(EmulationError) {
    func needed(_ name: String, _ package: String) throws(EmulationError) -> String {
      guard let path = locator.program(name) else { throw .noProgram(name: name, package: package) }
      return path
    }
    emulator = try locator.emulator()
    debugger = try needed("gdb", "gdb")
    diskMaker = try needed("qemu-img", "qemu-utils")
    guardian = locator.program("setpriv")
    demangler = locator.program("swift-demangle")
  }
}
