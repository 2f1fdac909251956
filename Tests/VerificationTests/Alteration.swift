import TestSeeds
import TraceFormat

/// A trace with some of its events changed as no kernel would have it, by a seed.
///
/// `Mutant` stays close to what a faulty kernel might record. Here any field may hold anything: who reads a trace must
/// make the same of it as the other judge, however little sense it makes.
struct Alteration {
  private(set) var events: [TraceEvent]
  /// What was done, one phrase a change.
  private(set) var description: [String] = []
  private var generator: SeededGenerator
  private let partitionCount: UInt8

  init(_ good: [TraceEvent], partitionCount: Int, seed: UInt64) {
    events = good
    self.partitionCount = UInt8(partitionCount)
    generator = SeededGenerator(seed: seed)
    let changes = [1, 1, 1, 2, 4][random(5)]
    for _ in 0..<changes { change() }
  }

  private mutating func random(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

  /// An event of some kind: of a rare one as often as of a frequent one.
  private mutating func pick() -> Int {
    guard random(4) > 0 else { return random(events.count) }
    var kinds: [UInt8] = []
    for event in events where !kinds.contains(event.kind) { kinds.append(event.kind) }
    let kind = kinds[random(kinds.count)]
    let places = events.indices.filter { events[$0].kind == kind }
    return places[random(places.count)]
  }

  private mutating func change() {
    guard events.count > 2 else { return }
    let place = pick()
    switch random(12) {
    case 0..<6: changeField(at: place)
    case 6: changeTimes(from: place)
    case 7: changeKind(at: place)
    case 8: changeAll(of: events[place].kind)
    default: rearrange(place)
    }
  }

  private mutating func note(_ words: String, _ place: Int) {
    let event = events[min(place, events.count - 1)]
    let kind = event.knownKind.map { "\($0)" } ?? "kind \(event.kind)"
    description.append("\(words) at \(place) (\(kind))")
  }

  // MARK: Fields

  /// Another value of one that is so wide: an extreme, a neighbour, or anything.
  private mutating func other(_ value: UInt64, _ alike: UInt64, width: Int) -> UInt64 {
    let most: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
    let values: [UInt64] = [
      0, most, value &+ 1, value &- 1, alike, UInt64(random(70)), value ^ 1 << UInt64(random(width)), most >> 1,
    ]
    return values[random(values.count)] & most
  }

  private mutating func changeField(at place: Int) {
    // Another event's, nearly always of the same kind.
    let kind = events[place].kind
    let alike = events.indices.filter { events[$0].kind == kind || random(events.count) == 0 }
    let model = events[alike[random(alike.count)]]
    switch random(8) {
    case 0, 1: changePartition(at: place, model)
    case 2, 3:
      note("detail", place)
      events[place].detail = UInt8(other(UInt64(events[place].detail), UInt64(model.detail), width: 8))
    case 4, 5:
      note("operand", place)
      events[place].operand = UInt32(other(UInt64(events[place].operand), UInt64(model.operand), width: 32))
    default:
      // The first words are those that most kinds have.
      let word = random(3) == 0 ? random(8) : random(3)
      note("word \(word)", place)
      events[place].words[word] = other(events[place].words[word], model.words[word], width: 64)
    }
  }

  private mutating func changePartition(at place: Int, _ model: TraceEvent) {
    note("partition", place)
    let own = events[place].partition
    let others = [0xFF, partitionCount, model.partition, (own &+ 1) % partitionCount, 0xFE]
    events[place].partition = others[random(others.count)]
  }

  private mutating func changeKind(at place: Int) {
    note("kind", place)
    let unknown: [UInt8] = [0, 15, 43, 59, 66, 79, 83, 255]
    events[place].kind = random(2) == 0 ? unknown[random(unknown.count)] : events[random(events.count)].kind
  }

  /// One field of every event of a kind, or all of them gone.
  private mutating func changeAll(of kind: UInt8) {
    let places = events.indices.filter { events[$0].kind == kind }
    guard places.count < events.count, random(3) > 0 else { return }
    note("all \(places.count)", places[0])
    switch random(4) {
    case 0: for place in places { events[place].partition = events[places[0]].partition }
    case 1: for place in places { events[place].operand = events[places[0]].operand }
    case 2: for place in places { events[place].words[0] = events[places[0]].words[0] }
    default:
      events.removeAll { $0.kind == kind }
      makeCountRight()
    }
  }

  // MARK: Times

  private mutating func changeTimes(from place: Int) {
    let last = min(place + [1, 2, 20, events.count][random(4)], events.count)
    let delta = UInt64([1, 50, 2000, 1_000_000, 30_000_000][random(5)])
    let isBack = random(4) > 0
    note("times up to \(last) \(isBack ? "back" : "on") by \(delta)", place)
    for index in place..<last {
      events[index].time = isBack ? events[index].time - min(events[index].time, delta) : events[index].time &+ delta
    }
  }

  // MARK: Order

  private mutating func rearrange(_ place: Int) {
    let isResumeKept = random(2) == 0
    let resumes = resumeInstants
    var order = Array(events.indices)
    switch random(4) {
    case 0:
      note("dropped", place)
      order.remove(at: place)
    case 1:
      note("doubled", place)
      order.insert(place, at: place)
    case 2 where place + 1 < events.count:
      note("swapped", place)
      order.swapAt(place, place + 1)
    default:
      note("moved", place)
      order.insert(order.remove(at: place), at: random(order.count))
    }
    events = order.map { events[$0] }
    if isResumeKept { keepResumes(order.map { resumes[$0] }) }
    makeCountRight()
  }

  private static func isEntry(_ event: TraceEvent) -> Bool { (1...4).contains(event.kind) && event.detail & 16 == 0 }

  /// When each entry says that ring 3 was resumed before it.
  private var resumeInstants: [UInt64?] {
    events.indices.map {
      Self.isEntry(events[$0]) ? ($0 == 0 ? 0 : events[$0 - 1].time) &+ events[$0].words.w1 : nil
    }
  }

  private mutating func keepResumes(_ instants: [UInt64?]) {
    for (index, instant) in instants.enumerated() where index > 0 {
      let before = events[index - 1].time
      if let instant { events[index].words.w1 = instant > before ? instant - before : 0 }
    }
  }

  /// The end counts the events that are there now: else nothing but that were to be found.
  private mutating func makeCountRight() {
    guard let last = events.indices.last, events[last].knownKind == .end else { return }
    events[last].words.w0 = UInt64(last)
  }
}
