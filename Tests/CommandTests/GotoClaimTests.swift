import CommandFolder
import Testing

/// `partita goto --claim` with a name that no claim has.
@Suite struct GotoClaimTests {
  /// Of more than a hundred those are named that may have been meant.
  @Test(arguments: [
    ("upcall.writen", ["upcall.written"]), ("ORDER", ["window.order", "queue.order"]), ("", []), ("xyz", []),
    ("budget.interruptToMark", ["budget.interruptToMark.0", "budget.interruptToMark.8"]),
  ]) func aWrongNameIsAnsweredByThoseAlike(name: String, alike: [String]) throws {
    let folder = try CommandFolder()
    let made = try folder.run("synthesize", OtherModule.path, "--events", "2000", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    let run = try folder.run("goto", "run", "--claim", name, "--batch")
    #expect(run.ending == .status(2) && run.output == "" && folder.names == ["run"])
    #expect(run.errors.hasPrefix("partita: the trace's module has no claim '\(name)'; "), "\(run.errors)")
    #expect(run.errors.hasSuffix("'partita claims' lists all\n") && run.errors.count < 300, "\(run.errors)")
    for other in alike { #expect(run.errors.contains(other), "\(run.errors)") }
    #expect(run.errors.contains("alike") == !alike.isEmpty, "\(run.errors)")
  }
}
