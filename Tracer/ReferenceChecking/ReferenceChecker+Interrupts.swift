import ModuleConfiguration
import TraceFormat

/// Interrupts: who is marked, what is acknowledged, which lines may come at all.
extension ReferenceChecker {
  private func line(_ number: Int) -> LineRecord? {
    (0..<table.count(LineRecord.self)).map { table.record(LineRecord.self, $0) }.first { Int($0.line) == number }
  }

  private func isHandled(_ number: Int) -> Bool { line(number)?.hasKernelHandler ?? false }

  /// The partition has registered the vector.
  func isRegistered(_ partition: Int, _ vector: Int, before index: Int) -> Bool {
    registration(partition, vector, before: index) != nil
  }

  /// The same where no start that was not told may have ended that.
  func isCertainlyRegistered(_ partition: Int, _ vector: Int, before index: Int) -> Bool {
    registration(partition, vector, before: index).map { isKept($0, partition, before: index) } ?? false
  }

  /// The answer by which the partition has the vector registered.
  private func registration(_ partition: Int, _ vector: Int, before index: Int) -> Int? {
    let place = last(
      before: index, of: granted(.registerVCPU, partition, about: vector),
      granted(.unregisterVCPU, partition, about: vector), granted(.bindEvent, partition), topic(.restart, partition)
    ) { !isSuccess($0, .bindEvent) || isBinding($0, partition, vector) }
    return place.flatMap { isSuccess($0, .registerVCPU) || isSuccess($0, .bindEvent) ? $0 : nil }
  }

  /// The partition binds its end of the event channel that has the vector.
  private func isBinding(_ index: Int, _ partition: Int, _ vector: Int) -> Bool {
    guard vector >= 48, isSuccess(index, .bindEvent), events[index].words.w0 == UInt64(vector) else { return false }
    let channel = channel(of: argument(index, 0)) { Int($0.destination.rawValue) == partition }
    return channel.map { Int($0.vector) == vector } ?? false
  }

  /// Marks of the step that belong to its interrupt.
  private func marks(_ step: Step) -> [Int] {
    range(step).filter { kinds[$0] == .mark && what($0) == what(step.input) }
  }

  func judgeInterrupts() {
    for step in steps where kinds[step.input] == .interrupt {
      if isSpurious(step.input) { judgeSpurious(step) } else { judgeReal(step) }
    }
    for index in events.indices { judgePlace(index) }
  }

  private func judgeSpurious(_ step: Step) {
    if !has(step, .stop) { require("interrupt.spurious", range(step).count { kinds[$0] == .spurious } == 1) }
    require("interrupt.spurious", !range(step).contains { kinds[$0] == .mark && what($0) < 48 })
  }

  private func judgeReal(_ step: Step) {
    let vector = what(step.input)
    let number = vector - 32
    let marked = marks(step).map { Int(events[$0].partition) }
    require("interrupt.mark.registered", Set(marked).count == marked.count)
    for partition in marked {
      require("interrupt.mark.registered", isRegistered(partition, vector, before: step.input))
    }
    guard !has(step, .stop) else { return }
    let takers = (0..<table.partitionCount).filter { isRegistered($0, vector, before: step.input) }
    for partition in takers
    where !isStopped(partition, before: step.end) && isCertainlyRegistered(partition, vector, before: step.input) {
      require("interrupt.mark.complete", marked.contains(partition))
    }
    if !isPulse(step.input), !leftOut.contains(.acknowledged) {
      let own = range(step).filter { kinds[$0] == .acknowledged && what($0) == vector }
      require("interrupt.acknowledged", own.count == 1)
    }
    let runs = range(step).count { kinds[$0] == .kernelHandler }
    require("interrupt.kernelHandler", runs == (isHandled(number) ? 1 : 0))
    if !takers.contains(where: { isStopped($0, before: step.end) }) {
      let isWanted = isHandled(number) || !takers.isEmpty
      require("interrupt.unclaimed", range(step).count { kinds[$0] == .unclaimed } == (isWanted ? 0 : 1))
    }
  }

