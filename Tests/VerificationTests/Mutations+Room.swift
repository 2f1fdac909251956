import ModuleConfiguration
import TraceFormat

/// Changes of the rich story about what is told once or begins anew: marks without room, and counts of an earlier life.
extension Mutation {
  static let richRoom: [Mutation] = [
    Mutation("upcall.room", "nobody is told", along: ["health.log"]) { story in
      story.drop(.healthError, 5)
      story.drop(.healthAction, 3)
    },
    Mutation("upcall.room", "told at every entry", along: ["health.log"]) { story in
      let place = story.index(.healthError, 5)
      let next = story.nextEntry(after: place)
      for offset in [1, 0] {
        var line = story.lines[place + offset]
        line.event.time = story.lines[next].event.time
        story.lines.insert(line, at: next + 1)
      }
    },
    Mutation("statistic.value", "marks of an earlier life") { story in
      let last = story.lines.lastIndex { call(74)($0.event) && $0.event.kind == EventKind.hypercallResult.rawValue }
      story.lines[last!].event.words.w0 = 6
    },
    Mutation("tick.policy", "ticks that nobody takes are not counted", along: ["tick.mark"]) { story in
      // Without its registration, the tick is dropped; the story does not say so.
      story.change(.hypercall, where: { call(30)($0) && $0.words.w3 == 64 && $0.partition == 2 }) { $0.words.w3 = 63 }
    }.along("registration.permitted", "tick.armed", "upcall.registered", "statistic.value"),
  ]
}
