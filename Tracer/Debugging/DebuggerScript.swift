import Foundation
import ModuleConfiguration
import TextForms

/// What gdb is told: symbols, the machine, commands of our own, and where it stands.
public struct DebuggerScript: Sendable {
  /// A partition and the file that has its symbols.
  public struct Partition: Equatable, Sendable {
    /// As the module file spells it, to be shown.
    public var name: String
    /// As gdb calls it, absolute and without links: by another name it would not take its symbols away again.
    public var file: String

    /// Resolves the links of `file`.
    public init(name: String, file: String) {
      self.name = name
      self.file = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
    }
  }

  /// Path of the kernel's image, whose symbols are always loaded.
  public var kernel: String
  /// Where the switcher runs, so that its symbols fit; nil for an image that does not tell.
  public var places: KernelPlaces?
  /// In the order of their indices, which `partita symbols` takes.
  public var partitions: [Partition]
  /// Whose symbols are loaded at first: all partitions lie at the same addresses, so only one can have its.
  public var current: Int?
  /// Where the context goes on that the last entry interrupted; nil where that cannot be told, and there is no such
  /// command.
  public var interrupted: InterruptedContext?
  /// Whose context that is.
  public var interruptedName: String?
  /// Where the event's record is in the kernel's address space, and how many words it has.
  public var record: (address: UInt64, wordCount: Int)?
  /// The socket at which the emulator awaits the debugger.
  public var socket: String
  /// Folders in which the names of source files begin.
  public var sources: [String] = []
  /// The path of `swift-demangle`.
  public var demangler: String?
  /// A file of further commands.
  public var commands: String?
  /// Whether a prompt follows.
  public var isInteractive = true

  /// A script of what is needed; the rest is set one by one.
  public init(kernel: String, partitions: [Partition], socket: String) {
    self.kernel = kernel
    self.partitions = partitions
    self.socket = socket
  }