  /// Events that belong to an interrupt's step.
  private func judgePlace(_ index: Int) {
    let event = events[index]
    let input = input(of: index)
    let isOwn = input.map { kinds[$0] == .interrupt && what($0) == what(index) } ?? true
    switch kinds[index] {
    case .kernelHandler:
      require("interrupt.kernelHandler", isOwn)
      let before = last(before: index, of: .kernelHandler) { what($0) == what(index) }
      require("interrupt.kernelHandler", event.words.w0 == (before.map { events[$0].words.w0 } ?? 0) &+ 1)
    case .unclaimed: require("interrupt.unclaimed", isOwn)
    case .spurious: if let input { require("interrupt.spurious", isSpurious(input) && isOwn) }
    case .acknowledged:
      guard let input, !isSpurious(input) else { return }
      require("interrupt.acknowledged", isOwn)
      if isOwn, let bits = bits(of: index) { require("interrupt.acknowledged", event.words.w0 & UInt64(bits) == 0) }
    case .mark where what(index) < 48:
      guard let input else { return }
      if !isSpurious(input) { require("interrupt.mark.registered", isOwn) }
      let before = (input..<index).filter { kinds[$0] == .mark && what($0) < 48 }
      require("interrupt.mark.order", before.allSatisfy { events[$0].partition <= event.partition })
    default: break
    }
  }

  // MARK: Masks

  /// The mask decided last; nil while it is not known, also after one that did not read back.
  func mask(before index: Int) -> UInt32? {
    guard let decided = last(before: index, of: .lineMask) else { return nil }
    let mask = events[decided].operand & 0xFFFF
    let isOther = read(of: decided).map { $0 < index && events[$0].operand != mask } ?? false
    return isOther ? nil : mask
  }

  /// Where the controllers were read back for a mask: once, in its step, before another one is decided.
  private func read(of decided: Int) -> Int? {
    let end = step(of: decided)?.end ?? steps.first?.input ?? events.count
    let next = all(.lineMask, in: (decided + 1)..<max(end, decided + 1)).first ?? end
    return all(.maskRead, in: decided..<next).first
  }

  private func judgeRead(_ index: Int) {
    let decided = last(before: index, of: .lineMask)
    let isDue = decided.map { read(of: $0) == index } ?? false
    require("mask.written", isDue && decided.map { events[index].operand == events[$0].operand & 0xFFFF } ?? false)
  }

  func judgeMasks() {
    for step in steps where !has(step, .stop) {
      guard let decided = range(step).last(where: { kinds[$0] == .lineMask }) else { continue }
      require("mask.written", (decided..<step.end).contains { kinds[$0] == .maskRead })
    }
    for index in events.indices {
      if kinds[index] == .maskRead { judgeRead(index) }
      // Pulses obey masks and budgets as a device's interrupts do.
      guard kinds[index] == .interrupt, !isSpurious(index) else { continue }
      guard let bits = bits(of: index) else { continue }
      if let mask = mask(before: index) { require("mask.effective", mask & bits == 0) }
      judgeForeign(index, what(index) - 32)
    }
  }

  /// In a mask or a service register: the line of an event's vector, and the cascade that it comes by; nil where the
  /// vector is no line's.
  private func bits(of index: Int) -> UInt32? {
    let number = what(index) - 32
    return (0..<16).contains(number) ? 1 << UInt32(number) | (number >= 8 ? 4 : 0) : nil
  }

  /// A pulse says of no partition that it was interrupted: it counts in whoever's window it comes.
  private func isForeign(_ index: Int, _ open: Int) -> Bool {
    kinds[index] == .interrupt && !isSpurious(index) && bits(of: index) != nil
      && (isPulse(index) || Int(events[index].partition) == owner(open))
      && record(of: owner(open)).permittedLines >> UInt16(what(index) - 32) & 1 == 0
  }

  private func judgeForeign(_ index: Int, _ number: Int) {
    guard let open = openWindow(before: index) else { return }
    if let line = line(number), line.policy == .maskedUntilOwner {
      // Whoever runs there.
      return require("mask.foreign", record(of: owner(open)).permittedLines >> UInt16(number) & 1 != 0)
    }
    guard isForeign(index, open) else { return }
    let budget = line(number).map { $0.policy == .markedAtOnce ? $0.budgetPerWindow : .max } ?? .max
    let count = all(.interrupt, in: open..<(index + 1)).count { isForeign($0, open) && what($0) == what(index) }
    require("mask.budget", UInt64(count) <= budget)
  }
}
