import PartitionCore
import TraceFormat

/// What a replay that begins with a keyframe takes for granted of all that came before it.
struct ReplayAssumptions {
  /// Lines that were met open although the masks were not known yet.
  var openLines: UInt16 = 0
}

extension ReplayMachine {
  /// Goes on from a keyframe's state, as if everything before it were right; `continues` tells later if that is so.
  ///
  /// - Returns: false if the words are no state of this module.
  mutating func begin(at words: [UInt64]) -> Bool {
    var rest = words.makeIterator()
    guard core.restore({ rest.next() }) else { return false }
    // What is restored must be the words' state, whole: or else this piece is replayed from the one before.
    var index = 0
    var isSame = true
    core.forEachStateWord { word in
      isSame = isSame && index < words.count && words[index] == word
      index += 1
    }
    guard isSame, index == words.count else { return false }
    hasStarted = true
    resumption = Resumption(core.decision)
    assumptions = ReplayAssumptions()
    start = resumption
    observations.begin(notBefore: resumption.notBefore)
    return true
  }

  /// Begins in the middle of a trace, where the next keyframe is to be adopted.
  mutating func beginBlind() {
    isBlind = true
    awaitsBeginning = true
    masks = nil
  }

  /// Whether this machine, which began with a keyframe, has only taken for granted what `earlier` ended with.
  ///
  /// `earlier` has compared that keyframe with its own state. So what this one found is what `earlier` would have
  /// found if it had gone on itself.
  func continues(_ earlier: borrowing ReplayMachine) -> Bool {
    guard let assumptions, !hasDiverged, report.doubts.isEmpty, !isBlind, !earlier.hasDiverged,
      !earlier.isBlind, earlier.hasStarted, earlier.expected.isEmpty, earlier.keyframe.isEmpty,
      earlier.resumption == start
    else { return false }
    if let masks = earlier.masks, masks & assumptions.openLines != 0 { return false }
    return observations.continues(earlier.observations)
  }

  /// Takes over what `earlier` knew, and its counts: from here on this machine is as if it had replayed all.
  mutating func inherit(_ earlier: borrowing ReplayMachine) {
    masks = masks ?? earlier.masks
    hasEnded = hasEnded || earlier.hasEnded
    assumptions = nil
    observations.inherit(earlier.observations)
    report.add(earlier.report)
    recent.prepend(earlier.recent)
  }
}

extension ReplayReport {
  /// Adds the counts and doubts of the part of the trace before this one's.
  mutating func add(_ earlier: ReplayReport) {
    eventCount += earlier.eventCount
    inputCount += earlier.inputCount
    decisionCount += earlier.decisionCount
    observationCount += earlier.observationCount
    keyframeCount += earlier.keyframeCount
    adoptedKeyframeCount += earlier.adoptedKeyframeCount
    uncomparedCount += earlier.uncomparedCount
    doubts = earlier.doubts + doubts
    begunAt = earlier.begunAt
    kernelIdentity = kernelIdentity ?? earlier.kernelIdentity
  }
}
