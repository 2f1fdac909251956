import CommandFolder
import Foundation
import Testing

/// Partitions whose sources lie outside the tree: built by `Tools/build-partition`, booted and judged.
@Suite struct OutsidePartitionTests {
  /// What `--new` writes holds as it stands, in C and in Swift.
  @Test(arguments: [["--new", "Guide", "guide"], ["--new", "Guide", "--swift", "guide"]])
  func theTemplateBootsAndHolds(words: [String]) throws {
    let folder = try CommandFolder()
    let begun = try OutsidePartition.build(words, in: folder)
    try #require(begun.status == 0, "\(begun.text)")
    let built = try OutsidePartition.build("--name", "Guide", "-o", "guide", "guide", in: folder)
    try #require(built.status == 0 && built.text.hasSuffix("guide/Guide.elf\n"), "\(built.text)")

    // Beside the module file it is found without a word.
    let checked = try folder.partita("check", "--strict", "guide/module.xml")
    #expect(checked.status == 0, "\(checked.text)")
    let captured = try folder.partita("capture", "guide/module.xml", "-o", "run.partita", "--for", "300ms")
    try #require(captured.status == 0, "\(captured.text)")
    #expect(try folder.partita("replay", "run.partita").status == 0)
    let verified = try folder.partita("verify", "run.partita")
    #expect(verified.status == 0, "\(verified.text)")
    // One line in 300 ms.
    #expect(verified.text.contains("process.deadline.Guide.navigate"))
    let calls = try folder.partita("dump", "run.partita", "--kind", "hypercall", "--partition", "Guide").text
    #expect(calls.contains("call=writeConsole"), "\(calls)")
  }

  /// The same sources make the same image wherever they lie and however they are named.
  @Test(arguments: [("main.c", [String]()), ("Nav.swift", ["--swift"])])
  func sourcesMakeTheSameImageAnywhere(source: String, words: [String]) throws {
    let folder = try CommandFolder()
    try #require(try OutsidePartition.build(["--new", "Nav"] + words + ["one place"], in: folder).status == 0)
    let elsewhere = folder.file("another/place/of it")
    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: folder.file("one place/\(source)"), toPath: "\(elsewhere)/\(source)")
    try #require(try OutsidePartition.build("-o", "a.elf", "--name", "Nav", "one place", in: folder).status == 0)
    let built = try OutsidePartition.build("-o", "b.elf", "--name", "Nav", "\(elsewhere)/\(source)", in: folder)
    try #require(built.status == 0, "\(built.text)")
    let images = try ["a.elf", "b.elf"].map { try Data(contentsOf: folder.url($0)) }
    #expect(images[0] == images[1])
    #expect(images[0].range(of: Data(folder.path.utf8)) == nil, "the image names the folder")
  }

  /// What does not build says where and why, and leaves no image, the one of before neither.
  @Test(arguments: [
    ("int main(void) { return nothing; }\n", "main.c:1:25: error:", "nav/main.c does not compile"),
    ("void lost(void);\nint main(void) { lost(); }\n", "undefined symbol: lost", "it does not link"),
    ("int almost(void) { return 0; }\n", "", "no 'main' in its sources"),
  ]) func noImageIsLeftOfWhatDoesNotBuild(source: String, detail: String, reason: String) throws {
    let folder = try OutsidePartition.folder()
    try #require(try OutsidePartition.build("--name", "Nav", "nav", in: folder).status == 0)
    #expect(folder.names == ["Nav.elf", "nav"])
    try folder.write(Array(source.utf8), to: "nav/main.c")
    let failed = try OutsidePartition.build("--name", "Nav", "nav", in: folder)
    #expect(failed.status == 1)
    #expect(failed.text.contains(detail) || detail.isEmpty, "\(failed.text)")
    #expect(failed.text.contains("build-partition: Nav: ") && failed.text.contains(reason), "\(failed.text)")
    #expect(folder.names == ["nav"] && folder.leftovers == [])
  }

  /// C++, assembly, headers of another folder and macros in one image.
  @Test func languagesStandTogether() throws {
    let folder = try OutsidePartition.folder()
    for (name, text) in [
      ("main.c", "#include <gain.h>\nint law(int);\nint main(void) { return law(GAIN * RATE); }\n"),
      (
        "law.cpp",
        "class Law { int g; public: Law(int g) : g(g) {} int at(int x) { return g * x; } };\n"
          + "extern \"C\" int twice(int);\nextern \"C\" int law(int x) { return twice(Law(x).at(2)); }\n"
      ),
      ("twice.S", ".text\n.globl twice\ntwice: lea (%rdi,%rdi), %eax\n ret\n"),
    ] { try folder.write(Array(text.utf8), to: "nav/\(name)") }
    try FileManager.default.createDirectory(atPath: folder.file("headers"), withIntermediateDirectories: true)
    try folder.write(Array("#define GAIN 3\n".utf8), to: "headers/gain.h")
    let built = try OutsidePartition.build(
      "-I", "headers", "-DRATE=50", "-std=c17", "-o", "images/", "--name", "Nav", "nav", in: folder)
    #expect(built.status == 0 && built.text.hasSuffix("images/Nav.elf\n"), "\(built.text)")
  }
}
