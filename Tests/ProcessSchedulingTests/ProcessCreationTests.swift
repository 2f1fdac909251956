import APEXTypes
import ProcessScheduling
import Testing

/// CREATE_PROCESS, GET_PROCESS_ID, and names.
@Suite struct ProcessCreationTests {
  private func code(
    _ story: Story, _ change: (inout ProcessAttributes) -> Void = { _ in }
  ) -> ReturnCode {
    var attributes = ProcessPlan("another", priority: 5).attributes
    change(&attributes)
    return story.scheduler.mayCreateProcess(attributes, story.moment)
  }

  @Test func identifiersCountFromOne() {
    let story = Story()
    #expect(story.processes(3, 2, 1) == [1, 2, 3])
    #expect(story.scheduler.processCount == 3)
    #expect(story.state(3) == .dormant && story.priority(3) == 1 && story.deadline(3) == .max)
    #expect(story.scheduler.process(named: ObjectName(of: "process 2")).rawValue == 2)
    #expect(story.scheduler.process(named: ObjectName(of: "process")).isNone)
    #expect(story.state(4) == nil && story.state(0) == nil && story.state(-1) == nil)
  }

  @Test func attributesHaveTheirRanges() {
    let story = Story(period: 1_000)
    #expect(code(story) == .noError)
    #expect(code(story) { $0.entry = 0 } == .invalidParameter)
    for wrong in [0, 240, -1, .min] as [Int32] { #expect(code(story) { $0.basePriority = wrong } == .invalidParameter) }
    for right in [1, 239] as [Int32] { #expect(code(story) { $0.basePriority = right } == .noError) }
    for wrong in [0, -2, .min] as [Int64] {
      #expect(code(story) { $0.period = .nanoseconds(wrong) } == .invalidParameter)
      #expect(code(story) { $0.timeCapacity = .nanoseconds(wrong) } == .invalidParameter)
    }
    #expect(code(story) { $0.timeCapacity = .nanoseconds(.max) } == .noError)
  }

  /// A periodic process's capacity is its period at most, and has an end.
  @Test func aPeriodHasRoomForTheCapacity() {
    let story = Story(period: 1_000)
    func code(_ capacity: ServiceTime) -> ReturnCode {
      self.code(story) { ($0.period, $0.timeCapacity) = (.nanoseconds(2_000), capacity) }
    }
    #expect(code(.nanoseconds(2_000)) == .noError)
    #expect(code(.nanoseconds(2_001)) == .invalidParameter)
    #expect(code(.forEver) == .noError)
  }

  @Test func aPeriodIsAMultipleOfThePartitions() {
    let story = Story(period: 1_000)
    for (period, right) in [(1_000, true), (3_000, true), (1_500, false), (999, false)] as [(Int64, Bool)] {
      #expect(code(story) { $0.period = .nanoseconds(period) } == (right ? .noError : .invalidConfiguration))
    }
    #expect(code(Story()) { $0.period = .nanoseconds(999) } == .noError)
  }

  @Test func theReasonsOfRefusalHaveAnOrder() {
    let story = Story(period: 1_000)
    _ = story.process("known", 5)
    story.begin()
    #expect(code(story) == .invalidMode)
    #expect(code(story) { $0.period = .nanoseconds(1_500) } == .invalidConfiguration)
    func wrong(_ attributes: inout ProcessAttributes) {
      (attributes.period, attributes.basePriority) = (.nanoseconds(1_500), 0)
    }
    #expect(code(story, wrong) == .invalidParameter)
    func known(_ attributes: inout ProcessAttributes) {
      wrong(&attributes)
      attributes.name = ObjectName(of: "known")
    }
    #expect(code(story, known) == .noAction)
    let full = Story(period: 1_000)
    _ = full.process("known", 5)
    for number in 2...32 { _ = full.process("\(number)", 5) }
    #expect(code(full, known) == .invalidConfiguration)
    #expect(code(full) == .invalidConfiguration)
  }

  // MARK: Names

  /// Nothing ends a name of 32 bytes, and nothing behind them counts.
  @Test func aNameHasThirtyTwoBytes() {
    let story = Story()
    let longest = String(repeating: "x", count: 31)
    let one = story.process(longest + "y", 1)
    let other = story.process(longest + "z", 1)
    let short = story.process(longest, 1)
    #expect(story.scheduler.process(named: ObjectName(of: longest + "y")).rawValue == one)
    #expect(story.scheduler.process(named: ObjectName(of: longest + "z")).rawValue == other)
    #expect(story.scheduler.process(named: ObjectName(of: longest)).rawValue == short)
    #expect(code(story) { $0.name = ObjectName(of: longest + "y and more") } == .noAction)
  }

  @Test func aNameEndsWithItsFirstZero() {
    let bytes: [UInt8] = Array("end".utf8) + [0] + Array("rest".utf8) + Array(repeating: 7, count: 32)
    let name = bytes.withUnsafeBufferPointer { ObjectName($0.baseAddress!) }
    #expect(name == ObjectName(of: "end") && name == ObjectName(of: "end"))
    #expect(name != ObjectName(of: "ends") && name != ObjectName(of: "en"))
    let all = name.withBytes { Array($0) }
    #expect(all == Array("end".utf8) + Array(repeating: 0, count: 29))
    #expect(ObjectName() == ObjectName(of: "") && ObjectName() != name)
  }

  @Test func aLiteralFitsIntoAName() throws {
    let longest: StaticString = "12345678901234567890123456789012"
    #expect(try ObjectName(longest) == ObjectName(of: "12345678901234567890123456789012"))
    let short: StaticString = "1234567890123456789012345678901"
    #expect(try ObjectName(short) == ObjectName(of: "1234567890123456789012345678901"))
    let empty: StaticString = ""
    #expect(try ObjectName(empty) == ObjectName())
    let tooLong: StaticString = "123456789012345678901234567890123"
    #expect(throws: ReturnCode.invalidParameter) { try ObjectName(tooLong) }
  }

  @Test func theAddressOfANameIsThatOfItsBytes() throws {
    let name = ObjectName(of: "address")
    let first = try name.withAddress { UnsafePointer<UInt8>(bitPattern: UInt($0))?.pointee }
    #expect(first == UInt8(ascii: "a"))
  }
}
