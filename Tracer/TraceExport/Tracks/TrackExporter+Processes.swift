import TraceReading

/// Processes: a slice for each job, and within it one for each stretch in which the process has the processor.
///
/// A run ends before its process is released anew or its job is over, so slices are nested; a process that has no
/// releases has runs alone.
extension TrackExporter {
  func addProcessChange(_ change: TimelineChange, at time: UInt64) {
    switch change {
    case .released(let process, let start):
      begin(Track(.process, process), "released", [EventField("start", .instant(start))], at: time)
    case .delayed(let process, let start): delayed[process] = start
    case .completed(let process, let course, _):
      let began = delayed.removeValue(forKey: process).map { [EventField("began", .instant($0))] } ?? []
      let response = EventField("response", .duration(course.used))
      end(Track(.process, process), began + [response], at: time)
    case .late(let process, _): endIncomplete(process, "late", at: time)
    case .stopped(let process, _): endIncomplete(process, "stopped", at: time)
    case .runs(let run): begin(Track(.process, run.process), "running", at: time)
    case .runsNoLonger(let run, let outcome, _):
      end(Track(.process, run.process), [EventField("became", .name(outcome.rawValue))], at: time)
    default: break
    }
  }

  private func endIncomplete(_ process: Int, _ became: String, at time: UInt64) {
    delayed[process] = nil
    end(Track(.process, process), [EventField("became", .name(became))], at: time)
  }
}
