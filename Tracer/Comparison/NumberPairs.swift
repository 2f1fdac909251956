/// Which of the things of a second list are those of a first one, by their names.
///
/// Where several have one name, as things without names have, the first is the first, the second the second.
struct NumberPairs {
  private let numbers: [Int]
  /// Whether everything has the same number in both.
  let areSame: Bool

  /// Pairs by equal names.
  ///
  /// - Parameter free: from here on no thing of the first list has a number; what only the second has gets these.
  init<Name: Hashable>(_ one: [Name], _ other: [Name], free: Int) {
    var places: [Name: [Int]] = [:]
    for (place, name) in one.enumerated().reversed() { places[name, default: []].append(place) }
    numbers = other.enumerated().map { place, name in places[name]?.popLast() ?? free + place }
    areSame = one.count == other.count && numbers == Array(one.indices)
  }

  /// The number that the first list has for the second one's; a number of nothing stays.
  subscript(_ number: Int) -> Int { numbers.indices.contains(number) ? numbers[number] : number }
  /// The same of a byte, in which a number of nothing may stand for none.
  subscript(_ number: UInt8) -> UInt8 { UInt8(exactly: self[Int(number)]) ?? number }
  /// The same of an operand.
  subscript(_ number: UInt32) -> UInt32 { UInt32(exactly: self[Int(number)]) ?? number }
  /// The same of a word.
  subscript(_ number: UInt64) -> UInt64 { Int(exactly: number).map { UInt64(self[$0]) } ?? number }
}
