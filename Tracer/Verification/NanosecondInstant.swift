/// An instant of the module's time, in nanoseconds since its clock began: the plain word of an event.
///
/// `SystemTime` has one too, and arithmetic that is checked. What is judged here may be anything, and comes by the ten
/// million a second: it is compared as it is, and wraps.
typealias NanosecondInstant = UInt64

/// A length of time in nanoseconds, as plain as its instants.
typealias NanosecondSpan = UInt64
