import APEXTypes
import ModuleConfiguration

/// Who asks when a sampling port's message was written.
extension Verifier {
  mutating func closeSamplingTime() {
    guard !step.happenings.contains(.stopped),
      let index = ports.port(of: step.partition, identifier: step.argument0), !plan.ports[index].isQueuing,
      !plan.ports[index].isSource, ports.queues[index].isEmptyKnown, ports.queues[index].isCreated
    else { return }
    let channel = channels[plan.ports[index].channel]
    let isEmpty = ports.queues[index].isEmpty
    switch ReturnCode(rawValue: step.resultCode) {
    case .noError:
      guard isEmpty || channel.isKnown else { return }
      tally(.portResult)
      if isEmpty || step.resultValue != channel.writtenAt, fails(.portResult) {
        explain(
          "port \(index) is told a message of \(step.resultValue.seconds); "
            + (isEmpty ? "there is none" : "the last was written at \(channel.writtenAt.seconds)"))
      }
    case .noAction:
      tally(.portResult)
      if !isEmpty, fails(.portResult) { explain("port \(index) is told that it is empty, and has a message") }
    default: break
    }
  }
}
