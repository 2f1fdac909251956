import DrainPump
import DrainerPort
import ModuleConfiguration

/// The drainer's world on the machine: pages at the places of `PartitionLayout`, port 0xE9, the time-stamp counter.
struct MachinePort: DrainPort {
  private let origin: UInt64
  private let scale: UInt64
  private let ringMask: UInt64

  init() {
    origin = Self.information(InformationPage.clockOrigin)
    scale = Self.information(InformationPage.clockScale)
    ringMask = Self.information(InformationPage.ringBytes) / 8 &- 1
  }

  static func information(_ offset: Int) -> UInt64 {
    drainer_load(PartitionLayout.informationPage &+ UInt64(offset))
  }

  private static func control(_ offset: Int) -> UInt64 {
    drainer_load(PartitionLayout.ringControl &+ UInt64(offset))
  }

  private static func share(_ value: UInt64, _ offset: Int) {
    drainer_store(PartitionLayout.sharedPage &+ UInt64(offset), value)
  }

  var head: UInt64 { Self.control(RingControl.head) }
  var eventCount: UInt64 { Self.control(RingControl.events) }
  var hasEnded: Bool { Self.control(RingControl.ended) != 0 }

  var nanoseconds: UInt64 {
    let product = (drainer_timestamp() &- origin).multipliedFullWidth(by: scale)
    return product.high &<< 32 | product.low &>> 32
  }

  func words(from first: UInt64, count: Int) -> UnsafeBufferPointer<UInt64> {
    // The ring is mapped twice in a row: what waits, at most one ring of words, is contiguous from anywhere in it.
    let address = PartitionLayout.ring &+ (first & ringMask) &* 8
    return UnsafeBufferPointer(start: UnsafePointer(bitPattern: UInt(address)), count: count)
  }

  func write(_ bytes: UnsafeRawBufferPointer) { drainer_write_port(bytes.baseAddress, bytes.count) }
  func publish(tail: UInt64) { Self.share(tail, SharedPage.drainTail) }
  func publish(drainedBytes: UInt64) { Self.share(drainedBytes, SharedPage.drainedBytes) }
}
