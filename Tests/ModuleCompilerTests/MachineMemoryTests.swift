import ModuleConfiguration
import PartitionCore
import TemporaryFolder
import Testing

@testable import ModuleCompiler

/// What a module takes of the machine's memory: no less than the kernel will ask for.
@Suite struct MachineMemoryTests {
  private static let mebibyte: UInt64 = 1 << 20

  private static func found(_ text: String, image: [UInt8] = TinyELF().bytes) -> [Diagnostic] {
    SampleModule.check(text, image: image).errors.filter { $0.rule == .machineTooSmall }
  }

  /// Three partitions with an image of that much zeroed data.
  private static func image(dataBytes: UInt64) -> [UInt8] {
    var elf = TinyELF()
    elf.segments[2].memoryBytes = dataBytes
    return elf.bytes
  }

  /// 62 queuing channels with 64 places of 8 KiB each: 31 MiB.
  private static let manyMessages: String = {
    func port(_ name: String, _ direction: String) -> String {
      "<Queuing_Port Name=\"\(name)\" MaxMessageSize=\"8192\" Direction=\"\(direction)\" MaxNbMessages=\"64\"/>\n"
    }
    let ports = (0..<62).map { port("S\($0)", "SOURCE") + port("D\($0)", "DESTINATION") }.joined()
    let channels = (0..<62).map { index in
      """
      <Channel ChannelIdentifier="\(100 + index)">
      <Source><Standard_Partition PartitionIdentifier="10" PortName="S\(index)"/></Source>
      <Destination><Standard_Partition PartitionIdentifier="10" PortName="D\(index)"/></Destination>
      </Channel>

      """
    }.joined()
    return SampleModule.text.replacing("<p:PortGrant First=\"0x3F8\"", with: ports + "<p:PortGrant First=\"0x3F8\"")
      .replacing("</Connection_Table>", with: channels + "</Connection_Table>")
  }()

  @Test func zeroedDataCounts() {
    let text = SampleModule.text.replacing("SizeBytes=\"0x4000\"", with: "SizeBytes=\"0x10000000\"")
    #expect(Self.found(text, image: Self.image(dataBytes: 40 * Self.mebibyte)).isEmpty)
    let found = Self.found(text, image: Self.image(dataBytes: 42 * Self.mebibyte))
    #expect(found.map(\.line) == [SampleModule.line(of: "\"Alpha\"", in: text)])
    #expect(found.allSatisfy { $0.message.contains("\(3 * 42 * Self.mebibyte)") }, "\(found)")
    #expect(found.allSatisfy { $0.message.contains("\(MachineMemory.availableBytes)") }, "\(found)")
  }

  @Test func messagesCount() throws {
    let module = try #require(SampleModule.check(Self.manyMessages).description)
    let memory = MachineMemory(module, images: [:], stimulusCount: 0)
    #expect(memory.bytes[.messages] == 31 * Self.mebibyte + 4096)
    let large = Self.manyMessages.replacing("StackSize=\"5000\"", with: "StackSize=\"0x1000000\"")
    let ring = large.replacing("RingBytes=\"65536\"", with: "RingBytes=\"0x4000000\"")
    #expect(Self.found(ring).isEmpty)
    let image = Self.image(dataBytes: 8 * Self.mebibyte)
    #expect(Self.found(ring, image: image).map(\.line) == [SampleModule.line(of: "<p:Trace", in: ring)])
    #expect(Self.found(large, image: image).isEmpty)
  }

  @Test func theRingCounts() {
    func found(_ bytes: UInt64) -> [Diagnostic] {
      Self.found(SampleModule.text.replacing("RingBytes=\"65536\"", with: "RingBytes=\"\(bytes)\""))
    }
    #expect(found(64 * Self.mebibyte).isEmpty)
    let refused = found(128 * Self.mebibyte)
    #expect(refused.map(\.advice) == ["lower RingBytes"])
  }

  /// A stimulus becomes part of the table, of which the drainer gets a copy.
  @Test func whatIsCountedCoversTheImageAndTheStateOfTheCore() throws {
    let folder = try TemporaryFolder()
    try folder.write(TinyELF().bytes, to: "Tiny.elf")
    let stimulus = try folder.write("0.1 serial \"" + String(repeating: "x", count: 5000) + "\"", to: "stimulus.txt")
    for (text, path) in [(SampleModule.text, nil), (SampleModule.text, stimulus), (Self.manyMessages, nil)] {
      let file = try folder.write(text, to: "module.xml")
      let packed = try ModuleCompiler.compile(file: file, options: .init(stimulusFile: path))
      let image = try PartitionImage(elf: TinyELF().bytes)
      let memory = MachineMemory(
        packed.description, images: [0: image, 1: image, 2: image], stimulusCount: path == nil ? 0 : 5000)
      let counted = try #require(memory.bytes[.image])
      #expect(counted >= UInt64(packed.imageBytes.count))
      try packed.withTable { table in
        let state = PartitionCore<OwnersMarked>.stateByteCount(for: table)
        #expect(MachineMemory.stateBytes(packed.description, segmentCount: 9) >= UInt64(state))
      }
    }
  }
}
