import APEXTypes
import ModuleConfiguration
import ProcessScheduling

/// Whoever decides which process runs: the module, the reference, or both side by side.
///
/// Processes are numbers here, 0 for nobody.
protocol Decider: AnyObject {
  var running: Int32 { get }
  var isOutranked: Bool { get }
  var nextInstant: SystemTime { get }
  var nextDeadline: SystemTime { get }
  func nextTick(_ nextPeriod: SystemTime) -> SystemTime

  func beginNormalMode(_ moment: PartitionMoment)
  func releaseDue(_ moment: PartitionMoment)
  func takeLate(after: Int32, _ now: SystemTime) -> Int32
  func tellingIsOver()
  func isOverdue(_ moment: PartitionMoment) -> Bool
  func dispatch() -> Int32
  func undispatch()
  func beOutranked()
  func tellDispatch(of next: Int32, _ moment: PartitionMoment) -> ProcessTelling?
  func takeTelling(_ moment: PartitionMoment) -> ProcessTelling?

  func beginErrorHandling() -> Int32
  func endErrorHandling() -> Bool

  func perform(_ call: Call, _ moment: PartitionMoment) -> Answer
  /// What a service answers whose caller has waited and runs again.
  func endOfWait(_ call: Call) -> Answer

  /// A tick is to come at once.
  func takeTickWish() -> Bool
  /// `nextTick` may be another one.
  func takeTimerWish() -> Bool
}
