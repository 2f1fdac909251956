import DrainPump
import DrainerPort
import ModuleConfiguration

/// The drainer's world on the machine: pages at the places of `PartitionLayout`, port 0xE9, the time-stamp counter.
public struct MachinePort: DrainPort {
  private let origin: UInt64
  private let scale: UInt64
  private let ringMask: UInt64

  private init() {
    origin = Self.information(InformationPage.clockOrigin)
    scale = Self.information(InformationPage.clockScale)
    ringMask = Self.information(InformationPage.ringBytes) / 8 &- 1
  }

  /// The machine's pump, the module table already written; nil where not even one event a block fits in memory.
  public static func makePump() -> DrainPump<MachinePort>? {
    guard let tableBase = UnsafeRawPointer(bitPattern: UInt(PartitionLayout.moduleTable)),
      let memoryBase = drainer_memory()
    else { return nil }
    let tableBytes = Int(truncatingIfNeeded: information(InformationPage.moduleTableBytes))
    let table = UnsafeRawBufferPointer(start: tableBase, count: tableBytes)
    let memory = UnsafeMutableRawBufferPointer(start: memoryBase, count: drainer_memory_bytes())
    let eventsPerBlock = DrainPump<MachinePort>.eventsPerBlock(
      wanted: eventsPerBlock(of: table), memoryBytes: memory.count)
    guard eventsPerBlock > 0 else { return nil }
    var pump = DrainPump(
      port: MachinePort(), ringBytes: information(InformationPage.ringBytes), eventsPerBlock: eventsPerBlock,
      memory: memory)
    pump.writeModuleTable(table)
    return pump
  }

  /// How the host takes the trace; it says so by what the debug port reads as.
  public static var transport: DrainTransport { DrainTransport(rawValue: drainer_read_port()) ?? .port }

  /// The machine's bell, for a host that reads the ring itself.
  public static func makeBell() -> BellPump<MachinePort> {
    BellPump(port: MachinePort(), ringBytes: information(InformationPage.ringBytes))
  }

  /// The module's own figure; the kernel has checked the table before any partition started.
  private static func eventsPerBlock(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard let table = try? ModuleTable(bytes) else { return 1024 }
    return table.module.eventsPerBlock
  }

  private static func information(_ offset: Int) -> UInt64 {
    drainer_load(PartitionLayout.informationPage &+ UInt64(offset))
  }

  private static func control(_ offset: Int) -> UInt64 {
    drainer_load(PartitionLayout.ringControl &+ UInt64(offset))
  }

  private static func share(_ value: UInt64, _ offset: Int) {
    drainer_store(PartitionLayout.sharedPage &+ UInt64(offset), value)
  }

  /// From the ring's control page, as of the last way out of the kernel.
  public var head: UInt64 { Self.control(RingControl.head) }
  /// From the ring's control page, as of the last way out of the kernel.
  public var eventCount: UInt64 { Self.control(RingControl.events) }
  /// From the ring's control page: nothing follows the end event.
  public var hasEnded: Bool { Self.control(RingControl.ended) != 0 }

  /// The time-stamp counter, scaled by what the information page says.
  public var nanoseconds: UInt64 {
    let product = (drainer_timestamp() &- origin).multipliedFullWidth(by: scale)
    return product.high &<< 32 | product.low &>> 32
  }

  /// The words in the ring's own pages: nothing is copied.
  public func words(from first: UInt64, count: Int) -> UnsafeBufferPointer<UInt64> {
    // The ring is mapped twice in a row: what waits, at most one ring of words, is contiguous from anywhere in it.
    let address = PartitionLayout.ring &+ (first & ringMask) &* 8
    return UnsafeBufferPointer(start: UnsafePointer(bitPattern: UInt(address)), count: count)
  }

  /// One byte after the other to port 0xE9.
  public func write(_ bytes: UnsafeRawBufferPointer) { drainer_write_port(bytes.baseAddress, bytes.count) }
  /// In the shared page's `drainHistory`, and at last the number in `drainedBlocks`: an entry is whole when its number
  /// shows.
  public func note(_ number: UInt32, endsAt position: UInt64, eventCount: UInt64) {
    let slot = SharedPage.drainHistory + Int(number) % SharedPage.drainHistoryCount * 16
    Self.share(position, slot)
    Self.share(eventCount, slot + 8)
    Self.share(UInt64(number), SharedPage.drainedBlocks)
  }
  /// In the shared page, where the kernel looks after each entry from the drainer.
  public func publish(tail: UInt64) { Self.share(tail, SharedPage.drainTail) }
  /// In the shared page; the kernel puts it into the trace with the tail.
  public func publish(drainedBytes: UInt64) { Self.share(drainedBytes, SharedPage.drainedBytes) }
}
