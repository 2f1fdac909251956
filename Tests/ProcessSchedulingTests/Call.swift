import APEXTypes
import ModuleConfiguration
import ProcessScheduling

/// A service as a script says it, which the module and the reference do alike.
enum Call: Equatable {
  case setPriority(Int32, Int32)
  case suspendSelf(ServiceTime)
  case suspend(Int32)
  case resume(Int32)
  case stopSelf
  case stop(Int32)
  case start(Int32, after: ServiceTime = .notAtAll)
  case lockPreemption
  case unlockPreemption
  case timedWait(ServiceTime)
  case periodicWait
  case replenish(ServiceTime)
  case waitSemaphore(Int32, ServiceTime)
  case signalSemaphore(Int32)
  case waitEvent(Int32, ServiceTime)
  case setEvent(Int32)
  case resetEvent(Int32)
  case acquireMutex(Int32, ServiceTime)
  case releaseMutex(Int32)
  case resetMutex(Int32, of: Int32)
  case sendBuffer(Int32, [UInt8], ServiceTime)
  case receiveBuffer(Int32, ServiceTime)
  case displayBlackboard(Int32, [UInt8])
  case readBlackboard(Int32, ServiceTime)
  case clearBlackboard(Int32)

  /// Whether the caller has another deadline afterwards, or none.
  var movesDeadline: Bool {
    switch self {
    case .periodicWait, .replenish, .stopSelf: true
    default: false
    }
  }

  /// Whether it answers with a message.
  var wantsMessage: Bool {
    switch self {
    case .receiveBuffer, .readBlackboard: true
    default: false
    }
  }
}

/// What a service has come to.
struct Answer: Equatable {
  enum Step: Equatable {
    case done(ReturnCode)
    case waits
    case givesWay
    /// The caller has stopped itself.
    case ends
  }

  var step: Step
  var message: [UInt8] = []
  /// What the tracer is told at once.
  var telling: ProcessTelling?

  init(_ step: Step, _ message: [UInt8] = [], telling: ProcessTelling? = nil) {
    (self.step, self.message, self.telling) = (step, message, telling)
  }

  static func done(_ code: ReturnCode) -> Answer { Answer(.done(code)) }
  var code: ReturnCode? { if case .done(let code) = step { code } else { nil } }
}
