import APEXTypes

/// A timing bound that `partita verify` proves or refutes.
public struct BudgetRecord: Equatable, Sendable {
  /// What is bounded; the numbers are part of the table.
  public enum Quantity: UInt64, Sendable {
    /// |first instruction − start instant| of a window. Subject: unused.
    case windowStartError = 1
    /// Interrupt's kernel entry to the last mark of it. Subject: line.
    case interruptToMark = 2
    /// Mark to the upcall's first instruction, less the time its owner was not in a window. Subject: line.
    case markToUpcall = 3
    /// Hypercall's kernel entry to the caller's next instruction, where it resumes at once. Subject: hypercall number.
    case hypercall = 4
    /// Kernel time in a major frame, padding excluded. Subject: unused.
    case kernelTimePerFrame = 5
    /// Bytes of trace a second of module time. Subject: unused.
    case traceBytesPerSecond = 6
    /// From the instant that the timer was armed for to its interrupt. Subject: unused.
    case timerLateness = 7
    /// What is left of the pad when the kernel is ready for a window; the least. Subject: unused.
    case padMargin = 8
    /// From the stop instant asked for to the stop. Subject: unused.
    case stopDelay = 9
    /// What a partition gets of its windows in a period; the least. Subject: index of the partition.
    case partitionSupply = 10
    /// How long a partition runs beyond its window's end. Subject: unused.
    case windowOverrun = 11
  }
  /// What the bound is one of.
  public var quantity: Quantity
  /// Whose quantity it is, as its comment says; 0 where that is unused.
  public var subject: UInt64
  /// Nanoseconds, or bytes a second for `traceBytesPerSecond`: over the whole run, where less than a second counts as
  /// a second.
  public var bound: UInt64

  /// An upper bound; of `padMargin` and `partitionSupply` a lower one.
  public init(quantity: Quantity, subject: UInt64, bound: UInt64) {
    self.quantity = quantity
    self.subject = subject
    self.bound = bound
  }
}

extension BudgetRecord: TableRecord {
  /// At most one record for each quantity and subject.
  public static var section: ModuleSection { .budgets }
  /// Nil where word 0 is no `Quantity`.
  public init?(_ word: (Int) -> UInt64) {
    guard let quantity = Quantity(rawValue: word(0)) else { return nil }
    self.quantity = quantity
    subject = word(1)
    bound = word(2)
  }
  /// Three words: quantity, subject, bound.
  public func write(_ put: (UInt64) -> Void) {
    put(quantity.rawValue)
    put(subject)
    put(bound)
  }
}