  /// The script, line by line.
  public var text: String {
    var lines = [
      "set confirm off", "set pagination off", "set width 0", "set print address on",
      // What gdb says of debug information that it does not find (of Swift's own modules) is no news.
      "set logging file /dev/null", "set logging redirect on", "set logging enabled on",
      "set architecture i386:x86-64", "file \(Self.quoted(kernel))",
    ]
    // The first one named is looked into last.
    lines += sources.reversed().map { "directory \(Self.quoted($0))" }
    if let places {
      lines.append("add-symbol-file \(Self.quoted(kernel)) -o \(places.switcherDisplacement.hexadecimal)")
    }
    if let current { lines.append("add-symbol-file \(Self.quoted(partitions[current].file))") }
    lines += ["set $partita_symbols = \(current ?? -1)", "target remote \(socket)", "set logging enabled off"]
    // A partition's memory is not mapped while the kernel runs; its file has what it cannot write.
    lines.append("set trust-readonly-sections on")
    lines += symbolsCommand + whereCommand + breakCommand + interruptedCommand + recordCommand
    lines.append("partita where")
    if interrupted != nil { lines.append("partita interrupted") }
    if let commands { lines.append("source \(commands)") }
    if isInteractive { lines += ["set pagination on"] + help.map { "echo \($0)\\n" } }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `partita symbols N`: another partition's symbols.
  ///
  /// What is no number gdb refuses itself at the first use, before anything is changed.
  private var symbolsCommand: [String] {
    var lines = ["define-prefix partita", "define partita symbols", "if $argc == 1"]
    lines += ["set $partita_asked = $arg0", "if $partita_asked < 0 || $partita_asked >= \(partitions.count)"]
    lines += ["echo partitions have the numbers from 0 to \(partitions.count - 1)\\n", "else"]
    for (index, partition) in partitions.enumerated() {
      lines += ["if $partita_symbols == \(index)", "remove-symbol-file \(Self.quoted(partition.file))", "end"]
    }
    lines += ["set $partita_symbols = $partita_asked", "set logging enabled on"]
    for (index, partition) in partitions.enumerated() {
      lines += ["if $partita_asked == \(index)", "add-symbol-file \(Self.quoted(partition.file))", "end"]
    }
    lines += ["set logging enabled off", "end", "else"]
    for (index, partition) in partitions.enumerated() {
      lines.append("echo \(index) \(Self.echoed(partition.name))\\n")
    }
    lines += [
      "end", "end", "document partita symbols", "The symbols of a partition, by its number; without one: the numbers.",
      "end",
    ]
    return lines
  }

  /// `partita where`: the instruction, and who called.
  private var whereCommand: [String] {
    [
      "define partita where",
      // The names are of the one whose symbols are loaded, whoever runs at these addresses.
      "if ($cs & 3) == 3 && \(Self.runningIndex) != $partita_symbols",
      "printf \"in partition %d, whose symbols are not loaded\\n\", \(Self.runningIndex)", "end", demangled("x/i $pc"),
      demangled("bt 6"), "end", "document partita where",
      "The next instruction, and who called, with Swift's names readable.", "end",
    ]
  }

  /// Which partition runs, as the page says that each has about itself: in ring 3 alone it is there.
  private static let runningIndex: String = {
    let address = PartitionLayout.informationPage + UInt64(InformationPage.partitionIndex)
    return "*(unsigned long *) \(address.hexadecimal)"
  }()

  /// `partita break PLACE`: in one partition, where a plain breakpoint is in all, which lie at the same addresses.
  private var breakCommand: [String] {
    [
      "define partita break", "if $argc == 1",
      "eval \"break $arg0 if \(Self.runningIndex) == %d\", $partita_symbols", "end", "end",
      "document partita break",
      "A breakpoint in that partition alone whose symbols are loaded; plain ones stop in all, at the same address.",
      "end",
    ]
  }

  /// A command whose output has Swift's names readable.
  private func demangled(_ command: String) -> String {
    demangler.map { "pipe \(command) | \(Self.shellQuoted($0)) --simplified" } ?? command
  }

  /// `partita interrupted`: who ran when the kernel was entered.
  private var interruptedCommand: [String] {
    guard let interrupted else { return [] }
    let address = interrupted.instructionPointer.hexadecimal
    let name = Self.echoed(interruptedName ?? "somebody")
    return [
      "set $interrupted = \(address)", "define partita interrupted",
      "echo interrupted: \(name) at \(address), stack pointer \(interrupted.stackPointer.hexadecimal)\\n",
      demangled("info symbol \(address)"), demangled("x/i \(address)"), "end",
      "document partita interrupted",
      "Who ran when the kernel was entered that recorded the event; its address is in $interrupted.", "end",
    ]
  }

  /// `partita record`: the event in the trace ring.
  private var recordCommand: [String] {
    guard let record else { return [] }
    return [
      "set $record = (unsigned long *) \(record.address.hexadecimal)", "define partita record",
      "x/\(record.wordCount)gx $record", "end", "document partita record",
      "The event's record in the trace ring, in the kernel's address space: time, head, words. It is at $record.",
      "end",
    ]
  }

  private var help: [String] {
    [
      "", "reverse-stepi and reverse-continue go back. 'partita where' tells where it stands, 'partita interrupted'",
      "who was interrupted, 'partita record' what is recorded; 'partita symbols N' loads another partition's symbols.",
      "Partitions lie at the same addresses: 'partita break PLACE' stops in the one whose symbols are loaded.",
      "From the recording's end, soon after the event, there is no way back.",
      "'quit' leaves nothing behind.",
    ]
  }

  /// A path as an argument of gdb's commands.
  static func quoted(_ path: String) -> String {
    "\"" + path.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
  }

  /// A path in a shell's command.
  static func shellQuoted(_ path: String) -> String {
    "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// A name in an argument of `echo`, which knows backslashes only.
  static func echoed(_ text: String) -> String {
    text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
  }
}
