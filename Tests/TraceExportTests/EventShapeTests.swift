import StoredTraces
import TestSeeds
import Testing
import TraceDamage
import TraceExport
import TraceFormat
import TraceReading

@Suite struct EventShapeTests {
  static let vocabulary = TraceVocabulary(partitions: ["A", "B"])

  /// Whatever an event holds, a shape says what the dump says: the same fields in the same order.
  @Test(arguments: (0...UInt8.max).map { $0 }) func shapesSayWhatTheDumpSays(kind: UInt8) {
    let seed = UInt64(kind) &* 977 &+ 5
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      var event = TraceEvent(
        time: generator.next() >> 8, kind: kind, partition: UInt8.random(in: 0...255, using: &generator),
        detail: UInt8.random(in: 0...255, using: &generator))
      event.operand = UInt32.random(in: 0...(Bool.random(using: &generator) ? 100 : .max), using: &generator)
      for word in 0..<8 { event.words[word] = generator.next() >> UInt64.random(in: 0...63, using: &generator) }
      let shape = EventShape.of(event)
      let expected = EventDescription(event, position: 0, Self.vocabulary).fields
      #expect(shape.describe(event, Self.vocabulary) == expected, "seed \(seed)")
      for field in shape.fields {
        guard let value = field.value(event), field.byteWidth < 8 else { continue }
        #expect(value >> UInt64(8 * field.byteWidth) == 0, "\(field.name) does not fit its width, seed \(seed)")
      }
    }
  }

  /// As numbers a call that tells of processes keeps its arguments; in words it says what the dump says.
  @Test func aTellHasNamesInWordsAndArgumentsAsNumbers() {
    let key = ToldStory.fast.key
    let event = ToldStory.tell(5, key, .ready, key, age: -7)[0]
    let shape = EventShape.of(event)
    let words = shape.describe(event, Self.vocabulary)
    #expect(words == EventDescription(event, position: 0, Self.vocabulary).fields)
    #expect(words.prefix(5).map(\.name) == ["call", "from", "state", "to", "delay"])
    let numbers = shape.fields.filter { $0.value(event) != nil }.prefix(4)
    #expect(numbers.map(\.name) == ["call", "a0", "a1", "a2"])
    #expect(
      numbers.map { $0.value(event) } == [
        94, UInt64(key.rawValue) << 32 | UInt64(key.rawValue), 1, UInt64(bitPattern: -7),
      ])
  }

  @Test func knownNumbersHaveNames() {
    #expect(LabelSet.vector.members.first { $0.value == 40 }?.name == "40 RTC")
    #expect(LabelSet.hypercall.members.contains { $0.value == 65 && $0.name == "yield" })
    #expect(LabelSet.returnCode.members.map(\.value) == [0, 1, 2, 3, 4, 5, 6])
    for set in LabelSet.allCases { #expect(!set.members.isEmpty, "\(set)") }
  }
}
