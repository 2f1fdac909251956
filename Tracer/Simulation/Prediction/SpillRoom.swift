import Foundation

/// Room on the disk for what waits in long queues, in slots of one size.
///
/// The file has no name any more when it is first used: it goes with the process, however that ends. Where none can be
/// had, or the disk is full, there is no room, and what waits stays in memory.
final class SpillRoom {
  static let slotBytes = 1 << 16

  private var descriptor: Int32 = -1
  private var isTried = false
  /// Slots that the file has, and those of them that nothing is in.
  private(set) var slotCount = 0
  private var free: [Int] = []

  deinit { if descriptor >= 0 { close(descriptor) } }

  var usedCount: Int { slotCount - free.count }

  /// Puts bytes into a slot; nil where there is no room.
  func put(_ bytes: UnsafeRawBufferPointer) -> Int? {
    if !isTried { makeFile() }
    guard descriptor >= 0, bytes.count <= Self.slotBytes, let start = bytes.baseAddress else { return nil }
    let slot: Int
    if let last = free.popLast() {
      slot = last
    } else {
      slot = slotCount
      slotCount += 1
    }
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, start + done, bytes.count - done, off_t(slot * Self.slotBytes + done))
      if count > 0 {
        done += count
      } else if count == 0 || errno != EINTR {
        free.append(slot)
        return nil
      }
    }
    return slot
  }

  /// Fills `bytes` with what was put into a slot, and frees that.
  func take(_ slot: Int, into bytes: UnsafeMutableRawBufferPointer) {
    var done = 0
    while done < bytes.count, let start = bytes.baseAddress {
      let count = pread(descriptor, start + done, bytes.count - done, off_t(slot * Self.slotBytes + done))
      if count > 0 {
        done += count
      } else {
        precondition(count < 0 && errno == EINTR, "what was put aside in the temporary folder cannot be read back")
      }
    }
    release(slot)
  }

  /// What is in the slot is not needed any more.
  func release(_ slot: Int) { free.append(slot) }

  private func makeFile() {
    isTried = true
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("partita-\(UUID().uuidString)").path
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor >= 0 { unlink(path) }
  }
}
