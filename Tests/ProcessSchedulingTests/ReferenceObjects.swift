/// The objects of the reference: each with its queue of those that wait.
final class ReferenceSemaphore {
  var value: Int32
  let maximum: Int32
  let queue: ReferenceQueue

  init(value: Int32, maximum: Int32, byPriority: Bool) {
    (self.value, self.maximum, queue) = (value, maximum, ReferenceQueue(byPriority: byPriority))
  }
}

final class ReferenceEvent {
  var isUp = false
  let queue = ReferenceQueue(byPriority: false)
}

final class ReferenceMutex {
  let identifier: Int32
  let priority: Int32
  var owner: ReferenceProcess?
  var count: Int32 = 0
  let queue: ReferenceQueue

  init(_ identifier: Int32, priority: Int32, byPriority: Bool) {
    (self.identifier, self.priority, queue) = (identifier, priority, ReferenceQueue(byPriority: byPriority))
  }
}

final class ReferenceBuffer {
  let maximumBytes: Int
  let maximumCount: Int
  var messages: [[UInt8]] = []
  let queue: ReferenceQueue

  init(maximumBytes: Int, maximumCount: Int, byPriority: Bool) {
    (self.maximumBytes, self.maximumCount) = (maximumBytes, maximumCount)
    queue = ReferenceQueue(byPriority: byPriority)
  }
}

final class ReferenceBlackboard {
  let maximumBytes: Int
  var message: [UInt8]?
  let queue = ReferenceQueue(byPriority: false)

  init(maximumBytes: Int) { self.maximumBytes = maximumBytes }
}
