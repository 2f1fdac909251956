import ModuleConfiguration
import TraceFormat

/// What events may name in traces of one module.
///
/// Whatever names something else is nobody's, and the auditor passes it over. It has its own list, kind by kind: an
/// error in the reference checker's must not become the measures' too.
struct ModuleNames {
  /// What some bits of an operand may be.
  private struct Field {
    var shift: UInt32 = 0
    var mask = UInt32.max
    var values: Range<UInt32>

    func admits(_ operand: UInt32) -> Bool { values.contains(operand >> shift & mask) }
  }
  /// What an event of a kind may say; where nothing is said here it may say anything.
  private struct Form {
    var isSomebodys = false
    var details: Range<UInt32>?
    var low: Field?
    var high: Field?
  }
  private let partitions: Int
  /// By the number of a kind.
  private var forms = [Form](repeating: Form(), count: 256)

  init(_ table: ModuleTable) {
    partitions = table.partitionCount
    func count<Record: TableRecord>(_ type: Record.Type) -> Range<UInt32> { 0..<UInt32(table.count(type)) }
    let lines: Range<UInt32> = 32..<48
    let errors = Field(values: 0..<8)
    let byte: UInt32 = 0xFF
    // The number of an entry's cause shares its operand with the address space.
    form([.interrupt], Form(low: Field(mask: 0xFFFF, values: lines)))
    form([.exception], Form(isSomebodys: true, low: Field(mask: 0xFFFF, values: 0..<32)))
    form([.hypercall, .memoryPiece, .initialised, .timerExpired, .contextReset], Form(isSomebodys: true))
    form([.kernelHandler, .unclaimed, .acknowledged], Form(low: Field(values: lines)))
    form([.mark, .upcall], Form(isSomebodys: true, low: Field(values: 32..<67)))
    form([.windowStart], Form(low: Field(values: count(WindowRecord.self))))
    form([.majorFrameStart], Form(details: count(ScheduleRecord.self)))
    form([.scheduleChange], Form(details: 0..<2, low: Field(values: count(ScheduleRecord.self))))
    form([.portOperation], Form(isSomebodys: true, details: 0..<7, low: Field(values: count(PortRecord.self))))
    form([.eventRaised], Form(isSomebodys: true, low: Field(values: count(EventChannelRecord.self))))
    // Of a start its cause may be none that there is: it is a start all the same.
    form([.restart], Form(isSomebodys: true, details: 1..<3))
    let (mode, condition) = (Field(mask: byte, values: 0..<4), Field(shift: 8, values: 0..<4))
    form([.modeChange], Form(isSomebodys: true, details: 0..<4, low: mode, high: condition))
    let (level, state) = (Field(mask: byte, values: 0..<3), Field(shift: 8, mask: byte, values: 1..<4))
    form([.healthError], Form(details: 0..<8, low: level, high: state))
    form([.healthAction], Form(isSomebodys: true, details: 0..<4, low: errors))
    form([.moduleAction], Form(details: 0..<3, low: errors))
    form([.callback], Form(isSomebodys: true, low: errors))
    form([.exceptionReflected], Form(isSomebodys: true, low: Field(values: 0..<33)))
  }

  private mutating func form(_ kinds: [EventKind], _ form: Form) {
    for kind in kinds { forms[Int(kind.rawValue)] = form }
  }

  /// Whether the module has all that an event names.
  func has(_ event: TraceEvent) -> Bool {
    let form = forms[Int(event.kind)]
    let isSomebody = Int(event.partition) < partitions
    guard isSomebody || event.partition == 0xFF && !form.isSomebodys else { return false }
    if let details = form.details, !details.contains(UInt32(event.detail)) { return false }
    return form.low?.admits(event.operand) ?? true && form.high?.admits(event.operand) ?? true
  }
}
