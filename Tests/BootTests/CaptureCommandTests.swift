import Foundation
import Testing

/// `partita capture`, interrupted at once, and where there is no room for its trace.
@Suite struct CaptureCommandTests {
  private static let module = "\(BootImages.package)/Kernel/Modules/FlightControl/module.xml"

  /// Runs a script that knows `$partita`, `$capture` (the command with module and images) and `$TMPDIR`.
  private static func script(_ text: String, in folder: CommandFolder) throws -> (status: Int32, text: String) {
    _ = try BootImages.path("Drainer")
    let head = """
      export TMPDIR=$PWD/tmp; mkdir -p tmp; partita='\(try BootImages.command())'
      capture="$partita capture \(module) --images \(BootImages.folder)"

      """
    return try folder.run("/bin/bash", ["-c", "exec 2>&1\n" + head + text])
  }

  /// As soon as there is anything that could be left behind: once in order, twice at once.
  @Test(arguments: [(1, 0), (2, 3)]) func interruptedAtOnce(times: Int, status: Int) throws {
    let folder = try CommandFolder()
    let answer = try Self.script(
      """
      $capture -o run.partita & pid=$!
      while kill -0 $pid 2>/dev/null && [ -z "$(ls -A | grep '\\.part$')" ]; do sleep 0.002; done
      for i in $(seq \(times)); do kill -INT $pid; done
      wait $pid; echo "status $?"
      """, in: folder)
    #expect(answer.text.contains("status \(status)\n"), "\(answer.text)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("tmp").path) == [])
    if times == 1 {
      #expect(try folder.names() == ["run.partita", "tmp"])
      #expect(try folder.partita("replay", "run.partita").status == 0)
    } else {
      #expect(answer.text.contains("ended at once as you asked"), "\(answer.text)")
      // It may have come to a block in the meantime, and that is kept; a file without one is not.
      #expect(try folder.names().allSatisfy { !$0.hasSuffix(".part") })
    }
  }

  /// A medium that is full is told as that, at once and not after the silence that a hung kernel is given.
  @Test(arguments: ["port", "memory"]) func aFullMediumIsTold(transport: String) throws {
    let folder = try CommandFolder()
    let answer = try Self.script(
      """
      mkdir small
      unshare -rm /bin/bash -c "mount -t tmpfs -o size=200k none small && \
        { $capture -o small/run.partita --for 3000s --transport \(transport); echo status \\$?; \
          $partita stats small/run.partita >stats; echo stats \\$?; ls -A small; }"
      """, in: folder)
    #expect(answer.text.contains("status 3\n"), "\(answer.text)")
    #expect(answer.text.contains("no room for the rest of the trace: No space left on device"), "\(answer.text)")
    #expect(answer.text.hasSuffix("stats 3\nrun.partita\n"), "what there is of it is kept: \(answer.text)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("tmp").path) == [])
  }

  @Test func aLimitOfFilesIsTold() throws {
    let folder = try CommandFolder()
    let answer = try Self.script(
      """
      ulimit -f 1000
      $capture -o run.partita --for 3000s; echo status $?
      """, in: folder)
    #expect(answer.text.contains("status 3\n"), "\(answer.text)")
    #expect(answer.text.contains("no room for the rest of the trace"), "\(answer.text)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("tmp").path) == [])
  }
}
