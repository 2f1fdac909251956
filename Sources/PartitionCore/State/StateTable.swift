/// A fixed-size table in memory that somebody else owns: the only unsafe room of PartitionCore.
///
/// The kernel has no heap and a large `InlineArray` is copied eagerly, so the core's tables live in memory handed over
/// once at start (`StateMemory`). Elements are plain bits; every index is checked, for a wrong one is a kernel
/// invariant broken.
public struct StateTable<Element: BitwiseCopyable>: @unchecked Sendable {
  @usableFromInline let base: UnsafeMutablePointer<Element>
  /// How many elements there are; it never changes.
  public let count: Int

  @usableFromInline init(base: UnsafeMutablePointer<Element>, count: Int) {
    self.base = base
    self.count = count
  }

  /// The element where it lies: it is not copied to be read or changed.
  ///
  /// - Precondition: `index` is 0 … `count` − 1; another one traps.
  @inlinable public subscript(index: Int) -> Element {
    // Unsafe: in bounds by the check, one comparison for both ends; alive as long as the core, as StateMemory is.
    unsafeAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return UnsafePointer(base + index)
    }
    nonmutating unsafeMutableAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return base + index
    }
  }

  /// The same without the check, for what every interrupt looks up.
  ///
  /// Unsafe: the caller says why `index` is in bounds.
  subscript(unchecked index: Int) -> Element {
    @inline(__always) unsafeAddress { UnsafePointer(base + index) }
    @inline(__always) nonmutating unsafeMutableAddress { base + index }
  }

  /// The element at `index`, for those who ask for it again and again.
  @inlinable public func reference(to index: Int) -> StateReference<Element> {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return StateReference(place: base + index)
  }
}

extension StateTable {
  /// The element at `index`, without the check.
  ///
  /// Unsafe: the caller says why `index` is in bounds.
  @inline(__always) func reference(unchecked index: Int) -> StateReference<Element> {
    StateReference(place: base + index)
  }
}

/// One element of a `StateTable`, found once: its index was checked then.
public struct StateReference<Element: BitwiseCopyable>: BitwiseCopyable, @unchecked Sendable {
  @usableFromInline let place: UnsafeMutablePointer<Element>

  @usableFromInline init(place: UnsafeMutablePointer<Element>) { self.place = place }

  /// The element where it lies; a change is one of the table.
  @inlinable public var pointee: Element {
    // Unsafe: alive as long as its table, which is as long as the core.
    unsafeAddress { UnsafePointer(place) }
    nonmutating unsafeMutableAddress { place }
  }
}

/// Memory from which the core's tables are cut, once, at start.
public struct StateMemory: ~Copyable {
  private var next: UnsafeMutableRawPointer
  private let end: UnsafeMutableRawPointer

  /// - Parameter memory: at least `PartitionCore.stateByteCount(for:)` bytes, 16-byte aligned, owned by the caller and
  ///   kept as long as the core.
  public init(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { preconditionFailure() }
    next = start
    end = start + memory.count
  }

  /// Cuts off a table whose elements all begin as `value`.
  mutating func table<Element: BitwiseCopyable>(of count: Int, filledWith value: Element) -> StateTable<Element> {
    let aligned = next.alignedUp(for: Element.self)
    let after = aligned + MemoryLayout<Element>.stride * count
    precondition(after <= end)
    next = after
    // Unsafe: the range [aligned, after) was checked and is cut off only once.
    let base = aligned.initializeMemory(as: Element.self, repeating: value, count: count)
    return StateTable(base: base, count: count)
  }
}
