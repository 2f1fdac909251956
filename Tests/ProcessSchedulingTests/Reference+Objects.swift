import APEXTypes
import ProcessScheduling

/// The services of objects, by semaphore.h, event.h, mutex.h, buffer.h and blackboard.h.
extension Reference {
  /// The object with an identifier that counts from 1.
  static func object<Object>(_ identifier: Int32, in objects: [Object]) -> Object? {
    identifier >= 1 && Int(identifier) <= objects.count ? objects[Int(identifier) - 1] : nil
  }

  /// The caller waits for its turn.
  func waitTurn(_ queue: ReferenceQueue, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> Answer {
    if timeOut == .notAtAll { return .done(.notAvailable) }
    guard mayWait(moment), let runner else { return .done(.invalidMode) }
    queue.join(runner)
    runner.wait = .turn(queue, until: Self.later(moment, by: timeOut))
    runner.gotIt = false
    return Answer(.waits)
  }

  /// Whose turn it is; those whose time has passed are served no more.
  func serve(_ queue: ReferenceQueue, _ moment: PartitionMoment) -> ReferenceProcess? {
    while let first = queue.first {
      if isOver(first, moment) {
        endOfPatience(first)
        continue
      }
      endWait(first)
      first.gotIt = true
      arrive(first)
      return first
    }
    return nil
  }

  // MARK: Semaphores and events

  func waitSemaphore(_ identifier: Int32, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> Answer {
    guard let own = Self.object(identifier, in: semaphores), timeOut.rawValue >= -1 else {
      return .done(.invalidParameter)
    }
    if own.value == 0 { return waitTurn(own.queue, timeOut, moment) }
    own.value -= 1
    return .done(.noError)
  }

  func signalSemaphore(_ identifier: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = Self.object(identifier, in: semaphores) else { return .invalidParameter }
    if serve(own.queue, moment) != nil { return .noError }
    if own.value == own.maximum { return .noAction }
    own.value += 1
    return .noError
  }

  func waitEvent(_ identifier: Int32, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> Answer {
    guard let own = Self.object(identifier, in: events), timeOut.rawValue >= -1 else {
      return .done(.invalidParameter)
    }
    return own.isUp ? .done(.noError) : waitTurn(own.queue, timeOut, moment)
  }

  func setEvent(_ identifier: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = Self.object(identifier, in: events) else { return .invalidParameter }
    own.isUp = true
    while serve(own.queue, moment) != nil {}
    return .noError
  }

  func resetEvent(_ identifier: Int32) -> ReturnCode {
    guard let own = Self.object(identifier, in: events) else { return .invalidParameter }
    own.isUp = false
    return .noError
  }

  // MARK: Mutexes

  func acquireMutex(_ identifier: Int32, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> Answer {
    guard let own = Self.object(identifier, in: mutexes), timeOut.rawValue >= -1 else {
      return .done(.invalidParameter)
    }
    guard let runner, lockLevel == 0 else { return .done(.invalidMode) }
    if own.owner === runner {
      if own.count == 16 { return .done(.invalidConfiguration) }
      own.count += 1
      return .done(.noError)
    }
    if runner.mutex != nil || runner.priority > own.priority { return .done(.invalidMode) }
    if own.owner == nil {
      give(own, to: runner)
      return .done(.noError)
    }
    let answer = waitTurn(own.queue, timeOut, moment)
    if answer.step == .waits { runner.wantsMutex = true }
    return answer
  }

  private func give(_ mutex: ReferenceMutex, to process: ReferenceProcess) {
    (mutex.owner, mutex.count, process.mutex) = (process, 1, mutex)
    process.nextPriority = process.priority
    process.priority = max(process.priority, mutex.priority)
  }

  private func free(_ mutex: ReferenceMutex, _ moment: PartitionMoment) {
    if let owner = mutex.owner {
      owner.mutex = nil
      owner.priority = owner.nextPriority
      favour(owner)
    }
    (mutex.owner, mutex.count) = (nil, 0)
    if let next = serve(mutex.queue, moment) { give(mutex, to: next) }
  }

  func releaseMutex(_ identifier: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = Self.object(identifier, in: mutexes) else { return .invalidParameter }
    guard let runner, own.owner === runner else { return .invalidMode }
    own.count -= 1
    if own.count == 0 { free(own, moment) }
    return .noError
  }

  func resetMutex(_ identifier: Int32, of process: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = Self.object(identifier, in: mutexes), let owner = self.process(process) else {
      return .invalidParameter
    }
    guard own.owner === owner else { return .invalidMode }
    free(own, moment)
    return .noError
  }

  // MARK: Messages

  func sendBuffer(
    _ identifier: Int32, _ message: [UInt8], _ timeOut: ServiceTime, _ moment: PartitionMoment
  ) -> Answer {
    guard let own = Self.object(identifier, in: buffers), !message.isEmpty, message.count <= own.maximumBytes,
      timeOut.rawValue >= -1
    else { return .done(.invalidParameter) }
    if own.messages.count == own.maximumCount {
      runner?.offered = message
      return waitTurn(own.queue, timeOut, moment)
    }
    if own.messages.isEmpty, let receiver = serve(own.queue, moment) {
      receiver.received = message
    } else {
      own.messages.append(message)
    }
    return .done(.noError)
  }

  func receiveBuffer(_ identifier: Int32, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> Answer {
    guard let own = Self.object(identifier, in: buffers), timeOut.rawValue >= -1 else {
      return .done(.invalidParameter)
    }
    if own.messages.isEmpty { return waitTurn(own.queue, timeOut, moment) }
    let wasFull = own.messages.count == own.maximumCount
    let oldest = own.messages.removeFirst()
    if wasFull, let sender = serve(own.queue, moment) { own.messages.append(sender.offered) }
    return Answer(.done(.noError), oldest)
  }

  func displayBlackboard(_ identifier: Int32, _ message: [UInt8], _ moment: PartitionMoment) -> ReturnCode {
    guard let own = Self.object(identifier, in: blackboards), !message.isEmpty, message.count <= own.maximumBytes
    else { return .invalidParameter }
    own.message = message
    while let reader = serve(own.queue, moment) { reader.received = message }
    return .noError
  }

  func readBlackboard(_ identifier: Int32, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> Answer {
    guard let own = Self.object(identifier, in: blackboards), timeOut.rawValue >= -1 else {
      return .done(.invalidParameter)
    }
    guard let message = own.message else { return waitTurn(own.queue, timeOut, moment) }
    return Answer(.done(.noError), message)
  }

  func clearBlackboard(_ identifier: Int32) -> ReturnCode {
    guard let own = Self.object(identifier, in: blackboards) else { return .invalidParameter }
    own.message = nil
    return .noError
  }
}
