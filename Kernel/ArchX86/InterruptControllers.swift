import APEXTypes

/// The two 8259 interrupt controllers, remapped to vectors 32 … 47. Source: Intel 8259A data sheet.
public enum InterruptControllers {
  private static let primaryCommand: UInt16 = 0x20
  private static let primaryData: UInt16 = 0x21
  private static let secondaryCommand: UInt16 = 0xA0
  private static let secondaryData: UInt16 = 0xA1

  /// Remaps both controllers and masks every line.
  public static func initialize() {
    Instruction.output(0x11, to: primaryCommand)
    Instruction.output(0x11, to: secondaryCommand)
    Instruction.output(32, to: primaryData)
    Instruction.output(40, to: secondaryData)
    Instruction.output(4, to: primaryData)
    Instruction.output(2, to: secondaryData)
    Instruction.output(1, to: primaryData)
    Instruction.output(1, to: secondaryData)
    // What reading the command ports gives from now on: the lines in service. The choice stays (OCW3).
    Instruction.output(0x0B, to: primaryCommand)
    Instruction.output(0x0B, to: secondaryCommand)
    setMask(0xFFFF)
  }

  /// Sets the masks of all lines; 1 masks.
  public static func setMask(_ mask: UInt16) {
    Instruction.output(UInt8(truncatingIfNeeded: mask), to: primaryData)
    Instruction.output(UInt8(truncatingIfNeeded: mask &>> 8), to: secondaryData)
  }

  /// The masks as the controllers have them.
  public static var mask: UInt16 {
    UInt16(Instruction.input(from: primaryData)) | UInt16(Instruction.input(from: secondaryData)) &<< 8
  }

  /// The lines in service, read back from the controller that `line` belongs to; the joint of the two (line 2) is left
  /// out.
  public static func inService(of line: InterruptLine) -> UInt16 {
    line.rawValue >= 8
      ? UInt16(Instruction.input(from: secondaryCommand)) &<< 8 : UInt16(Instruction.input(from: primaryCommand)) & ~4
  }

  /// Ends the service of `line`, by name so that no other line's service ends with it.
  public static func endInterrupt(_ line: InterruptLine) {
    if line.rawValue >= 8 {
      Instruction.output(0x60 | line.rawValue & 7, to: secondaryCommand)
      Instruction.output(0x62, to: primaryCommand)
    } else {
      Instruction.output(0x60 | line.rawValue, to: primaryCommand)
    }
  }
}
