import Foundation

/// Which file a trace is read from, and in which state: whoever opens it anew learns whether it is still the same.
public struct TraceFileIdentity: Equatable, Sendable {
  private var device: UInt64 = 0
  private var inode: UInt64 = 0
  private var byteCount: Int64 = 0
  private var changedSeconds = 0
  private var changedNanoseconds = 0

  init(descriptor: Int32) {
    var information = stat()
    guard descriptor >= 0, fstat(descriptor, &information) == 0 else { return }
    device = UInt64(information.st_dev)
    inode = UInt64(information.st_ino)
    byteCount = Int64(information.st_size)
    changedSeconds = information.st_mtim.tv_sec
    changedNanoseconds = information.st_mtim.tv_nsec
  }
}
