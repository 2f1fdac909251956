import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Changes of what the rich story's partitions read of the error log.
extension Mutation {
  private static let isRead = call(HypercallNumber.readErrorLog.rawValue)

  static let richErrorLog: [Mutation] = [
    Mutation("health.read", "another module action") {
      $0.change(.hypercallResult, 0, where: isRead) { $0.words.w0 ^= 1 << 40 }
    },
    Mutation("health.read", "another action than the handler") {
      $0.change(.hypercallResult, 2, where: isRead) { $0.words.w0 ^= 1 << 40 }
    },
    Mutation("health.read", "another action than announced") {
      $0.change(.hypercallResult, 3, where: isRead) { $0.words.w0 ^= 1 << 40 }
    },
    Mutation("health.read", "another error") { $0.change(.hypercallResult, 0, where: isRead) { $0.words.w0 ^= 256 } },
    Mutation("health.read", "another address") {
      $0.change(.hypercallResult, 1, where: isRead) { $0.words.w0 += 1 }
    },
    Mutation("health.read", "kept, and told not to be") { $0.refuse(0, .notAvailable) },
    Mutation("health.read", "kept, and refused for no reason") { $0.refuse(0, .invalidConfiguration) },
    Mutation("health.read", "the caller's own, and told not to be kept") { $0.refuse(5, .notAvailable) },
    Mutation("health.read", "the next one, and told not to be") { $0.refuse(6, .notAvailable) },
    Mutation("health.read", "another's, and refused for another reason") {
      $0.change(.hypercallResult, 7, where: isRead) { $0.detail = ReturnCode.invalidParameter.rawValue }
    },
    Mutation("health.read", "a field that there is not, and told not to be kept") {
      $0.change(.hypercallResult, 9, where: isRead) { $0.detail = ReturnCode.notAvailable.rawValue }
    },
    Mutation("health.read", "a next one, and there is none") {
      $0.change(.hypercallResult, 4, where: isRead) { $0.detail = 0 }
    },
  ]
}

extension Story {
  /// The `number`-th read of the log is refused.
  fileprivate mutating func refuse(_ number: Int, _ code: ReturnCode) {
    change(.hypercallResult, number, where: Mutation.call(HypercallNumber.readErrorLog.rawValue)) {
      $0.detail = code.rawValue
      $0.words.w0 = 0
    }
  }
}
