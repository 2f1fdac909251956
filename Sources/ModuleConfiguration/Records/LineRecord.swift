import APEXTypes

/// One interrupt line in use.
public struct LineRecord: Equatable, Sendable {
  /// What becomes of the line while a partition runs that may not register it.
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
  public var line: UInt64
  public var policy: ForeignPolicy
  public var budgetPerWindow: UInt64
  public var recipe: AcknowledgeRecipe
  public var hasKernelHandler: Bool
  /// Bound on what one interrupt of the line takes from the window it falls in.
  public var stolenTime: Nanoseconds

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
  public static var section: ModuleSection { .lines }
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
  public func write(_ put: (UInt64) -> Void) {
    put(line)
    put(policy.rawValue)
    put(budgetPerWindow)
    put(recipe.rawValue)
    put(hasKernelHandler ? 1 : 0)
    put(stolenTime.count)
  }
}
