import APEXTypes

/// What buffers, blackboards, semaphores, events and mutexes have in common: they are created before NORMAL mode, have
/// a name, and identifiers from 1 in the order of creation.
protocol NamedObject {
  var name: ObjectName { get }
}

extension ProcessScheduler {
  /// The object with this identifier; nil where there is none.
  @inline(__always)
  func object<Object: NamedObject>(
    _ identifier: Int32, in table: UnsafeMutablePointer<Object>, _ count: Int32
  ) -> UnsafeMutablePointer<Object>? {
    identifier >= 1 && identifier <= count ? table + Int(identifier &- 1) : nil
  }

  /// The identifier of the object with this name; nil where there is none.
  @inline(__always)
  func find<Object: NamedObject>(
    _ name: ObjectName, in table: UnsafeMutablePointer<Object>, _ count: Int32
  ) -> Int32? {
    for index in 0..<Int(count) where table[index].name == name { return Int32(truncatingIfNeeded: index) &+ 1 }
    return nil
  }

  /// Whether one more can be created: `invalidConfiguration` where there is no room, `noAction` where the name is
  /// taken, `invalidParameter` where the attributes are not right, `invalidMode` in NORMAL mode.
  @inline(__always)
  func mayCreate<Object: NamedObject>(
    _ name: ObjectName, in table: UnsafeMutablePointer<Object>, _ count: Int32, of capacity: Int32, areRight: Bool,
    _ moment: PartitionMoment
  ) -> ReturnCode {
    if count == capacity { return .invalidConfiguration }
    if find(name, in: table, count) != nil { return .noAction }
    if !areRight { return .invalidParameter }
    return moment.isNormal ? .invalidMode : .noError
  }

  /// Room for messages, 8-byte aligned; nil where there is not so much. It is never given back.
  func newMessageRoom(_ byteCount: UInt64) -> UnsafeMutableRawPointer? {
    let used = state.pointee.messageBytesUsed
    guard byteCount <= UInt64(ProcessLimits.messageBytes - used) else { return nil }
    state.pointee.messageBytesUsed = min((used &+ Int(byteCount) &+ 7) & ~7, ProcessLimits.messageBytes)
    return messages + used
  }
}

/// What creating an object answers: its identifier, where the code is `noError`.
public struct Creation: Equatable, Sendable {
  /// `noError`, or why nothing was created.
  public var code: ReturnCode
  /// From 1, in the order of creation; 0 where nothing was created.
  public var identifier: Int32

  init(_ code: ReturnCode, _ identifier: Int32 = 0) {
    self.code = code
    self.identifier = identifier
  }
}
