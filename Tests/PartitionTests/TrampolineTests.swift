import Testing
import TrampolineHarness

/// The upcall trampoline under a kernel that is played by a signal handler, which can interrupt at every instruction.
@Suite(.serialized)
struct TrampolineTests {
  static let canRun = harness_prepare() != 0
  static let never = UInt64.max

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
}
