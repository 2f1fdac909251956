import APEXTypes
import ModuleConfiguration
import PartitionCore
import TextForms
import TraceFormat

// Keyframes, and the end of the comparison.
extension ReplayMachine {
  mutating func compareState(_ kind: EventKind, _ event: EventReference, _ position: UInt64) {
    guard kind == .keyframe else { return takeWords(event, position) }
    defer {
      self.keyframe.removeAll(keepingCapacity: true)
      isKeyframeBroken = false
    }
    report.keyframeCount += 1
    observations.noteKeyframe()
    guard !isKeyframeBroken, isWhole(event) else {
      return diverge(.keyframe, event, position, nil, "the keyframe's words do not add up to it")
    }
    let keyframe = keyframe
    var index = 0
    var differing: (Int, UInt64)?
    core.forEachStateWord { word in
      if differing == nil, index >= keyframe.count || keyframe[index] != word { differing = (index, word) }
      index += 1
    }
    if let (place, word) = differing {
      let found = place < keyframe.count ? keyframe[place].hexadecimal : "nothing"
      diverge(
        .keyframe, event, position, nil,
        "state word \(place) is \(found) in the kernel and \(word.hexadecimal) here")
    } else if index != keyframe.count {
      diverge(.keyframe, event, position, nil, "the kernel has \(keyframe.count) words of state, the core \(index)")
    }
  }

  /// Words that belong to no keyframe are no part of what the kernel writes.
  private mutating func takeWords(_ event: EventReference, _ position: UInt64) {
    if event.operand == 0, isKeyframeBroken || !keyframe.isEmpty {
      return diverge(.keyframe, event, position, nil, "a keyframe begins before the last one has ended")
    }
    if Int(event.operand) != keyframe.count { isKeyframeBroken = true }
    collect(event)
  }

  mutating func collect(_ event: EventReference) {
    if event.operand == 0 { keyframe.removeAll(keepingCapacity: true) }
    // Bounded: a keyframe has at most as many words as the kernel has room for.
    guard Int(event.operand) == keyframe.count, keyframe.count <= ModuleLimits.keyframeWordCount else { return }
    for index in 0..<8 { keyframe.append(event.words[index]) }
  }

  mutating func isWhole(_ event: EventReference) -> Bool {
    let count = Int(event.operand)
    guard count <= keyframe.count, keyframe.count - count < 8 else { return false }
    keyframe.removeLast(keyframe.count - count)
    return keyframe.withUnsafeBytes { XXH64.hash($0) } == event.words.w0
  }

  mutating func diverge(
    _ kind: Divergence.Kind, _ event: EventReference, _ position: UInt64, _ recomputed: TraceEvent?, _ reason: String
  ) {
    hasDiverged = true
    report.divergence = Divergence(
      kind: kind, position: position, recorded: event.event, recomputed: recomputed, reason: reason, before: recent.all)
  }
}

/// The last ten events, for the report of a divergence.
struct RecentEvents {
  private var ring: [(position: UInt64, event: TraceEvent)] = []
  private var next = 0
  static var count: Int { 10 }

  mutating func append(_ event: TraceEvent, _ position: UInt64) {
    if ring.count < Self.count {
      ring.append((position, event))
    } else {
      ring[next] = (position, event)
    }
    next = (next + 1) % Self.count
  }

  /// Fills up with what was before.
  mutating func prepend(_ earlier: RecentEvents) {
    guard ring.count < Self.count else { return }
    let own = all
    self = earlier
    for entry in own { append(entry.event, entry.position) }
  }

  /// Oldest first.
  var all: [(position: UInt64, event: TraceEvent)] {
    ring.count < Self.count ? ring : Array(ring[next...] + ring[..<next])
  }
}
