extension AnalysedModule {
  /// Takes what a trace shows of releases and of missed deadlines.
  ///
  /// A process that is released otherwise than assumed delays others otherwise: those that are not more urgent, and all
  /// where a less urgent one may be in the way.
  ///
  /// - Parameter number: this schedule's among the module's.
  public mutating func take(_ observer: ReleaseObserver, schedule number: Int, _ scheduling: SchedulingDiscipline) {
    for index in partitions.indices {
      let name = partitions[index].name
      let misses = observer.misses(of: name)
      if misses > 0 { partitions[index].recordedMisses = misses }
      let found = observer.deviations.filter { $0.schedule == number && $0.partition == name }
      let moved = partitions[index].processes.first { observer.hasOtherDeadlines($0.name, of: name) }
      for process in partitions[index].processes.indices {
        var own = partitions[index].processes[process]
        // Of one that was late in spite of it that is known.
        if observer.hasOtherDeadlines(own.name, of: name), !own.wasMissed {
          own.observedNanoseconds = nil
          partitions[index].processes[process] = own
        }
        if misses > 0, own.deadlineNanoseconds != nil {
          partitions[index].processes[process].recordedMisses = misses
        }
        guard own.boundNanoseconds != nil else { continue }
        if let deviation = found.first(where: { $0.process == own.name }) {
          partitions[index].processes[process].releasedOtherwise = deviation.reason
          continue
        }
        let other = found.first { deviation in
          let priority = partitions[index].processes.first { $0.name == deviation.process }?.priority ?? 0
          return scheduling == .cooperative || priority >= own.priority ?? 0
        }
        partitions[index].processes[process].releasedOtherwise =
          other.map { "'\($0.process)' beside it is released otherwise than assumed" }
          ?? moved.map { "'\($0.name)' asks for more time than its deadline leaves (REPLENISH)" }
      }
      guard !found.isEmpty else { continue }
      for port in ports.indices
      where [ports[port].source, ports[port].destination].contains(where: { owner(ofEnd: $0) == name }) {
        ports[port].isReleasedOtherwise = true
      }
    }
  }

  /// The partition of a channel's end, which is told by both names: of two that may be meant the longer one.
  private func owner(ofEnd end: String) -> String? {
    partitions.map(\.name).filter { end.hasPrefix("\($0).") }.max { $0.count < $1.count }
  }
}
