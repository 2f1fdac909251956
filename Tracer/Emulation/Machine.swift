import APEXTypes
import ModuleConfiguration

/// The emulated machine that a module boots on, as arguments of `qemu-system-x86_64`.
public struct Machine: Equatable, Sendable {
  /// How virtual time passes.
  public enum Pace: Equatable, Sendable {
    /// One guest instruction is one nanosecond: every run is the same, on a loaded host too.
    case repeatable
    /// Virtual time follows the host's clock; the kernel measures the rate of its counter at boot.
    case realTime
  }

  /// What COM1 is connected to.
  public enum Console: Equatable, Sendable {
    /// What the module writes goes to a file; nothing is ever received. Repeatable.
    case output(path: String)
    /// The emulator's own standard input and output. What is typed arrives at other instants in every run.
    case standardStreams
  }

  /// Whether the emulator records what it would need to run the machine once more, or does so.
  public enum Repetition: Equatable, Sendable {
    case none
    /// Everything is written to `recording`; what the machine does is what it does without.
    case record(Recording)
    /// The machine runs once more, stands still before its first instruction, and can be sent to and fro.
    ///
    /// - Parameter debugger: path of the socket at which a debugger is awaited.
    case replay(Recording, debugger: String)
  }

  /// Path of the kernel's image.
  public var kernel: String
  /// The packed module image.
  public var image: String
  /// The file that receives what the module writes to the debug port.
  public var trace: String
  /// How the drainer is to hand over the trace. With `memory` the debug port writes to the emulator's standard output,
  /// and nothing goes to `trace`; `memoryFile` must be set, and the console cannot be the standard streams.
  public var transport: DrainTransport = .port
  /// Left out while a recording is replayed: nothing is connected to COM1 then.
  public var console: Console
  /// Path of the monitor's socket. Unix sockets allow some 100 bytes.
  public var monitor: String
  /// A run can be recorded and repeated only at the repeatable one.
  public var pace: Pace = .repeatable
  /// The instant at which the kernel stops the module; nil to run until told.
  public var stopInstant: SystemTime?
  /// A file for the emulator's log of all interrupts and exceptions.
  public var interruptLog: String?
  /// As much as the module compiler counts on.
  public var memoryMebibytes = 128
  /// A file that is the machine's memory, and so outlives it; nil for memory that goes with the emulator.
  public var memoryFile: String?
  /// Other than `none` only at the repeatable pace.
  public var repetition = Repetition.none

  /// A repeatable machine that runs until told, with the trace through the debug port and memory of its own.
  public init(kernel: String, image: String, trace: String, console: Console, monitor: String) {
    self.kernel = kernel
    self.image = image
    self.trace = trace
    self.console = console
    self.monitor = monitor
  }

  /// The arguments, without the program's name.
  public var arguments: [String] {
    var result = [
      "-machine", memoryFile == nil ? "pc" : "pc,memory-backend=ram", "-cpu", "max", "-m", "\(memoryMebibytes)M",
      "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot", "-monitor", "none",
    ]
    if let memoryFile {
      result += [
        "-object",
        "memory-backend-file,id=ram,share=on,size=\(memoryMebibytes)M,mem-path=\(Self.escaped(memoryFile))",
      ]
    }
    switch pace {
    case .repeatable:
      result += ["-icount", "shift=0,sleep=off" + repetitionOptions, "-rtc", "base=2026-01-01,clock=vm"]
    case .realTime: result += ["-rtc", "base=utc,clock=host"]
    }
    result += repetitionArguments
    result += ["-kernel", kernel, "-initrd", image]
    let commandLine = kernelCommandLine
    if !commandLine.isEmpty { result += ["-append", commandLine] }
    result += outputArguments
    result += ["-serial", "chardev:console", "-qmp", "unix:\(Self.escaped(monitor)),server=on,wait=off"]
    if let interruptLog { result += ["-d", "int", "-D", interruptLog] }
    return result
  }

  /// Where trace and console go, and the device by which the kernel ends the machine.
  private var outputArguments: [String] {
    let port = "isa-debugcon,iobase=0xe9,"
    let readback = "readback=\(DrainTransport.memory.rawValue),"
    if case .replay = repetition {
      // What leaves the machine left it when it was recorded. Without the exit device its end is a standstill, from
      // which one can go back.
      let device = port + (transport == .memory ? readback : "") + "chardev=trace"
      return ["-chardev", "null,id=trace", "-device", device, "-chardev", "null,id=console"]
    }
    var result: [String]
    switch transport {
    case .port:
      result = ["-chardev", "file,id=trace,path=\(Self.escaped(trace))", "-device", port + "chardev=trace"]
    case .memory:
      result = ["-chardev", "stdio,id=trace,signal=off", "-device", port + readback + "chardev=trace"]
    }
    result += ["-device", "isa-debug-exit,iobase=0xf4,iosize=1"]
    switch console {
    case .output(let path): result += ["-chardev", "file,id=console,path=\(Self.escaped(path))"]
    case .standardStreams: result += ["-chardev", "stdio,id=console,signal=off"]
    }
    return result
  }

  private var repetitionOptions: String {
    switch repetition {
    case .none: ""
    case .record(let recording): recording.options(mode: "record")
    case .replay(let recording, _): recording.options(mode: "replay")
    }
  }

  private var repetitionArguments: [String] {
    switch repetition {
    case .none: []
    case .record(let recording): recording.arguments
    case .replay(let recording, let debugger):
      recording.arguments + ["-S", "-no-shutdown", "-gdb", "unix:\(Self.escaped(debugger)),server=on,wait=off"]
    }
  }

  /// The options that the kernel is told.
  public var kernelCommandLine: String {
    var options: [String] = []
    if let stopInstant { options.append("stop=\(stopInstant.nanoseconds)") }
    if pace == .realTime { options.append("clock=calibrate") }
    return options.joined(separator: " ")
  }

  /// Doubles commas: in the emulator's option lists a single one separates.
  static func escaped(_ path: String) -> String {
    path.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
  }
}
