import APEXTypes
import ModuleConfiguration
import TraceFormat

// Event channels (lineage row L4): one partition raises a virtual interrupt of another, along a configured channel.
// The destination masks its end as it masks a line, by hypercalls 27 and 28 and by the flag in its shared page.
extension PartitionCore where Marking: MarkingRule {
  mutating func serveEvent<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, _ call: Hypercall, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard let index = eventChannel(identifier: call.arguments.0) else { return Answer(.invalidParameter) }
    let channel = guests.channels[index]
    if number == .bindEvent { return bind(channel) }
    guard channel.source == current else { return Answer(.invalidConfiguration) }
    let isBound = vcpus.interrupts[Int(channel.destination.rawValue)].registered & channel.interrupt.bit != 0
    recorder.record(
      .eventRaised, partition: current, detail: 0, operand: UInt32(truncatingIfNeeded: index),
      UInt64(channel.destination.rawValue), UInt64(channel.interrupt.vector))
    // A destination that has stopped has nothing registered any more.
    guard isBound else { return Answer(.noAction) }
    let waiting = vcpus.mark(channel.destination, channel.interrupt)
    recorder.record(
      .mark, partition: channel.destination, detail: 0, operand: UInt32(channel.interrupt.vector), UInt64(waiting))
    return Answer(.noError)
  }

  /// Whether raising an event of that channel would mark the caller.
  public mutating func isEventToItself(_ identifier: UInt64) -> Bool {
    guard let index = eventChannel(identifier: identifier) else { return false }
    return guests.channels[index].destination == current
  }

  private mutating func bind(_ channel: EventChannel) -> Answer {
    guard channel.destination == current else { return Answer(.invalidConfiguration) }
    let index = Int(current.rawValue)
    guard vcpus.interrupts[index].registered & channel.interrupt.bit == 0 else { return Answer(.noAction) }
    vcpus.interrupts[index].registered |= channel.interrupt.bit
    return Answer(.noError, value: UInt64(channel.interrupt.vector))
  }

  /// The channel's index; a search over at most `ModuleLimits.maximumEventChannelCount`, which is part of L.
  private mutating func eventChannel(identifier: UInt64) -> Int? {
    for index in 0..<guests.channelCount where guests.channels[index].identifier == identifier { return index }
    return nil
  }
}
