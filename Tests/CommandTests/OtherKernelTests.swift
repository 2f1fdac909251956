import CommandFolder
import Foundation
import Testing
import TraceFormat
import TraceReading

/// Who replays a trace that another build of the kernel recorded is told whose decisions are compared.
@Suite struct OtherKernelTests {
  private static let kernel: UInt64 = 0x0123_4567_89AB_CDEF

  /// The simulated run as a kernel's own; from `position` on, the first answer to a hypercall is another.
  private static func trace(answeringOtherwiseFrom position: UInt64?) throws -> [UInt8] {
    let reader = try TraceReader(bytes: LongTrace.short.get())
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes), eventsPerBlock: 1_000)
    var isToBeChanged = position != nil
    while case .event(let number, var event)? = reader.next() {
      if event.knownKind == .boot { event.words.w1 = kernel }
      if isToBeChanged, number >= position ?? 0, event.knownKind == .hypercallResult {
        event.words.w0 ^= 1
        isToBeChanged = false
      }
      writer.append(event)
    }
    return writer.finish()
  }

  @Test(arguments: ["1", "3"]) func aDivergenceNamesTheKernelThatRecorded(_ threads: String) throws {
    let folder = try CommandFolder()
    try folder.write(Self.trace(answeringOtherwiseFrom: 15_000), to: "other")
    let told = try folder.run("replay", "other", "--threads", threads)
    #expect(told.ending == .status(1) && told.output.contains("recorded by kernel 0123456789abcdef"), "\(told.output)")
    let json = try folder.run("replay", "other", "--threads", threads, "--format", "json")
    #expect(json.output.contains("\"kernel\":\"0123456789abcdef\""), "\(json.output)")
    // Where nothing differs there is nothing to explain.
    try folder.write(Self.trace(answeringOtherwiseFrom: nil), to: "same")
    let same = try folder.run("replay", "same", "--threads", threads)
    #expect(same.ending == .status(0) && !same.output.contains("kernel"), "\(same.output)")
    let identical = try folder.run("replay", "same", "--threads", threads, "--format", "json")
    #expect(identical.output.contains("\"kernel\":\"0123456789abcdef\""), "\(identical.output)")
  }
}
