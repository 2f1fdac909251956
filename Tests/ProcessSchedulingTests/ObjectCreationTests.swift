import APEXTypes
import Testing

@testable import ProcessScheduling

/// CREATE_SEMAPHORE and the like, and the room for messages.
@Suite struct ObjectCreationTests {
  /// Creates an object of each kind: with this name, and right attributes or wrong ones.
  private typealias Maker = (Story, ObjectName, Bool) -> Creation

  private var makers: [(count: Int, make: Maker)] {
    [
      (32, { $0.scheduler.createSemaphore($1, value: $2 ? 1 : 2, maximumValue: 1, .fifo, $0.moment) }),
      (32, { $0.scheduler.createMutex($1, priority: $2 ? 1 : 0, .fifo, $0.moment) }),
      (16, { $0.scheduler.createBuffer($1, maximumBytes: $2 ? 1 : 0, maximumCount: 1, .fifo, $0.moment) }),
      (16, { $0.scheduler.createBlackboard($1, maximumBytes: $2 ? 1 : 0, $0.moment) }),
      (32, { story, name, _ in story.scheduler.createEvent(name, story.moment) }),
    ]
  }

  @Test func theReasonsOfRefusalHaveAnOrder() {
    for (index, (count, make)) in makers.enumerated() {
      let story = Story()
      #expect(make(story, ObjectName(of: "one"), true) == Creation(.noError, 1))
      #expect(make(story, ObjectName(of: "two"), true) == Creation(.noError, 2))
      let hasAttributes = index < 4
      #expect(make(story, ObjectName(of: "one"), false) == Creation(.noAction))
      if hasAttributes { #expect(make(story, ObjectName(of: "three"), false) == Creation(.invalidParameter)) }
      story.begin()
      #expect(make(story, ObjectName(of: "one"), false) == Creation(.noAction))
      if hasAttributes { #expect(make(story, ObjectName(of: "three"), false) == Creation(.invalidParameter)) }
      #expect(make(story, ObjectName(of: "three"), true) == Creation(.invalidMode))
      let full = Story()
      for number in 1...count {
        #expect(make(full, ObjectName(of: "\(number)"), true) == Creation(.noError, Int32(number)))
      }
      #expect(make(full, ObjectName(of: "1"), false) == Creation(.invalidConfiguration))
      full.begin()
      #expect(make(full, ObjectName(of: "more"), true) == Creation(.invalidConfiguration))
    }
  }

  @Test func aSemaphoresNumbersHaveTheirRanges() {
    let story = Story()
    func code(_ value: Int32, _ maximum: Int32, _ discipline: QueuingDiscipline? = .fifo) -> ReturnCode {
      let name = ObjectName(of: "\(value) of \(maximum)")
      return story.scheduler.createSemaphore(name, value: value, maximumValue: maximum, discipline, story.moment).code
    }
    for (value, maximum) in [(-1, 1), (2, 1), (0, 0), (0, 32_768), (0, -1)] as [(Int32, Int32)] {
      #expect(code(value, maximum) == .invalidParameter)
    }
    #expect(code(0, 1, nil) == .invalidParameter)
    for (value, maximum) in [(0, 1), (1, 1), (32_767, 32_767)] as [(Int32, Int32)] {
      #expect(code(value, maximum) == .noError)
    }
  }

  @Test func aMutexsPriorityHasItsRange() {
    let story = Story()
    func code(_ priority: Int32, _ discipline: QueuingDiscipline? = .priority) -> ReturnCode {
      story.scheduler.createMutex(ObjectName(of: "\(priority)"), priority: priority, discipline, story.moment).code
    }
    for wrong in [0, -1, 240] as [Int32] { #expect(code(wrong) == .invalidParameter) }
    #expect(code(5, nil) == .invalidParameter && code(1) == .noError && code(239) == .noError)
  }

  @Test func aBuffersNumbersHaveTheirRanges() {
    let story = Story()
    func code(_ bytes: Int32, _ count: Int32, _ discipline: QueuingDiscipline? = .fifo) -> ReturnCode {
      story.scheduler.createBuffer(
        ObjectName(of: "\(bytes) \(count)"), maximumBytes: bytes, maximumCount: count, discipline, story.moment
      ).code
    }
    for (bytes, count) in [(0, 1), (1, 0), (-1, 1), (1, -1)] as [(Int32, Int32)] {
      #expect(code(bytes, count) == .invalidParameter)
    }
    #expect(code(1, 1, nil) == .invalidParameter && code(1, 1) == .noError)
    for (bytes, count) in [(.max, .max), (1, .max), (.max, 1)] as [(Int32, Int32)] {
      #expect(code(bytes, count) == .invalidConfiguration)
    }
  }

  /// Each place is a message and its length, in whole words.
  @Test func messagesHaveTheirRoomAndNoMore() {
    let story = Story()
    func room(_ name: String, _ bytes: Int32, _ count: Int32) -> ReturnCode {
      let name = ObjectName(of: name)
      return story.scheduler.createBuffer(
        name, maximumBytes: bytes, maximumCount: count, .fifo, story.moment
      ).code
    }
    #expect(room("most", 12, 1_022) == .noError)
    #expect(room("too much", 29, 1) == .invalidConfiguration)
    #expect(story.scheduler.buffer(named: ObjectName(of: "too much")) == nil)
    #expect(room("rest", 13, 1) == .noError)
    let board = story.scheduler.createBlackboard(ObjectName(of: "board"), maximumBytes: 9, story.moment)
    #expect(board == Creation(.invalidConfiguration))
    #expect(story.scheduler.createBlackboard(ObjectName(of: "board"), maximumBytes: 8, story.moment).code == .noError)
    #expect(room("nothing", 1, 1) == .invalidConfiguration)
  }

  /// Neighbours do not share a byte: each is full of its own, and the last ends with the room.
  @Test func messagesDoNotOverlap() {
    let story = Story()
    let scheduler = story.scheduler
    let sizes: [(bytes: Int32, count: Int32)] = [(5, 3), (1, 1), (12, 2), (200, 77)]
    for (index, size) in sizes.enumerated() {
      let name = ObjectName(of: "\(index)")
      let buffer = scheduler.createBuffer(
        name, maximumBytes: size.bytes, maximumCount: size.count, .fifo, story.moment)
      let blackboard = scheduler.createBlackboard(name, maximumBytes: size.bytes, story.moment)
      #expect(buffer.code == .noError && blackboard.code == .noError)
    }
    func message(_ index: Int, _ number: Int32) -> [UInt8] {
      Array(repeating: UInt8(truncatingIfNeeded: index * 50 + Int(number)), count: Int(sizes[index].bytes))
    }
    for (index, size) in sizes.enumerated() {
      let identifier = Int32(index + 1)
      #expect(story.code(.displayBlackboard(identifier, message(index, 99))) == .noError)
      for number in 0..<size.count {
        #expect(story.code(.sendBuffer(identifier, message(index, number), .notAtAll)) == .noError)
      }
    }
    for (index, size) in sizes.enumerated() {
      let identifier = Int32(index + 1)
      #expect(story.call(.readBlackboard(identifier, .notAtAll)).message == message(index, 99))
      for number in 0..<size.count {
        #expect(story.call(.receiveBuffer(identifier, .notAtAll)).message == message(index, number))
      }
    }
  }

  /// Whoever asks for what there is not is told so.
  @Test func nothingHasNoName() {
    let story = Story()
    let scheduler = story.scheduler
    _ = (story.semaphore(), story.event(), story.mutex(5), story.buffer(1), story.blackboard())
    #expect(scheduler.semaphore(named: ObjectName(of: "semaphore")) == 1)
    #expect(scheduler.event(named: ObjectName(of: "event")) == 1)
    #expect(scheduler.mutex(named: ObjectName(of: "mutex")) == 1)
    #expect(scheduler.buffer(named: ObjectName(of: "buffer")) == 1)
    #expect(scheduler.blackboard(named: ObjectName(of: "blackboard")) == 1)
    let none = ObjectName(of: "none")
    #expect(scheduler.semaphore(named: none) == nil && scheduler.event(named: none) == nil)
    #expect(scheduler.mutex(named: none) == nil && scheduler.buffer(named: none) == nil)
    #expect(scheduler.blackboard(named: none) == nil)
    for wrong in [0, 2, -1] as [Int32] {
      #expect(scheduler.semaphoreStatus(wrong) == nil && scheduler.eventStatus(wrong) == nil)
      #expect(scheduler.mutexStatus(wrong) == nil && scheduler.bufferStatus(wrong) == nil)
      #expect(scheduler.blackboardStatus(wrong) == nil)
      #expect(scheduler.ownedMutex(of: ProcessIdentifier(wrong)) == nil)
    }
  }
}
