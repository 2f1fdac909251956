import APEXTypes
import PartitionKit
import ProcessScheduling

/// The process that waits: of greater priority than who directs it, it begins when it is its turn and goes on as soon
/// as it can.
enum Player {
  static func play() {
    while true {
      try? Stage.turn.wait()
      Stage.begun &+= 1
      Stage.byteCount = 0
      Stage.byte = 0
      do {
        try act()
        Stage.code = .noError
      } catch {
        Stage.code = error
      }
      Stage.ended &+= 1
    }
  }

  private static func act() throws(ReturnCode) {
    switch Stage.deed {
    case .nothing: break
    case .receive: try keep { message throws(ReturnCode) in try Stage.buffer.receive(into: message) }
    case .read: try keep { message throws(ReturnCode) in try Stage.blackboard.read(into: message) }
    case .hear:
      guard let port = Stage.hearer else { throw .invalidConfiguration }
      try keep { message throws(ReturnCode) in
        try port.receiveQueuingMessage(into: message, timeOut: .forEver).byteCount
      }
    case .send: try send()
    case .wait: try Stage.event.wait(timeOut: .microseconds(500))
    case .acquire:
      try Stage.mutex.acquire()
      try Stage.mutex.release()
    case .suspend: try Process.suspendSelf()
    case .sleep: try Process.timedWait(.microseconds(300))
    }
  }

  /// Gets a message, and keeps what came.
  private static func keep(
    _ service: (UnsafeMutableRawBufferPointer) throws(ReturnCode) -> Int
  ) throws(ReturnCode) {
    var failure: ReturnCode?
    Stage.withMessage(0) { message in
      do throws(ReturnCode) {
        Stage.byteCount = try service(message)
        Stage.byte = message[0]
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private static func send() throws(ReturnCode) {
    var failure: ReturnCode?
    Stage.withMessage(90) { message in
      do throws(ReturnCode) {
        try Stage.buffer.send(UnsafeRawBufferPointer(message))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
