import Testing
import TrampolineHarness

/// The upcall trampoline under a kernel that is played by a signal handler, which can interrupt at every instruction.
@Suite(.serialized)
struct TrampolineTests {
  static let canRun = harness_prepare() != 0
  static let never = UInt64.max

  // Contract 8, 44, 50.
  @Test(.enabled(if: canRun)) func singleUpcallLeavesNoTrace() {
    let report = harness_run(3, 1, Self.never)
    #expect(report.damage == 0)
    #expect(report.upcalls == 1)
    #expect(report.marks_handled == 1)
    #expect(report.entered == 1)
    #expect(report.returned == 1)
    #expect(report.flips == 1)
    #expect(report.virtual_interrupt_flag == 1)
    #expect(report.return_hypercalls == 0, "returns without the kernel while nothing waits")
  }

  /// A second interrupt at each instruction from the first one's delivery until well after its return.
  // Contract 44, 51, 53.
  @Test(.enabled(if: canRun)) func secondInterruptAnywhereIsNeitherLostNorNested() {
    let undisturbed = harness_run(3, 1, Self.never)
    var reused = 0, throughKernel = 0, afterReturn = 0
    for offset in 1..<(undisturbed.steps - 400 + 20) {
      let report = harness_run(3, 1, 3 + offset)
      #expect(report.damage == 0, "second interrupt \(offset) instructions after the first")
      #expect(report.interrupts == 2)
      #expect(report.marks_handled == 2, "a mark was lost \(offset) instructions after the first")
      #expect(report.entered == report.returned)
      #expect(report.distinct_frames == 1)
      #expect(report.virtual_interrupt_flag == 1 && report.pending == 0)
      #expect(UInt64(report.entered) == report.upcalls)
      reused += report.reused_frames > 0 ? 1 : 0
      throughKernel += report.return_hypercalls > 0 ? 1 : 0
      afterReturn += report.reused_frames == 0 && report.return_hypercalls == 0 ? 1 : 0
    }
    // Each of the three ways must have been taken, or the test has not been where it says.
    #expect(reused >= 18, "one for each instruction of the tail")
    #expect(throughKernel > 20)
    #expect(afterReturn > 10)
  }

  /// An interrupt at every single instruction, for a while: frames must not pile up.
  // Contract 36.
  @Test(.enabled(if: canRun)) func stormDoesNotNest() {
    let report = harness_run(3, 5_000, Self.never)
    #expect(report.damage == 0)
    #expect(report.interrupts == 5_000)
    #expect(report.marks_handled == 5_000)
    #expect(report.distinct_frames == 1)
    #expect(report.entered == report.returned)
    #expect(report.virtual_interrupt_flag == 1 && report.pending == 0)
  }

  /// Marks that slip in just before the flag is set make the tail turn to the kernel with the flag set; another
  /// interrupt there must find the frame, too.
  // Contract 53.
  @Test(.enabled(if: canRun)) func interruptsBeforeTheReturnHypercallDoNotNest() {
    let report = harness_run_worst(600)
    #expect(report.damage == 0)
    #expect(report.interrupts == 601)
    #expect(report.marks_handled == 601)
    #expect(report.reused_frames > 100)
    #expect(report.distinct_frames == 1)
    #expect(report.entered == report.returned)
    #expect(report.virtual_interrupt_flag == 1 && report.pending == 0)
  }

  // MARK: Handlers that are interrupted themselves

  /// A second interrupt anywhere, while a handler takes interrupts: an upcall in an upcall, and both contexts come
  /// back.
  // Contract 33, 37.
  @Test(.enabled(if: canRun)) func aHandlerMayBeInterrupted() {
    let undisturbed = harness_run_nested(3, 1, Self.never)
    #expect(undisturbed.damage == 0 && undisturbed.deepest == 1)
    var nested = 0
    for offset in 1..<(undisturbed.steps - 400 + 20) {
      let report = harness_run_nested(3, 1, 3 + offset)
      #expect(report.damage == 0, "second interrupt \(offset) instructions after the first")
      #expect(report.marks_handled == 2)
      #expect(report.entered == report.returned)
      #expect(report.virtual_interrupt_flag == 1 && report.pending == 0)
      nested += report.deepest == 2 ? 1 : 0
    }
    #expect(nested > 10, "the handler was interrupted at several instructions")
  }

