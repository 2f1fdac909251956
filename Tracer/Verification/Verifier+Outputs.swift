import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// What partitions leave in the trace or on the console: just what they were granted, and from their own memory.
extension Verifier {
  mutating func consoleWritten(_ event: RowReference) {
    guard step.kind != 0 else { return }
    tally(.consoleWritten)
    guard step.kind == EventKind.hypercall.rawValue, step.what == HypercallNumber.writeConsole.rawValue,
      event.partition == step.partition, !step.happenings.contains(.consoleSeen)
    else {
      if fails(.consoleWritten) { explain("\(event.operand) bytes went to the console, unasked") }
      return
    }
    step.happenings.insert(.consoleSeen)
    step.consoleBytes = UInt64(event.operand)
  }

  /// A note is granted: it is of memory that its caller may read, and no longer than may be. Its words follow.
  mutating func judgeNoteGranted(_ partition: UInt8) {
    tally(.noteWords)
    let (address, count) = (step.argument0, step.argument1)
    let isPossible = count &- 1 < UInt64(ModuleLimits.maximumNoteWords) && address & 7 == 0
    let isReadable = plan.partitions[Int(partition)].readable.contains {
      $0.contains(address) && isPossible && $0.upperBound &- address >= count &* 8
    }
    if !isPossible || !isReadable, fails(.noteWords) {
      explain("\(name(partition)) was let note \(count) words at \(address.hexadecimal), which it may not read so")
    }
  }

  /// Words of a note: those that follow the ones before, of a note that was granted.
  mutating func noteWords(_ event: RowReference) {
    guard step.kind != 0 else { return }
    tally(.noteWords)
    let isGranted =
      step.kind == EventKind.hypercall.rawValue && step.what == HypercallNumber.noteWords.rawValue
      && event.partition == step.partition && step.happenings.contains(.answered) && step.resultCode == 0
    let count = UInt64(event.detail)
    guard isGranted, step.notedWords < step.argument1, UInt64(event.operand) == step.notedWords,
      count == min(8, step.argument1 &- step.notedWords), isBlank(wordsAtHand, from: Int(count))
    else { return refuseWords(event, isGranted) }
    step.notedWords &+= count
  }

  @inline(__always)
  private func isBlank(_ words: TraceEvent.Words, from first: Int) -> Bool {
    for index in first..<8 where words[index] != 0 { return false }
    return true
  }

  private mutating func refuseWords(_ event: RowReference, _ isGranted: Bool) {
    guard fails(.noteWords) else { return }
    explain(
      isGranted
        ? "\(event.detail) words from word \(event.operand) on follow \(step.notedWords) words of a note that has "
          + "\(step.argument1)"
        : "\(event.detail) words of a note of \(name(event.partition)), who has left none")
  }

  mutating func closeNote() {
    guard step.resultCode == 0, step.notedWords != step.argument1, !plan.leftOut.contains(.noteWords),
      fails(.noteWords)
    else { return }
    explain("\(name(step.partition)) left a note of \(step.argument1) words, and the trace has \(step.notedWords)")
  }

  mutating func closeConsole() {
    guard !step.happenings.contains(.stopped) else { return }
    let told = step.resultCode == 0 ? step.resultValue : 0
    let most = min(step.argument1, UInt64(ModuleLimits.maximumConsoleBytes), step.looked)
    if plan.leftOut.contains(.consoleWritten) { return closeUnseenConsole(told, most) }
    guard told != step.consoleBytes || told > most, fails(.consoleWritten) else { return }
    explain("\(step.consoleBytes) bytes went to the console, the caller was told \(told); possible were \(most)")
  }

  /// The same where the trace does not show what went to the console.
  private mutating func closeUnseenConsole(_ told: UInt64, _ most: UInt64) {
    guard told > most, fails(.consoleWritten) else { return }
    explain("the caller was told that \(told) bytes went to the console; possible were \(most)")
  }
}
