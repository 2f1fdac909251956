/// A table whose elements are changed in place, millions of times a second: an array would ask at each change whether
/// it is shared.
///
/// Unsafe room: the memory is the table's own, and every index is checked.
struct DirectTable<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count: Int

  init(repeating element: Element, count: Int) {
    capacity = max(1, count)
    base = .allocate(capacity: capacity)
    base.initialize(repeating: element, count: count)
    self.count = count
  }

  /// An empty table.
  init() {
    capacity = 1
    base = .allocate(capacity: 1)
    count = 0
  }

  private init(copying elements: UnsafeMutablePointer<Element>, count: Int) {
    capacity = max(1, count)
    base = .allocate(capacity: capacity)
    base.initialize(from: elements, count: count)
    self.count = count
  }

  deinit { base.deallocate() }

  var indices: Range<Int> { 0..<count }

  /// A table of the same elements.
  func copy() -> DirectTable {
    DirectTable(copying: base, count: count)
  }

  mutating func append(_ element: Element) {
    if count == capacity {
      let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
      larger.moveInitialize(from: base, count: count)
      base.deallocate()
      base = larger
      capacity *= 2
    }
    (base + count).initialize(to: element)
    count += 1
  }

  subscript(index: Int) -> Element {
    @inline(__always) unsafeAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return UnsafePointer(base + index)
    }
    @inline(__always) mutating unsafeMutableAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return base + index
    }
  }

  /// The element at `index`, for those who ask for it again and again.
  @inline(__always)
  mutating func reference(to index: Int) -> DirectReference<Element> {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return DirectReference(place: base + index)
  }

  /// The same without the check.
  ///
  /// Unsafe: the caller says why `index` is in bounds.
  subscript(unchecked index: Int) -> Element {
    @inline(__always) unsafeAddress { UnsafePointer(base + index) }
    @inline(__always) mutating unsafeMutableAddress { base + index }
  }
}

/// One element of a `DirectTable`, found once: its index was checked then.
///
/// Unsafe: not to be used once the table has been appended to, or is gone.
struct DirectReference<Element: BitwiseCopyable> {
  fileprivate let place: UnsafeMutablePointer<Element>

  var pointee: Element {
    @inline(__always) unsafeAddress { UnsafePointer(place) }
    @inline(__always) nonmutating unsafeMutableAddress { place }
  }
}