  /// An interrupt at every single instruction: four upcalls deep and no more, and the stack's use is bounded.
  // Contract 36.
  @Test(.enabled(if: canRun)) func aNestedStormIsBounded() {
    let report = harness_run_nested(3, 20_000, Self.never)
    #expect(report.damage == 0)
    #expect(report.interrupts == 20_000)
    #expect(report.marks_handled == 20_000)
    #expect(report.deepest == 4)
    #expect(report.frame_span < 4 * 16384, "\(report.frame_span) bytes of frames")
    #expect(report.entered == report.returned)
    #expect(report.virtual_interrupt_flag == 1 && report.pending == 0)
  }

  // MARK: Exceptions

  // Contract 80.
  @Test(.enabled(if: canRun), arguments: [false, true], [false, true])
  func anExceptionLeavesNoTrace(_ isEnabled: Bool, _ enables: Bool) {
    let report = harness_run_exception(isEnabled ? 1 : 0, enables ? 1 : 0, 0, Self.never, 0, Self.never)
    #expect(report.damage == 0)
    #expect(report.exceptions == 1 && report.exceptions_returned == 1 && report.mistold == 0)
    #expect(report.virtual_interrupt_flag == (isEnabled ? 1 : 0), "as it was")
    #expect(report.return_hypercalls == 0, "no kernel entry on the way back")
    #expect(report.flips == (isEnabled ? 1 : 0) + (enables ? 2 : 0))
  }

  /// The handler moves the stack pointer; the return words must not fall into the frame.
  // Contract 80.
  @Test(.enabled(if: canRun), arguments: [-8, -16, -24, -64, -136, -512, -5000, 8, 16, 104, 512] as [Int64])
  func aMovedStackPointerComesBackMoved(_ change: Int64) {
    for isEnabled in [0, 1] as [Int32] {
      let report = harness_run_exception(isEnabled, 0, change, Self.never, 0, Self.never)
      // Raised, it gives up what lies below: the red zone of before is no more.
      #expect(report.damage & ~(change > 0 ? UInt32(harness_damage_red_zone) : 0) == 0, "\(change)")
      #expect(report.exceptions_returned == 1 && report.mistold == 0)
      #expect(report.virtual_interrupt_flag == UInt64(isEnabled))
    }
  }

  /// An interrupt at each instruction from the exception on: it waits, or nests where the handler lets it, and is never
  /// lost.
  @Test(.enabled(if: canRun), arguments: [false, true], [0, -200] as [Int64])
  func anInterruptAnywhereInAnException(_ enables: Bool, _ change: Int64) {
    let undisturbed = harness_run_exception(1, enables ? 1 : 0, change, Self.never, 0, Self.never)
    var reused = 0, throughKernel = 0
    for offset in 1..<(undisturbed.steps - 400 + 20) {
      let report = harness_run_exception(1, enables ? 1 : 0, change, Self.never, 0, 3 + offset)
      #expect(report.damage == 0, "an interrupt \(offset) instructions after the exception")
      #expect(report.marks_handled == 1)
      #expect(report.exceptions_returned == 1 && report.mistold == 0)
      #expect(report.entered == 1 && report.returned == 1)
      #expect(report.virtual_interrupt_flag == 1 && report.pending == 0)
      reused += report.reused_frames > 0 ? 1 : 0
      throughKernel += report.return_hypercalls > 0 ? 1 : 0
    }
    #expect(reused >= 18, "one for each instruction of the tail")
    #expect(throughKernel > 20)
  }

  /// Masked, the marks wait for the partition's own unmasking.
  // Contract 80.
  @Test(.enabled(if: canRun)) func aMaskedExceptionDeliversNothing() {
    let report = harness_run_exception(0, 0, 0, 5, 50, Self.never)
    #expect(report.damage == 0)
    #expect(report.upcalls == 0 && report.pending == 1 && report.virtual_interrupt_flag == 0)
    #expect(report.exceptions_returned == 1)
  }
}
