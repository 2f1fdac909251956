import Foundation

/// The modules of the tests of notes.
enum NoteModules {
  /// What the benchmark floods the ring with.
  static var flood: ModuleVariant {
    get throws {
      let file = BootImages.package + "/Kernel/Modules/Flood/notes.xml"
      return ModuleVariant(description: try String(contentsOfFile: file, encoding: .utf8), stimulus: "")
    }
  }

  /// The same with a ring that holds 600 events, in windows of a third of the frame.
  static var smallRing: ModuleVariant {
    get throws {
      try flood.replacing("RingBytes=\"0x1000000\"", by: "RingBytes=\"0x10000\"")
        .replacing("PeriodDurationSeconds=\"0.009\"", by: "PeriodDurationSeconds=\"0.003\"")
        .replacing("WindowDurationSeconds=\"0.009\"", by: "WindowDurationSeconds=\"0.003\"")
    }
  }

  /// Noter in the place of the flood, for a fifth of the time.
  static var noter: ModuleVariant {
    get throws {
      try flood.replacing("p:Image=\"NoteFlood\"", by: "p:Image=\"Noter\"")
        .replacing("PartitionName=\"Flood\"", by: "PartitionName=\"Noter\"")
        .replacing("PeriodDurationSeconds=\"0.009\"", by: "PeriodDurationSeconds=\"0.002\"")
        .replacing("WindowDurationSeconds=\"0.009\"", by: "WindowDurationSeconds=\"0.002\"")
    }
  }
}
