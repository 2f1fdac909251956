import ModuleConfiguration
import PartitionEntry

/// The page that kernel and partition share; every access is a volatile one.
public enum SharedPageView {
  /// Reads the 8-byte word at one of `SharedPage`'s offsets.
  @inlinable public static func word(_ offset: Int) -> UInt64 {
    partita_load64(PartitionLayout.sharedPage &+ UInt64(offset))
  }

  /// How many upcalls have entered, modulo 2¹⁶.
  @inlinable public static var upcallsEntered: UInt16 {
    partita_load16(PartitionLayout.sharedPage &+ UInt64(SharedPage.upcallsEntered))
  }

  /// How many upcalls have returned, modulo 2¹⁶.
  @inlinable public static var upcallsReturned: UInt16 {
    partita_load16(PartitionLayout.sharedPage &+ UInt64(SharedPage.upcallsReturned))
  }

  /// How often the partition has changed its virtual interrupt flag, modulo 2³².
  @inlinable public static var flips: UInt32 {
    partita_load32(PartitionLayout.sharedPage &+ UInt64(SharedPage.flips))
  }
}

/// The page that the kernel writes and the partition reads.
public enum InformationPageView {
  /// Reads the 8-byte word at one of `InformationPage`'s offsets.
  @inlinable public static func word(_ offset: Int) -> UInt64 {
    partita_load64(PartitionLayout.informationPage &+ UInt64(offset))
  }
}
