import APEXTypes

// The words of the paravirtualisation layer in a keyframe. What a partition does not use has no words.
extension PartitionCore where Marking: MarkingRule {
  /// Of each pair of vectors the even one.
  private static var evenVectors: UInt64 { 0x5555_5555_5555_5555 }

  /// One partition's nesting, timer and exception handlers.
  @inline(__always) func guestWords(_ index: Int, _ body: (UInt64) -> Void) {
    let state = guests.states[index]
    let isTimed = state.timer.next != .max || state.missedTicks != 0
    let first = index * GuestTables.handlerCount
    let isHandling = state.exceptionEntry != 0 || state.isReflecting || state.exceptionsReturned != 0
    body(state.packed)
    body(state.handled | (isTimed ? 1 &<< 62 : 0) | (isHandling ? 1 &<< 63 : 0))
    if isTimed {
      body(state.timer.next)
      body(state.timer.period)
      body(state.missedTicks)
    }
    if isHandling {
      body(state.exceptionEntry)
      body(UInt64(state.exceptionsReturned))
    }
    // Addresses of a partition's image have 31 bits: two handlers a word.
    var pairs = (state.handled | state.handled &>> 1) & Self.evenVectors
    while pairs != 0 {
      let vector = pairs.trailingZeroBitCount
      pairs &= pairs &- 1
      let second = vector + 1 < GuestTables.handlerCount ? guests.handlers[first + vector + 1] : 0
      body(guests.handlers[first + vector] & 0xFFFF_FFFF | second &<< 32)
    }
  }

  func restoreGuest(_ index: Int, _ word: () -> UInt64) {
    var state = GuestState()
    state.packed = word()
    let used = word()
    if used & 1 &<< 62 != 0 {
      state.timer.next = word()
      state.timer.period = word()
      state.missedTicks = word()
    }
    if used & 1 &<< 63 != 0 {
      state.exceptionEntry = word()
      state.exceptionsReturned = UInt32(truncatingIfNeeded: word())
    }
    state.handled = used & (1 &<< UInt64(GuestTables.handlerCount) &- 1)
    guests.states[index] = state
    keepHandler(of: index)
    let first = index * GuestTables.handlerCount
    for vector in stride(from: 0, to: GuestTables.handlerCount, by: 2) {
      let pair = used &>> UInt64(vector) & 3 != 0 ? word() : 0
      guests.handlers[first + vector] = pair & 0xFFFF_FFFF
      if vector + 1 < GuestTables.handlerCount { guests.handlers[first + vector + 1] = pair &>> 32 }
    }
  }
}
