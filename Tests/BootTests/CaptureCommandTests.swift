import CommandFolder
import Foundation
import Testing

/// `partita capture`, interrupted at once, and where there is no room for its trace.
@Suite struct CaptureCommandTests {
  private static let module = "\(BootImages.package)/Kernel/Modules/FlightControl/module.xml"

  /// Runs a script that knows `$partita`, `$capture` (the command with module and images) and `$TMPDIR`.
  private static func script(_ text: String, in folder: CommandFolder) throws -> (status: Int32, text: String) {
    _ = try BootImages.path("Drainer")
    let head = """
      export TMPDIR=$PWD/tmp; mkdir -p tmp; partita='\(try CommandFolder.command())'
      capture="$partita capture \(module) --images \(BootImages.folder)"

      """
    return try folder.run("/bin/bash", ["-c", "exec 2>&1\n" + head + text])
  }

  /// As soon as there is anything that could be left behind: the module ends in order, and the trace is whole.
  @Test func interruptedAtOnce() throws {
    let folder = try CommandFolder()
    let answer = try Self.script(
      """
      $capture -o run.partita & pid=$!
      while kill -0 $pid 2>/dev/null && [ -z "$(ls -A | grep '\\.part$')" ]; do sleep 0.002; done
      kill -INT $pid
      wait $pid; echo "status $?"
      """, in: folder)
    #expect(answer.text.contains("status 0\n"), "\(answer.text)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("tmp")) == [])
    #expect(folder.names == ["run.partita", "tmp"])
    #expect(try folder.partita("replay", "run.partita").status == 0)
  }

  /// What the module wrote is not where the user wanted it; the trace is.
  @Test func aFullConsoleIsTold() throws {
    let folder = try CommandFolder()
    let answer = try Self.script(
      """
      $capture -o run.partita --for 2s --console /dev/full; echo "status $?"
      $partita replay run.partita; echo "replay $?"
      """, in: folder)
    let told = "/dev/full cannot be written: No space left on device; the console's text is not whole"
    #expect(answer.text.contains(told) && answer.text.contains("status 2\n"), "\(answer.text)")
    #expect(answer.text.contains("replay 0\n"), "\(answer.text)")
  }

  /// A medium that is full is told as that, at once and not after the silence that a hung kernel is given.
  @Test(arguments: ["port", "memory"]) func aFullMediumIsTold(transport: String) throws {
    let folder = try CommandFolder()
    let answer = try Self.script(
      """
      mkdir small
      unshare -rm /bin/bash -c "mount -t tmpfs -o size=80k none small && \
        { $capture -o small/run.partita --for 3000s --transport \(transport); echo status \\$?; \
          $partita stats small/run.partita >stats; echo stats \\$?; ls -A small; }"
      """, in: folder)
    #expect(answer.text.contains("status 3\n"), "\(answer.text)")
    #expect(answer.text.contains("no room for the rest of the trace: No space left on device"), "\(answer.text)")
    #expect(answer.text.hasSuffix("stats 3\nrun.partita\n"), "what there is of it is kept: \(answer.text)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("tmp")) == [])
  }
}
