import APEXTypes
import ModuleConfiguration

/// What to boot, for how long, and with what around it.
public struct CaptureRequest: Sendable {
  /// Path of `qemu-system-x86_64`.
  public var emulator: String
  /// Path of `setpriv`, through which the emulator is tied to our life; nil to do without.
  public var guardian: String?
  /// Path of the kernel's image.
  public var kernel: String
  /// The packed module image's bytes.
  public var image: [UInt8]
  /// The existing file that the trace is written to.
  public var trace: String
  /// How the trace leaves the machine; `memory` allows no live input.
  public var transport: DrainTransport = .port
  /// Whether the module's ring is a flight recorder's: its trace is read from the machine's memory at the end, whatever
  /// the transport.
  var isFlightRecorder: Bool {
    image.withUnsafeBytes { (try? ModuleTable($0))?.module.ringPolicy == .flightRecorder }
  }
  /// How virtual time passes; a run that is recorded must be repeatable.
  public var pace: Machine.Pace = .repeatable
  /// The instant at which the kernel stops the module; nil to run until a signal comes.
  public var stopInstant: SystemTime?
  /// A file for the emulator's log of all interrupts and exceptions; nil for none.
  public var interruptLog: String?
  /// An existing empty file that becomes the machine's memory, and so can be looked into during the run and after it.
  public var memoryFile: String?
  /// A descriptor whose bytes are the console's live input; nil for none. The caller closes it.
  public var consoleInput: Int32?
  /// Where the run is recorded, so that the emulator can repeat it; nil for none.
  public var recording: Recording?
  /// When to give up.
  public var patience = Patience()

  /// How long to wait, in real time, for what may never come.
  public struct Patience: Equatable, Sendable {
    /// For the first block of the trace.
    public var firstBlock: Duration = .seconds(60)
    /// For the next block; nil where silence is no sign of trouble.
    public var nextBlock: Duration?
    /// For the orderly end, once it was asked for.
    public var orderlyEnd: Duration = .seconds(30)
    /// Between two looks at trace and console.
    public var tick: Duration = .milliseconds(20)

    /// A minute for the first block, none for the next, half a minute for the end.
    public init() {}
  }

  /// A repeatable run until a signal comes, its trace through the debug port, with nothing read or kept besides.
  public init(emulator: String, guardian: String?, kernel: String, image: [UInt8], trace: String) {
    self.emulator = emulator
    self.guardian = guardian
    self.kernel = kernel
    self.image = image
    self.trace = trace
  }
}
