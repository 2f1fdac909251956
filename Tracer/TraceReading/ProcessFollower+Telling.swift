import ModuleConfiguration

/// What schedulers tell of the processes that the module file says are told of.
extension ProcessFollower {
  mutating func take(_ telling: ProcessTelling, of partition: UInt8, at time: UInt64, _ tell: Sink) {
    let own = members[Int(partition)].filter { processes[$0].isTold }
    guard telling.isDispatch else { return note(telling, own, of: partition, at: time) }
    let last = processor.current[Int(partition)]
    let next = own.first { processes[$0].key == telling.to }
    let isLeft = last.map { processes[$0].key == telling.from } ?? false
    // Whoever calls has the CPU.
    if processor.partition != partition { processor.turn(to: partition, at: time, from: 0, tell) }
    // A process that another one stops had no processor, and the one that has it goes on.
    if isLeft || next != last { processor.cut(at: time, isLeft ? .init(telling.state) : .untold, tell) }
    // A run lies within one job.
    if let next, !jobs[next].isFollowed, processes[next].isReleased { processor.cut(at: time, .cut, tell) }
    for process in own {
      if processes[process].key == telling.from { leave(process, telling.state, at: time, tell) }
      if processes[process].key == telling.to { dispatch(process, telling.age, at: time, tell) }
    }
    processor.current[Int(partition)] = next
    processor.resume(partition, at: time, from: 0, tell)
  }

  /// A process is started, or its job has another deadline: the processor stays where it is.
  private mutating func note(_ telling: ProcessTelling, _ own: [Int], of partition: UInt8, at time: UInt64) {
    guard telling.age != ProcessTelling.aperiodic else { return }
    let key = telling.state == .started ? telling.to : telling.from
    for process in own where processes[process].key == key && processes[process].isReleased {
      if telling.state == .started {
        guard !jobs[process].isFollowed, telling.age <= 0, telling.age.magnitude < processes[process].period else {
          continue
        }
        jobs[process].start(after: telling.age.magnitude)
      } else if let period = periodStarts[Int(partition)] {
        jobs[process].move(to: period &- UInt64(bitPattern: telling.age), at: time, processes[process].deadline)
      }
    }
  }

  private mutating func leave(_ process: Int, _ state: ProcessTelling.State?, at time: UInt64, _ tell: Sink) {
    switch state {
    // Where the job that was released last has not begun, it is an older one that is done.
    case .complete where jobs[process].hasBegun: complete(process, at: time, tell)
    case .dormant: stop(process: process, at: time, tell)
    default: break
    }
  }

  /// A process goes on with a job of this age: is it the one that was released last?
  private mutating func dispatch(_ process: Int, _ age: Int64, at time: UInt64, _ tell: Sink) {
    guard age != ProcessTelling.aperiodic, processes[process].isReleased,
      let period = periodStarts[processes[process].partition]
    else { return }
    let start = period &- UInt64(bitPattern: age)
    guard start <= time else { return }
    if !jobs[process].isFollowed {
      // The start of the period in which the job began: with it later releases are in step.
      let length = periodLengths[processes[process].partition]
      let into = start < period && length > 0 ? (length &- (period - start) % length) % length : 0
      let release = into <= start ? min(start, period) - into : start
      jobs[process].isFollowed = true
      jobs[process].begin(at: release)
      tell(.released(process: process, start: release))
      // One that began late in a period before has its next release in this one.
      let isLate = release < period && start > release
      if isLate, jobs[process].isOver(processes[process].period, at: period, of: length) {
        jobs[process].wait(for: period)
      }
    } else if let next = jobs[process].next, start >= next {
      // The job before it gave way, and was not complete.
      if processor.run?.process == process { processor.cut(at: time, .cut, tell) }
      giveWay(process, toOneLateBy: start &- next, at: time, tell)
    }
    if jobs[process].goOn(from: start) { tell(.delayed(process: process, start: start)) }
  }
}
