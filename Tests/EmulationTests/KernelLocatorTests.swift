import Foundation
import Testing

@testable import Emulation

@Suite struct KernelLocatorTests {
  @Test func walksUpFromTheExecutable() {
    let locator = KernelLocator(environment: [:], executable: "/a/b/partita")
    #expect(locator.imageFolders(given: []) == ["/a/b/images", "/a/images", "/images"])
  }

  @Test func whatIsGivenGoesFirst() {
    let locator = KernelLocator(environment: ["PARTITA_IMAGES": "/y:/z"], executable: "/partita")
    #expect(locator.imageFolders(given: ["x"]) == ["x", "/y", "/z", "/images"])
  }

  @Test func findsTheFirstThatIsThere() throws {
    let folder = try FakeEmulator("")
    try folder.write("kernel", "partita-kernel.elf")
    let locator = KernelLocator(
      environment: ["PARTITA_IMAGES": "/nowhere:" + folder.folder, "PATH": "/nowhere:" + folder.folder],
      executable: "/a/partita")
    #expect(try locator.kernel(explicit: nil, images: []) == folder.folder + "/partita-kernel.elf")
    #expect(locator.program("emulator") == folder.script)
    // Not executable, therefore no program.
    #expect(locator.program("trace") == nil)
  }

  @Test func saysWhereItLooked() {
    let locator = KernelLocator(environment: ["PATH": "/nowhere"], executable: "/partita")
    #expect(throws: EmulationError.noKernel(searched: ["/x/partita-kernel.elf", "/images/partita-kernel.elf"])) {
      try locator.kernel(explicit: nil, images: ["/x"])
    }
    #expect(throws: EmulationError.unreadable(path: "mine.elf", reason: "No such file or directory")) {
      try locator.kernel(explicit: "mine.elf", images: [])
    }
    #expect(throws: EmulationError.noEmulator(name: "qemu-system-x86_64")) { try locator.emulator() }
  }
}
