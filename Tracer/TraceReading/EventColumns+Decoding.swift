import CLZ4
import ColumnKernels
import TraceFormat

extension EventColumns {
  /// Decodes a block's payload as it is stored: times and order at once, the rest when it is asked for.
  ///
  /// - Parameter header: one whose lengths keep the format's bounds.
  func decode(_ stored: UnsafeRawBufferPointer, _ header: BlockHeader) throws(PayloadDefect) {
    forget()
    firstPosition = header.firstEventIndex
    let raw = try decompress(stored, header)
    let count = Int(header.eventCount)
    guard let start = raw.baseAddress, count <= raw.count else { throw .endsEarly }
    planes = start + (try directory.read(raw, count))
    layOut(count)
    decodeTimeDeltas()
    try order(count, header.baseTime, start.assumingMemoryBound(to: UInt8.self))
    missing = .all
    eventCount = count
  }

  /// What is left of the block before, where the next one cannot be decoded: nothing.
  private func forget() {
    eventCount = 0
    missing = []
    firstKind = 0
    firstBackwards = nil
  }

  /// The payload as it was before compression: `ColumnKernel.slack` bytes more can be read.
  func decompress(
    _ stored: UnsafeRawBufferPointer, _ header: BlockHeader
  ) throws(PayloadDefect) -> UnsafeRawBufferPointer {
    let count = Int(header.rawByteCount)
    guard let source = stored.baseAddress, count > 0 else { throw .notDecompressible }
    let target = payload.reserve(count + ColumnKernel.slack)
    if header.compression == BlockCompression.lz4.rawValue {
      // liblz4 writes at most `count` bytes and reads at most what is stored.
      let written = LZ4_decompress_safe(
        source.assumingMemoryBound(to: CChar.self), target.assumingMemoryBound(to: CChar.self), Int32(stored.count),
        Int32(count))
      guard written == Int32(count) else { throw .notDecompressible }
    } else {
      guard count <= stored.count else { throw .endsEarly }
      target.copyMemory(from: source, byteCount: count)
    }
    return UnsafeRawBufferPointer(start: target, count: count)
  }

  /// Cuts the arena into arrays for so many events.
  private func layOut(_ count: Int) {
    for (index, group) in groups.enumerated() {
      groupPlaces[index] = GroupPlace(
        words: Int32(truncatingIfNeeded: group.words - group.first), stride: Int32(truncatingIfNeeded: group.count))
    }
    // A few elements more than are used: kernels work on whole vectors.
    let room = (count + 2 * ColumnKernel.slack) & ~7
    let wordRoom = (directory.wordCount + 2 * ColumnKernel.slack) & ~7
    // Times and indices have room for twice as many: `order` sees only afterwards that a group has more than its own.
    let base = arena.reserve((4 * room + wordRoom) * 8 + room * 8)
    timeBase = base.bindMemory(to: UInt64.self, capacity: 2 * room)
    headBase = (base + room * 16).bindMemory(to: UInt64.self, capacity: room)
    scratchBase = (base + room * 24).bindMemory(to: UInt64.self, capacity: room)
    wordBase = (base + room * 32).bindMemory(to: UInt64.self, capacity: wordRoom)
    let rest = base + (room * 4 + wordRoom) * 8
    locatorBase = rest.bindMemory(to: Locator.self, capacity: room)
    indexBase = (rest + room * 4).bindMemory(to: UInt16.self, capacity: 2 * room)
  }

  /// The time of each event since the one before, by place.
  private func decodeTimeDeltas() {
    let timeBase = timeBase
    var column = UnsafePointer(directory.columns)
    for group in groups {
      ColumnKernel(column[EventColumn.timeDelta], count: group.count, planes: planes)
        .decode(into: timeBase + group.first, times: nil)
      column += EventColumn.firstWord + group.wordCount
    }
  }

