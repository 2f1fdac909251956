import APEXTypes
import ModuleConfiguration
import Verification

/// What a search makes of what the recorded run leaves open: as `what-if` does, it takes something else for granted,
/// too.
extension ScheduleSearch {
  /// Whether every deadline holds with these windows; in doubt where one does not with something else taken for
  /// granted.
  func confirmed(_ durations: [Int: Nanoseconds]) throws -> Outcome {
    var result = try predict(durations, "all together")
    guard result.holds else { return result }
    for (assumption, condition) in result.assumptions {
      let claims = try predict(durations, "all together, if \(condition)", assumption).misses.map(\.claim)
      guard !claims.isEmpty else { continue }
      result.turning.formUnion(claims)
      result.holdsSurely = false
      result.weaknesses.append(
        "\(claims.joined(separator: ", ")) \(claims.count == 1 ? "does" : "do") not hold if \(condition)")
    }
    return result
  }

  /// What was predicted with the recorded windows, in doubt where a deadline that does not hold does with something
  /// else taken for granted.
  func doubted(_ outcome: Outcome) throws -> Outcome {
    guard outcome.failsSurely else { return outcome }
    var result = outcome
    for (assumption, condition) in outcome.assumptions {
      let missed = Set(try predict([:], "as recorded, if \(condition)", assumption).misses.map(\.claim))
      for place in result.misses.indices where !missed.contains(result.misses[place].claim) {
        result.misses[place].verdict = Verdict.unknown.rawValue
        result.weaknesses.append("\(result.misses[place].claim) holds if \(condition)")
      }
    }
    result.failsSurely = result.misses.contains { $0.verdict == Verdict.fail.rawValue }
    return result
  }

  /// The windows of partitions whose deadlines would not hold, longer, so that they do: by no more than it takes, in
  /// whole steps.
  ///
  /// - Parameter outcome: of `durations`; then of what is answered.
  /// - Returns: nil where there is nothing to lengthen, or no length helps.
  func lengthened(
    _ durations: [Int: Nanoseconds], till outcome: inout Outcome
  ) throws -> (durations: [Int: Nanoseconds], boundBy: [String])? {
    let turning = outcome.turning
    let own = durations.keys.filter { !turning.isDisjoint(with: claims(onWindow: $0)) }
    guard outcome.holds, !own.isEmpty else { return nil }
    func longer(by steps: UInt64) -> [Int: Nanoseconds] {
      var longer = durations
      for index in own {
        let room = window(index).duration.count
        longer[index] = Nanoseconds(min((durations[index]?.count ?? room) + steps * Self.step, room))
      }
      return longer
    }
    func tried(_ durations: [Int: Nanoseconds]) throws -> Outcome? {
      let found = try confirmed(durations)
      return found.holds && found.turning.isDisjoint(with: turning) ? found : nil
    }
    var (low, high): (UInt64, UInt64) = (0, 1)
    var best = try tried(longer(by: high))
    while best == nil {
      // Nothing is left to be given.
      if longer(by: high) == longer(by: high * 2) { return nil }
      (low, high) = (high, high * 2)
      best = try tried(longer(by: high))
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if let found = try tried(longer(by: middle)) { (high, best) = (middle, found) } else { low = middle }
    }
    guard var best else { return nil }
    // Not each of them has to be longer by as much.
    var found = longer(by: high)
    for index in own.sorted() where own.count > 1 {
      var (low, high) = ((durations[index]?.count ?? 0) / Self.step, (found[index]?.count ?? 0) / Self.step)
      while low < high {
        let middle = (low + high) / 2
        var shorter = found
        shorter[index] = Nanoseconds(middle * Self.step)
        guard let outcome = try tried(shorter) else {
          low = middle + 1
          continue
        }
        (high, best, found) = (middle, outcome, shorter)
      }
    }
    outcome = best
    return (found, turning.sorted())
  }

  /// Identifiers of the claims on deadlines of a window's partition.
  private func claims(onWindow index: Int) -> Set<String> {
    let partition = window(index).partition
    return Set(
      deadlines(of: partition).map {
        "process.deadline.\(name(partition)).\(String(decoding: table.name($0.name), as: UTF8.self))"
      })
  }
}
