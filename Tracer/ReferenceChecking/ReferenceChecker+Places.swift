import ModuleConfiguration
import TraceFormat

/// Where events are that are alike: most questions look back for the last of some few, which may be far away.
extension ReferenceChecker {
  /// What events have in common.
  struct Topic: Hashable {
    var kind: EventKind
    var partition: Int
    /// A vector of marks and upcalls, the number of a granted hypercall; nil for whatever it is.
    var number: Int?
    /// The first argument of a granted hypercall; nil for whatever it is.
    var subject: UInt64?
  }

  /// Events of a kind that are about a partition.
  func topic(_ kind: EventKind, _ partition: Int) -> Topic { Topic(kind: kind, partition: partition) }

  /// Its marks or upcalls of a vector.
  func topic(_ kind: EventKind, _ partition: Int, vector: Int) -> Topic {
    Topic(kind: kind, partition: partition, number: vector)
  }

  /// Results of hypercalls that it was granted, all or those with this first argument.
  func granted(_ number: HypercallNumber, _ partition: Int, about subject: Int? = nil) -> Topic {
    Topic(
      kind: .hypercallResult, partition: partition, number: Int(number.rawValue), subject: subject.map { UInt64($0) })
  }

  /// What was done to a port.
  func operation(_ operation: PortOperation, port: Int) -> Topic {
    Topic(kind: .portOperation, partition: -1, number: Int(operation.rawValue), subject: UInt64(port))
  }

  /// Notes where each event is found again.
  func sortByTopic() {
    for index in events.indices {
      guard let kind = kinds[index] else { continue }
      let partition = partition(index)
      alike[topic(kind, partition), default: []].append(index)
      if kind == .mark || kind == .upcall {
        alike[topic(kind, partition, vector: what(index)), default: []].append(index)
      }
      if kind == .portOperation, let done = PortOperation(rawValue: events[index].detail) {
        alike[operation(done, port: Int(events[index].operand)), default: []].append(index)
      }
      guard kind == .hypercallResult, events[index].detail == 0, isProperResult(index) else { continue }
      var topic = Topic(kind: kind, partition: partition, number: what(index))
      alike[topic, default: []].append(index)
      topic.subject = argument(index, 0)
      alike[topic, default: []].append(index)
    }
  }

  /// The last event before `index` that is of one of the topics and meets a condition.
  func last(before index: Int, of topics: Topic..., where condition: (Int) -> Bool = { _ in true }) -> Int? {
    last(before: index, in: topics.compactMap { alike[$0] }, where: condition)
  }

  /// The last event before `index` that is of one of the kinds and meets a condition.
  func last(before index: Int, of kinds: EventKind..., where condition: (Int) -> Bool = { _ in true }) -> Int? {
    last(before: index, in: kinds.map { places[Int($0.rawValue)] }, where: condition)
  }

  private func last(before index: Int, in lists: [[Int]], where condition: (Int) -> Bool) -> Int? {
    var left = lists.map { count($0, before: index) }
    while true {
      var (latest, place) = (0, -1)
      for (number, list) in lists.enumerated() where left[number] > 0 {
        let other = list[left[number] - 1]
        if other > place { (latest, place) = (number, other) }
      }
      guard place >= 0 else { return nil }
      if condition(place) { return place }
      left[latest] -= 1
    }
  }

  /// Events of a kind in a range.
  func all(_ kind: EventKind, in range: Range<Int>) -> ArraySlice<Int> { slice(places[Int(kind.rawValue)], range) }

  /// Events of a topic in a range.
  func all(_ topic: Topic, in range: Range<Int>) -> ArraySlice<Int> { slice(alike[topic] ?? [], range) }

  private func slice(_ list: [Int], _ range: Range<Int>) -> ArraySlice<Int> {
    let first = count(list, before: range.lowerBound)
    return list[first..<max(first, count(list, before: range.upperBound))]
  }

  /// How many of a list come before `index`: by halving, for it is asked often.
  private func count(_ list: [Int], before index: Int) -> Int {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < index { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
