/// Numbers as readers of dumps, certificates and messages expect them.
extension FixedWidthInteger where Self: UnsignedInteger {
  /// In hexadecimal digits after `0x`, without leading zeros.
  public var hexadecimal: String { "0x" + String(self, radix: 16) }

  /// In all hexadecimal digits that numbers of this type have, without `0x`: identities and bytes.
  public var hexadecimalDigits: String { hexadecimalDigits(atLeast: Self.bitWidth / 4) }

  /// In hexadecimal digits without `0x`, after zeros where they are fewer than `least`.
  public func hexadecimalDigits(atLeast least: Int, uppercase: Bool = false) -> String {
    let digits = String(self, radix: 16, uppercase: uppercase)
    return String(repeating: "0", count: Swift.max(0, least - digits.count)) + digits
  }
}
