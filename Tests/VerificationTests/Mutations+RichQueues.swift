import ModuleConfiguration
import TraceFormat

/// Changes of the rich story about its queues.
extension Mutation {
  static let richQueues: [Mutation] = [
    Mutation("queue.sequence", "a number left out") { story in
      story.change(.portOperation, 1, where: port(3)) { $0.words.w1 = 3 }
      story.change(.portOperation, 0, where: port(6)) { $0.words.w1 = 3 }
      story.change(.portOperation, 1, where: port(4)) { $0.words.w1 = 3 }
    },
    Mutation("port.result", "sent, and refused") { $0.change(.hypercallResult, 1, where: call(88)) { $0.detail = 3 } },
    Mutation("port.result", "received, and not available", along: ["queue.available"]) {
      $0.change(.hypercallResult, 0, where: call(89)) { $0.detail = 2 }
    },
    Mutation("port.result", "the last one received, and not available") {
      $0.change(.hypercallResult, 1, where: call(89)) { $0.detail = 2 }
    },
    Mutation("port.result", "cleared, and refused") { $0.change(.hypercallResult, where: call(91)) { $0.detail = 1 } },
    Mutation("port.permitted", "another queue than named") {
      $0.change(.hypercall, 0, where: call(88)) { $0.words.w3 = 2 }
    },
    Mutation("queue.order", "the later message first") {
      $0.change(.portOperation, 0, where: port(4)) { $0.words.w1 = 2 }
    },
    Mutation("queue.order", "out of an empty queue") { story in
      let first = story.index(.portOperation, 1, where: port(4))
      var line = story.lines[first]
      line.event.words.w1 = 3
      let place = story.index(.hypercall, 2, where: call(89))
      line.event.time = story.lines[place].event.time
      story.lines.insert(line, at: place + 1)
    }.along("port.copied", "port.result"),
    Mutation("queue.content", "another digest") { $0.change(.messageCopied, 2) { $0.words.w0 ^= 1 } },
    Mutation("queue.content", "another length") { story in
      story.change(.portOperation, 0, where: port(4)) { $0.words.w0 += 1 }
      story.change(.messageCopied, 2) { $0.words.w1 += 1 }
      story.change(.hypercallResult, 0, where: call(89)) { $0.words.w0 += 1 }
    },
    Mutation("queue.capacity", "one more than it holds") { story in
      let place = story.index(.hypercallResult, 2, where: call(88))
      story.lines[place].event.detail = 0
      var line = story.lines[story.index(.portOperation, 1, where: port(3))]
      line.event.time = story.lines[place].event.time
      line.event.words.w1 = 3
      line.event.words.w0 = 33
      var dropped = story.lines[story.index(.portOperation, 0, where: port(6))]
      dropped.event.time = line.event.time
      dropped.event.words.w1 = 3
      var copied = story.lines[story.index(.messageCopied, 1)]
      copied.event.time = line.event.time
      copied.event.words.w1 = 33
      story.lines.insert(copied, at: place + 1)
      story.lines.insert(dropped, at: place)
      story.lines.insert(line, at: place)
    },
    Mutation("queue.overflow", "discarded by a queue with room", along: ["queue.mark"]) { story in
      let send = story.index(.portOperation, 0, where: port(3))
      var line = story.lines[story.index(.portOperation, 0, where: port(6))]
      line.event.time = story.lines[send].event.time
      line.event.words.w1 = 1
      story.lines.insert(line, at: send + 1)
    }.along("queue.order", "queue.content", "queue.status"),
    Mutation("queue.overflow", "discarded and not told of", along: ["port.result"]) { story in
      story.change(.portOperation, 2, where: port(4)) { $0.words.w2 = 0 }
    },
    Mutation("queue.overflow", "full, and nothing discarded") { $0.drop(.portOperation, where: port(6)) },
    Mutation("queue.available", "a receipt refused") { story in
      // The second receipt is refused, though its message waits.
      let place = story.index(.portOperation, 1, where: port(4))
      story.lines.remove(at: place)
      story.change(.hypercallResult, 1, where: call(89)) { $0.detail = 2 }
      story.drop(.messageCopied, 3)
    },
    Mutation("queue.available", "a send refused") { story in
      let place = story.index(.portOperation, 0, where: port(3))
      story.lines.removeSubrange(place...(place + 1))
      story.change(.hypercallResult, 0, where: call(88)) { $0.detail = 2 }
      story.drop(.messageCopied, 0)
    }.along(
      "queue.sequence", "queue.overflow", "queue.status", "queue.order", "queue.content", "queue.mark",
      "upcall.registered"),
    Mutation("queue.available", "an empty queue, for the mode") {
      $0.change(.hypercallResult, 2, where: call(89)) { $0.detail = 5 }
    },
    Mutation("queue.available", "a full queue, for the configuration") {
      $0.change(.hypercallResult, 2, where: call(88)) { $0.detail = 4 }
    },
    Mutation("queue.available", "a full queue, for the parameters of a message that is right") {
      $0.change(.hypercallResult, 2, where: call(88)) { $0.detail = 3 }
    },
    Mutation("queue.status", "of a port") { $0.change(.hypercallResult, where: call(90)) { $0.words.w0 = 1 } },
    Mutation("queue.status", "of a receipt") { $0.change(.portOperation, 0, where: port(4)) { $0.words.w2 = 0 } },
    Mutation("queue.status", "of a send") { $0.change(.portOperation, 0, where: port(3)) { $0.words.w2 = 2 } },
  ]
}

extension Story {
  /// Worker starts for the last time, and in its window nothing is made: nobody runs.
  mutating func leaveUnmade() {
    let made = lines.lastIndex { $0.event.kind == EventKind.initialised.rawValue }!
    let first = lines[..<made].lastIndex { $0.event.kind == EventKind.partitionSwitch.rawValue }! + 1
    let over = lines[made...].firstIndex { $0.event.kind == EventKind.timer.rawValue }!
    lines[over].event.partition = 0xFF
    lines[over].event.detail = 0
    lines[over].event.operand = 0xFF << 16
    lines[over].event.words.w0 = 0
    let change = lines[over...].firstIndex { $0.event.kind == EventKind.partitionSwitch.rawValue }!
    lines[change].event.detail = 0xFF
    lines.removeSubrange(first..<over)
  }
}
