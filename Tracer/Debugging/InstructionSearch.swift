/// Finds the instruction by which something becomes true that stays true.
public enum InstructionSearch {
  /// The least instruction count at which `holds`, by halving.
  ///
  /// - Precondition: it does not hold at `range.lowerBound`, it holds at `range.upperBound`, and it never ceases to
  ///   hold in between.
  public static func first<Failure: Error>(
    in range: ClosedRange<UInt64>, _ holds: (UInt64) throws(Failure) -> Bool
  ) throws(Failure) -> UInt64 {
    var (low, high) = (range.lowerBound, range.upperBound)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if try holds(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
