/// Kinds of events that a module's trace leaves out (`p:Trace LeftOut`).
///
/// Only observations can be left out that tell of one act each and that nothing has to be known of to go on: inputs,
/// decisions, keyframes and what the trace says of itself never, so every trace can be replayed; nor what comes with a
/// fault or a start alone, nor pads, from which windows and the kernel's time are judged. The kernel emits every event
/// all the same: who encodes the blocks leaves these out, so the run is the same with and without.
public struct LeftOutKinds: Equatable, Sendable {
  /// Bit n for kind 48 + n, and no other bit than those of `choosable`.
  public let rawValue: UInt16

  /// Takes over what of `rawValue` can be left out.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue & Self.choosableBits }

  /// None: the trace has every event.
  @inlinable public static var none: LeftOutKinds { LeftOutKinds(rawValue: 0) }

  /// All that can be left out.
  @inlinable public static var choosable: LeftOutKinds { LeftOutKinds(rawValue: choosableBits) }

  /// Bits of the kinds that can be left out.
  @inlinable public static var choosableBits: UInt16 {
    bit(.acknowledged) | bit(.upcallWritten) | bit(.messageCopied) | bit(.consoleWritten) | bit(.noteWords)
  }

  /// The bit of an observation.
  @inlinable static func bit(_ kind: EventKind) -> UInt16 { 1 &<< UInt16(kind.rawValue &- 48) }

  /// Takes over the bits of a module table; nil where one is of a kind that cannot be left out.
  @inlinable public init?(tableBits: UInt16) {
    guard tableBits & ~Self.choosableBits == 0 else { return nil }
    rawValue = tableBits
  }

  /// Whether nothing is left out.
  @inlinable public var isEmpty: Bool { rawValue == 0 }

  /// Whether events of a kind, by its number, are left out.
  @inlinable public func contains(kind: UInt8) -> Bool {
    let bit = kind &- 48
    return bit < 16 && rawValue &>> UInt16(bit) & 1 != 0
  }

  /// Whether events of a kind are left out.
  @inlinable public func contains(_ kind: EventKind) -> Bool { contains(kind: kind.rawValue) }

  /// Calls `body` with each of the kinds, in the order of their numbers.
  @inlinable public func forEach(_ body: (EventKind) -> Void) {
    for bit: UInt8 in 0..<16 where rawValue &>> UInt16(bit) & 1 != 0 {
      if let kind = EventKind(rawValue: 48 &+ bit) { body(kind) }
    }
  }

  /// The same with one kind more; unchanged where that cannot be left out.
  @inlinable public func adding(_ kind: EventKind) -> LeftOutKinds {
    kind.eventClass == .observation ? LeftOutKinds(rawValue: rawValue | Self.bit(kind)) : self
  }
}
