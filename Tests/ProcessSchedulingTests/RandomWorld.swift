import APEXTypes
import ProcessScheduling
import TestSeeds

/// A partition in which module and reference do the same random script.
final class RandomWorld {
  let both = Lockstep()
  let layer: ActingLayer<Lockstep>
  private var generator: CallGenerator
  private var invariants: Invariants

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let plan = WorldPlan(&random)
    layer = ActingLayer(both, now: random.number(0...5_000), period: plan.period)
    plan.create(both, layer.moment)
    generator = CallGenerator(random, plan)
    invariants = Invariants(plan)
  }

  /// - Returns: what was wrong; nil where nothing was.
  func run(_ stepCount: Int) -> String? {
    initialise()
    layer.whenLate = { [unowned self] in if generator.oneIn(2) { fail() } }
    for _ in 0..<stepCount {
      compute()
      if both.running == 0 { idle() } else { work() }
      if let wrong = both.difference ?? invariants.broken(layer, both.module.scheduler) { return wrong }
    }
    return layer.forgottenArmings.first.map { "the timer is not armed after \($0)" }
  }

  /// What `main` does.
  private func initialise() {
    for process in both.reference.processes where !generator.oneIn(4) {
      layer.call(.start(process.identifier, after: generator.oneIn(3) ? .nanoseconds(700) : .notAtAll))
    }
    for _ in 0..<generator.number(0...10) { layer.call(generator.handlersCall(both.reference)) }
    layer.passMasked(generator.number(0...9_000))
    layer.enterNormalMode()
  }

  // MARK: Steps

  /// Time passes: a random one, until just when something happens, or around that.
  private func compute() {
    let next = both.nextInstant.nanoseconds
    // Not to the end of time, for which somebody may wait.
    if generator.oneIn(4), next > layer.now, next - layer.now < 100_000 {
      layer.pass(until: max(layer.now, next - min(next, generator.number(0...1))))
    } else if generator.oneIn(12) {
      layer.passMasked(generator.number(0...4_000))
    } else if !generator.oneIn(4) {
      layer.pass(generator.number(0...900))
    }
  }

  private func work() {
    switch generator.number(0...19) {
    case 0: upcall()
    case 1: fail()
    default: layer.call(generator.call(both.reference))
    }
  }

  private func idle() {
    if generator.oneIn(3) || both.nextInstant == .never { upcall() }
    layer.pass(generator.number(0...3_000))
  }

  private func upcall() {
    layer.inUpcall {
      for _ in 0..<generator.number(1...3) where layer.isInUpcall {
        if generator.oneIn(12), both.running != 0 {
          fail()
        } else {
          layer.call(generator.handlersCall(both.reference))
        }
      }
    }
  }

  private func fail() { layer.raiseError(handleError) }

  /// What the error handler does.
  private func handleError(_ failed: Int32) {
    if generator.oneIn(4) { layer.call(.stop(failed)) }
    if generator.oneIn(4) { layer.call(.start(failed)) }
    if generator.oneIn(4) { layer.call(.suspend(failed)) }
    if generator.oneIn(8) { layer.call(.setPriority(failed, 1)) }
    for _ in 0..<generator.number(0...2) { layer.call(generator.handlersCall(both.reference)) }
    layer.passMasked(generator.number(0...200))
  }
}
