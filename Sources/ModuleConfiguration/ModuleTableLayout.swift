/// The binary form of a module table: the part of a module image that the kernel decides by and that every trace
/// carries.
///
/// All numbers are little-endian 64-bit words. The table begins with a header of `headerWordCount` words, then a
/// directory with one entry of four words for each section, then the sections; a section is `count` records of
/// `recordWords` words. Names live in the byte section `strings` and are referred to as offset << 16 | length.
///
/// | header word | meaning |
/// |---|---|
/// | 0 | `magic` |
/// | 1 | `version` |
/// | 2 | bytes of the table (multiple of 8) |
/// | 3 | bytes of the whole image: table, padding to a page, segments |
/// | 4 | XXH64 of the table's bytes from word 5 to its end, its seed XXH64 (seed 0) of words 0 to 3 |
/// | 5 | reserved, 0 |
/// | 6 | sections in the directory |
/// | 7 | XXH64 of all segment bytes in order: the identity of what is run |
///
/// A directory entry is (section number, record words, record count, byte offset from the table's start).
public enum ModuleTableLayout {
  /// "PARTITA" and a 1, read as a little-endian word.
  public static let magic: UInt64 = 0x3141_5449_5452_4150
  /// The only version that is written and read: a table of another one does not open.
  public static let version: UInt64 = 2
  /// Words in front of the directory.
  public static let headerWordCount = 8
  /// Words of one entry of the directory.
  public static let directoryWordCount = 4
  /// Bytes of a page of x86-64: what segments are aligned to, in the image and in memory.
  public static let pageBytes = 4096
}

/// The sections of a module table, each there once at most, in the order of their numbers. A reader ignores numbers
/// that it does not know.
public enum ModuleSection: UInt64, Sendable {
  case module = 1
  case partitions = 2
  case schedules = 3
  case windows = 4
  case segments = 5
  case ports = 6
  case channels = 7
  case lines = 8
  case portGrants = 9
  case budgets = 10
  case processes = 11
  case stimuli = 12
  case healthActions = 13
  /// Bytes, in records of one word.
  case strings = 14
  case scheduleActions = 15
  case eventChannels = 16
  /// Claims of the module file's own; the kernel does not read them.
  case claims = 17
  /// What partitions are promised in other schedules than the initial one; the kernel shows it to them.
  case partitionSchedules = 18
  /// Which claims are judged; absent where all are. The kernel does not read it.
  case claimChoices = 19

  /// Words that a record of this section has in this version.
  public var recordWords: Int {
    switch self {
    case .module: 12
    case .partitions: 16
    case .schedules: 5
    case .windows: 5
    case .segments: 8
    case .ports: 9
    case .channels: 3
    case .lines: 6
    case .portGrants: 3
    case .budgets: 3
    case .processes: 6
    case .stimuli: 3
    case .healthActions: 6
    case .strings: 1
    case .scheduleActions: 3
    case .eventChannels: 4
    case .claims: 5
    case .partitionSchedules: 4
    case .claimChoices: 2
    }
  }
}

/// Sizes that the kernel's fixed tables have; `partita check` refuses modules beyond them.
public enum ModuleLimits {
  /// Partitions of a module: a set of them is one 32-bit word.
  public static let maximumPartitionCount = 32
  /// Windows of all module schedules together; there are no more schedules than that, either.
  public static let maximumWindowCount = 256
  /// Sampling and queuing ports of all partitions together; there are no more channels than that, either.
  public static let maximumPortCount = 128
  /// Bytes of a name, the standard's `MAX_NAME_LENGTH`.
  public static let maximumNameLength = 32
  /// Bytes of a message. The longest of a module is copied with interrupts off, as a part of L.
  public static let maximumMessageBytes = 8192
  /// Bytes that one console hypercall takes: what the transmitter's FIFO holds, so that the kernel never waits.
  public static let maximumConsoleBytes = 16
  /// Words of memory that one `noteWords` leaves in the trace: as many as can be copied in the time that a piece of a
  /// partition's memory takes, so that notes make no module's L longer.
  public static let maximumNoteWords = 256
  /// Lines of the two 8259 controllers, line 2 included, which joins them.
  public static let lineCount = 16
  /// I/O ports that can be granted, from 0 on: a partition's permission map has one page.
  public static let grantablePortCount: UInt64 = 0x8000
  /// Messages that one queuing port may hold.
  public static let maximumQueuedMessages = 64
  /// Event channels of a module; a hypercall that names one looks through all.
  public static let maximumEventChannelCount = 64
  /// Claims that a module file may add.
  public static let maximumClaimCount = 64
  /// Patterns by which a module file may choose and except claims.
  public static let maximumClaimChoiceCount = 64
  /// Bytes of such a pattern: the longest identifier has two names.
  public static let maximumClaimPatternLength = 128
  /// Words of state that a keyframe may have; half of them are queued messages.
  public static let keyframeWordCount = 16384
  /// Places for messages that one queuing channel may have (`MessageSlots`): a set of them is one word.
  public static let maximumMessageSlots = 64
  /// How deep upcalls may nest.
  public static let maximumUpcallDepth = 16
  /// Bytes of a partition's memory that are made anew at a time with interrupts off; part of L.
  public static let restartPieceBytes = 8192
  /// Entries of the health monitor's log that are kept.
  public static let errorLogLength = 32
  /// The longest time in ns from an entry to the instant that the one-shot timer is armed for there: the local APIC
  /// counts to 2³² − 1.
  public static let longestTimer: UInt64 = 0xFFFF_FFFF
  /// Bytes of the message of an application's error, `MAX_ERROR_MESSAGE_SIZE`.
  public static let maximumErrorBytes = 128
}
