extension ModuleTable {
  /// Whether another table says the same, but for how the trace is written: what is left out of it, and whether it is
  /// compressed. Then the module makes the same run.
  public func makesSameRun(as other: ModuleTable) -> Bool {
    guard byteCount == other.byteCount else { return false }
    let policies = location(of: .module).first + ModuleRecord.policyWord
    for index in 0..<(byteCount / 8) {
      // The checksum is of all the others.
      let mask: UInt64 = index == 4 ? 0 : index == policies ? ~ModuleRecord.writingBits : ~0
      guard word(index) & mask == other.word(index) & mask else { return false }
    }
    return true
  }
}
