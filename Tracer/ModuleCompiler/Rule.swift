/// What a diagnostic is about; its raw value is printed after every message and stands in the JSON form.
public enum Rule: String, CaseIterable, Sendable, Encodable {
  // The file itself.
  case unreadableFile, malformedXML, documentType, schemaViolation
  case ignoredElement, ignoredAttribute, unknownExtension, repeatedElement
  case numberOutOfRange, secondsTooFine

  // Partitions.
  case noPartition, tooManyPartitions, duplicatePartition, nameTooLong, controlCharacter, reservedName
  case missingDrainer, severalDrainers, recordedDrainer, drainerNotSystem, drainerPorts
  case portGrantRange, portGrantOverlap, reservedPort, stackTooLarge
  case duplicateProcess, processTiming, processPriority, capacityExceedsSupply, demandExceedsSupply
  case stackPool, tooManyProcesses

  // Schedules.
  case noSchedule, duplicateSchedule, initialSchedule, emptyMajorFrame, majorFrameTooShort, scheduleWithoutWindows
  case unknownPartition, duplicatePartitionSchedule, partitionWithoutWindow, tooManyWindows, duplicateWindow
  case windowOutsideFrame, windowTooShort, windowsOverlap, gapTooShort
  case periodNotDividing, durationExceedsPeriod, periodStart, durationNotMet, noSupply, scheduleRight
  case periodsShifted

  // Ports and channels.
  case tooManyPorts, duplicatePort, messageSize, refreshPeriod, messageCount, overflowPolicy
  case duplicateChannel, unknownPort, directionMismatch, kindMismatch, sizeMismatch, portWithoutChannel
  case portInTwoChannels, messagePlaces

  // Memory and images.
  case imageNotFound, imageBesideModule, defectiveImage, memoryTooSmall, machineTooSmall

  // Interrupt lines and clocks.
  case lineNumber, duplicateLine, lineRecipe, lineWithoutOwner, duplicateOwner, lineBudget, stolenTime
  case receiverPorts, silentClock, clockRate, secondKernelHandler

  // Event channels and upcalls.
  case duplicateEventChannel, eventVector, tooManyEventChannels, upcallDepth

  // Trace, budgets, health monitoring.
  case traceSize, leftOutKind, budgetSubject, budgetBound, duplicateBudget
  case claimName, claimForm, claimBound, claimEvent, tooManyClaims, claimChoice
  case unknownError, errorWithoutCode, errorsWithoutLevel, conflictingActions
  case systemState, duplicateError, wrongLevel, ignoredFault, drainerRestart, callbackSymbol
  /// Valid in the common form, but not carried out by this kernel.
  case unsupported

  // Stimulus files.
  case stimulusSyntax, stimulusOverlap

  /// Whether an error of this rule means that a file could not be read or has not its form: exit status 2, not 1.
  var isAboutForm: Bool {
    switch self {
    case .unreadableFile, .malformedXML, .documentType, .schemaViolation, .ignoredElement, .ignoredAttribute,
      .unknownExtension, .imageNotFound, .defectiveImage, .stimulusSyntax, .stimulusOverlap:
      true
    default: false
    }
  }

  /// Whether a finding of this rule may be no more than the consequence of an element that could not be read.
  var needsWholeModule: Bool {
    switch self {
    case .noPartition, .missingDrainer, .drainerPorts, .noSchedule, .initialSchedule, .unknownPartition,
      .partitionWithoutWindow, .scheduleWithoutWindows, .periodStart, .durationNotMet, .noSupply,
      .capacityExceedsSupply, .demandExceedsSupply, .processTiming, .unknownPort, .portWithoutChannel,
      .lineWithoutOwner, .receiverPorts,
      .silentClock, .budgetSubject, .budgetBound, .claimEvent, .claimForm, .refreshPeriod, .lineBudget, .unknownError,
      .errorWithoutCode, .errorsWithoutLevel, .wrongLevel, .scheduleRight, .periodsShifted:
      true
    default: false
    }
  }
}
