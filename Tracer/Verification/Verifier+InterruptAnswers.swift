import EventRows
import TextForms
import TraceFormat

/// What the kernel itself does with a line's interrupt: its own handler, nobody's, a spurious one, the end of it.
extension Verifier {
  mutating func kernelHandler(_ event: RowReference) {
    guard let line = line(event.operand) else { return }
    step.kernelHandlerRuns &+= 1
    let bit: UInt16 = 1 << UInt16(line)
    if machine.kernelCountsKnown & bit != 0, event.words.w0 != machine.kernelCounts[line] &+ 1, fails(.kernelHandler) {
      explain("the kernel's handler counts \(event.words.w0) after \(machine.kernelCounts[line])")
    }
    machine.kernelCounts[line] = event.words.w0
    machine.kernelCountsKnown |= bit
    if step.kind != 0, step.kind != EventKind.interrupt.rawValue || Int(step.what) != line + 32, fails(.kernelHandler) {
      explain("the kernel's handler of line \(line) ran, and the line did not interrupt")
    }
  }

  mutating func unclaimed(_ event: RowReference) {
    guard let line = line(event.operand) else { return }
    step.unclaims &+= 1
    if step.kind != 0, step.kind != EventKind.interrupt.rawValue || Int(step.what) != line + 32, fails(.unclaimed) {
      explain("line \(line) is unclaimed, and did not interrupt")
    }
  }

  mutating func spurious(_ event: RowReference) {
    step.spuriousDecisions &+= 1
    machine.spuriousCount.add(1)
    if step.kind != 0, !step.isSpurious || UInt32(step.what) != event.operand, fails(.spurious) {
      explain("interrupt \(event.operand) was taken for spurious, and was not")
    }
  }

  mutating func acknowledged(_ event: RowReference) {
    guard let line = line(event.operand), step.kind != 0, !step.isSpurious else { return }
    guard step.kind == EventKind.interrupt.rawValue, Int(step.what) == line + 32 else {
      tally(.acknowledged)
      if fails(.acknowledged) { explain("line \(line) is acknowledged, and did not interrupt") }
      return
    }
    step.acknowledgements &+= 1
    let bits: UInt64 = 1 << UInt64(line) | (line >= 8 ? 4 : 0)
    if event.words.w0 & bits != 0, fails(.acknowledged) {
      explain("line \(line) is still in service after its acknowledgement: \(event.words.w0.hexadecimal)")
    }
  }
}