  /// Gives each event its place, and each place its time, from the deltas of all groups.
  private func order(_ count: Int, _ baseTime: UInt64, _ groupColumn: UnsafePointer<UInt8>) throws(PayloadDefect) {
    for index in 0..<256 { cursors[index] = UInt32(index < groups.count ? groups[index].first : count) }
    var isBackwards = false
    lastTime = partita_order(groupColumn, count, baseTime, cursors, timeBase, indexBase, &isBackwards)
    // Each group has as many events as it says: as all have together, none has more, and nobody else has any.
    for (index, group) in groups.enumerated() {
      guard Int(cursors[index]) == group.first + group.count else { throw .groupColumn }
    }
    let first = groups[Int(groupColumn[0])]
    guard timeBase[first.first] == baseTime else { throw .firstTime }
    firstKind = first.kind
    if isBackwards { findBackwards(count) }
  }

  private func findBackwards(_ count: Int) {
    var times = [UInt64](repeating: 0, count: count)
    for place in 0..<count { times[Int(indexBase[place])] = timeBase[place] }
    firstBackwards = (1..<max(1, count)).first { times[$0] < times[$0 - 1] }
  }

  // MARK: What is asked for

  /// Decodes all that has not been asked for yet.
  ///
  /// Afterwards reading changes nothing, and several threads can do so at a time.
  @inline(__always)
  public func complete() { demand(.all) }

  @inline(__always)
  func demand(_ parts: Parts) {
    if !missing.isDisjoint(with: parts) { decodeMissing(parts) }
  }

  @inline(never)
  private func decodeMissing(_ parts: Parts) {
    let wanted = missing.intersection(parts)
    missing.subtract(wanted)
    directory.groups.withUnsafeBufferPointer { groups in
      if wanted.contains(.heads) { decodeHeads(of: groups) }
      if wanted.contains(.words) { decodeWords(of: groups) }
      if wanted.contains(.locators) { locate(groups) }
    }
  }

  private func decodeHeads(of groups: UnsafeBufferPointer<Group>) {
    let (headBase, scratch) = (headBase, scratchBase)
    var column = directory.columns
    for group in groups {
      // What all events of the group have in common first, then column by column what differs.
      var common = UInt64(group.kind) | UInt64(truncatingIfNeeded: group.wordCount) &<< 24
      for number in EventColumn.partition...EventColumn.operand where column[number].isConstant {
        let (shift, mask) = EventHead.place(of: number)
        common |= (column[number].base & mask) &<< shift
      }
      let heads = headBase + group.first
      var isBegun = false
      for number in EventColumn.partition...EventColumn.operand where !column[number].isConstant {
        let (shift, mask) = EventHead.place(of: number)
        let kernel = ColumnKernel(column[number], count: group.count, planes: planes)
        if isBegun {
          kernel.mix(into: heads, shift: shift, mask: mask, scratch: scratch)
        } else {
          kernel.begin(heads, with: common, shift: shift, mask: mask, scratch: scratch)
          isBegun = true
        }
      }
      if !isBegun { heads.update(repeating: common, count: group.count) }
      column += EventColumn.firstWord + group.wordCount
    }
  }

  /// The words of all groups, some of which follow from the events' times.
  private func decodeWords(of groups: UnsafeBufferPointer<Group>) {
    let timeBase = timeBase
    var target = wordBase
    var column = directory.columns
    for group in groups {
      column += EventColumn.firstWord
      for _ in 0..<group.wordCount {
        ColumnKernel(column.pointee, count: group.count, planes: planes)
          .decode(into: target, times: timeBase + group.first)
        target += group.count
        column += 1
      }
    }
  }

  private func locate(_ groups: UnsafeBufferPointer<Group>) {
    let (locators, indices) = (locatorBase, indexBase)
    for number in groups.indices {
      for place in groups[number].first..<(groups[number].first + groups[number].count) {
        locators[Int(indices[place])] = Locator(place: place, group: number)
      }
    }
  }
}
