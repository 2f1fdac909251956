/// A process of the partition, from 1 in the order of creation; `PROCESS_ID_TYPE`.
public struct ProcessIdentifier: Equatable, Sendable, BitwiseCopyable {
  /// 1 … `ProcessScheduler.processCount`; 0 for `none`.
  public var rawValue: Int32
  /// The process with this number, whether there is one or not.
  @inlinable public init(_ rawValue: Int32) { self.rawValue = rawValue }

  /// `NULL_PROCESS_ID`: nobody; who runs in `main`, in the scheduler and in the error handler.
  @inlinable public static var none: ProcessIdentifier { ProcessIdentifier(0) }
  /// Whether it stands for nobody.
  @inlinable public var isNone: Bool { rawValue == 0 }
}

/// A place where processes wait for one thing, in the order in which they will get it.
public struct WaitingPlace: Equatable, Sendable, BitwiseCopyable {
  /// What is waited for there; 0 for nothing.
  private var kind: UInt8
  /// Its number among those of its kind, from 1.
  private var number: UInt8

  private init(_ kind: UInt8, _ number: Int32) {
    self.kind = kind
    self.number = UInt8(truncatingIfNeeded: number)
  }

  /// Nobody waits here.
  public static var none: WaitingPlace { WaitingPlace(0, 0) }
  static func semaphore(_ identifier: Int32) -> WaitingPlace { WaitingPlace(1, identifier) }
  static func event(_ identifier: Int32) -> WaitingPlace { WaitingPlace(2, identifier) }
  static func mutex(_ identifier: Int32) -> WaitingPlace { WaitingPlace(3, identifier) }
  static func buffer(_ identifier: Int32) -> WaitingPlace { WaitingPlace(4, identifier) }
  static func blackboard(_ identifier: Int32) -> WaitingPlace { WaitingPlace(5, identifier) }
  /// A queuing port, by the kernel's number.
  public static func port(_ identifier: Int32) -> WaitingPlace { WaitingPlace(6, identifier) }

  /// The port, where it is one.
  var port: Int32? { kind == 6 ? Int32(number) : nil }
}
