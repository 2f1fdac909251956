import APEXTypes

/// One interrupt line in use.
public struct LineRecord: Equatable, Sendable {
  /// What becomes of the line while a partition runs that has not registered it.
  public enum ForeignPolicy: UInt64, Sendable {
    /// Masked at the controller until a registered owner's window.
    case maskedUntilOwner = 0
    /// Marked at once, at most `budgetPerWindow` times in a foreign window; then masked until the next window.
    case markedAtOnce = 1
  }
  /// How the kernel quiets the device, so that the line can fire again.
  public enum AcknowledgeRecipe: UInt64, Sendable {
    /// Nothing to do beyond the end of interrupt.
    case none = 0
    /// Select and read register C of the real-time clock.
    case readRealTimeClockStatus = 1
    /// The owner drains the receiver by its port grant; the kernel does nothing.
    case ownerReadsReceiver = 2
  }
  /// Its number at the controllers, 0 … 15; a table with another one does not open.
  public var line: UInt64
  /// What becomes of it in the windows of partitions that have not registered it.
  public var policy: ForeignPolicy
  /// Interrupts that one such window takes before the line is masked; of `markedAtOnce` only.
  public var budgetPerWindow: UInt64
  /// How its device is quieted, right before the end of interrupt is sent.
  public var recipe: AcknowledgeRecipe
  /// The kernel counts its interrupts itself, whoever else has registered it (`EventKind.kernelHandler`).
  public var hasKernelHandler: Bool
  /// Bound on what one interrupt of the line takes from the window it falls in.
  public var stolenTime: Nanoseconds

  /// A line with all that is said of it: it has no defaults.
  public init(
    line: UInt64, policy: ForeignPolicy, budgetPerWindow: UInt64, recipe: AcknowledgeRecipe, hasKernelHandler: Bool,
    stolenTime: Nanoseconds
  ) {
    self.line = line
    self.policy = policy
    self.budgetPerWindow = budgetPerWindow
    self.recipe = recipe
    self.hasKernelHandler = hasKernelHandler
    self.stolenTime = stolenTime
  }
}

extension LineRecord: TableRecord {
  /// One record a line in use; lines without one stay masked.
  public static var section: ModuleSection { .lines }
  /// Nil where word 1 is no `ForeignPolicy`, or word 3 no `AcknowledgeRecipe`.
  public init?(_ word: (Int) -> UInt64) {
    guard let policy = ForeignPolicy(rawValue: word(1)), let recipe = AcknowledgeRecipe(rawValue: word(3)) else {
      return nil
    }
    line = word(0)
    self.policy = policy
    budgetPerWindow = word(2)
    self.recipe = recipe
    hasKernelHandler = word(4) != 0
    stolenTime = Nanoseconds(word(5))
  }
  /// The words follow the properties.
  public func write(_ put: (UInt64) -> Void) {
    put(line)
    put(policy.rawValue)
    put(budgetPerWindow)
    put(recipe.rawValue)
    put(hasKernelHandler ? 1 : 0)
    put(stolenTime.count)
  }
}
