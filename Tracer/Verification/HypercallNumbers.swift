import ModuleConfiguration

/// What the numbers of hypercalls mean: looked up once a call.
struct HypercallNumbers {
  private var known = InlineArray<128, HypercallNumber?>(repeating: nil)

  init() {
    for raw in known.indices { known[raw] = HypercallNumber(rawValue: UInt16(raw)) }
  }

  /// The hypercall of a number; nil where there is none.
  @inline(__always)
  func meaning(of raw: UInt16) -> HypercallNumber? {
    raw < 128 ? known[Int(raw)] : HypercallNumber(rawValue: raw)
  }
}
