import APEXTypes
import ProcessScheduling

extension Reference {
  func perform(_ call: Call, _ moment: PartitionMoment) -> Answer {
    switch call {
    case .setPriority(let process, let priority): return setPriority(process, priority, moment)
    case .suspendSelf(let timeOut): return suspendSelf(timeOut, moment)
    case .stopSelf: return stopSelf()
    case .stop(let process): return stop(process, moment)
    case .timedWait(let delay): return timedWait(delay, moment)
    case .periodicWait: return periodicWait(moment)
    case .waitSemaphore(let semaphore, let timeOut): return waitSemaphore(semaphore, timeOut, moment)
    case .waitEvent(let event, let timeOut): return waitEvent(event, timeOut, moment)
    case .acquireMutex(let mutex, let timeOut): return acquireMutex(mutex, timeOut, moment)
    case .sendBuffer(let buffer, let message, let timeOut): return sendBuffer(buffer, message, timeOut, moment)
    case .receiveBuffer(let buffer, let timeOut): return receiveBuffer(buffer, timeOut, moment)
    case .readBlackboard(let blackboard, let timeOut): return readBlackboard(blackboard, timeOut, moment)
    default: return .done(code(call, moment))
    }
  }

  private func code(_ call: Call, _ moment: PartitionMoment) -> ReturnCode {
    switch call {
    case .suspend(let process): return suspend(process, moment)
    case .resume(let process): return resume(process, moment)
    case .start(let process, let delay): return start(process, delay, moment)
    case .lockPreemption: return lockPreemption(moment)
    case .unlockPreemption: return unlockPreemption(moment)
    case .replenish(let budget): return replenish(budget, moment)
    case .signalSemaphore(let semaphore): return signalSemaphore(semaphore, moment)
    case .setEvent(let event): return setEvent(event, moment)
    case .resetEvent(let event): return resetEvent(event)
    case .releaseMutex(let mutex): return releaseMutex(mutex, moment)
    case .resetMutex(let mutex, let process): return resetMutex(mutex, of: process, moment)
    case .displayBlackboard(let blackboard, let message): return displayBlackboard(blackboard, message, moment)
    case .clearBlackboard(let blackboard): return clearBlackboard(blackboard)
    default: fatalError("no service without an answer of another kind: \(call)")
    }
  }

  func endOfWait(_ call: Call) -> Answer {
    guard let runner, runner.gotIt else { return .done(.timedOut) }
    return call.wantsMessage ? Answer(.done(.noError), runner.received) : .done(.noError)
  }
}
