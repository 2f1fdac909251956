import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

typealias Status = UnsafeMutablePointer<RETURN_CODE_TYPE>

/// Does a service of PartitionKit, and says its code as the binding does.
///
/// The code is written when the caller goes on: to memory of its own, for whoever the service has made ready may run
/// before.
@inline(__always)
func answer(_ status: Status!, _ service: () throws(ReturnCode) -> Void) {
  do {
    try service()
    status.pointee = NO_ERROR
  } catch {
    status.pointee = RETURN_CODE_TYPE(rawValue: UInt32(error.rawValue))
  }
}

/// The same, where a value goes to `target` if the service succeeds.
@inline(__always)
func answer<Value>(
  _ status: Status!, in target: UnsafeMutablePointer<Value>!, _ service: () throws(ReturnCode) -> Value
) {
  answer(status) { () throws(ReturnCode) in
    let value = try service()
    target.pointee = value
  }
}

/// What was looked for by its name: `code` where it is not there.
@inline(__always)
func found<Value>(_ value: Value?, or code: ReturnCode = .invalidConfiguration) throws(ReturnCode) -> Value {
  guard let value else { throw code }
  return value
}

extension ServiceTime {
  init(_ time: SYSTEM_TIME_TYPE) { self.init(rawValue: time) }
}

extension ObjectName {
  /// A name as C hands it over: ended by a zero, or 32 bytes.
  init(_ name: UnsafeMutablePointer<CChar>!) {
    // Unsafe: characters are bytes.
    self.init(UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self))
  }
}

extension QueuingDiscipline {
  /// Nil for a number that stands for none.
  init?(_ discipline: QUEUING_DISCIPLINE_TYPE) {
    guard discipline.rawValue <= UInt32(UInt8.max) else { return nil }
    self.init(rawValue: UInt8(discipline.rawValue))
  }
}
