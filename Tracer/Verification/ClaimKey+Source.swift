extension ClaimKey {
  /// Where the claim comes from: the part of the standard, the row of the lineage (L1 software IDT, L2 direct upcall,
  /// L3 vCPU marks, L4 paravirtualisation, L5 world switch, L6 tracer).
  var source: String {
    switch self {
    case .boot, .time, .meaning, .complete, .end, .keyframe, .drain, .kernelFault, .stopReason, .stopPrompt, .stopQuiet,
      .stimulus, .noteWords:
      "L6 tracer"
    case .frame, .windowOrder, .windowNominal, .windowEndOrder, .windowOwner, .yieldFinal, .yieldValue, .idleTime:
      "ARINC 653: partition scheduling"
    case .windowStart, .windowEnd: "ARINC 653: partition scheduling; L5 world switch"
    case .switchChain, .switchEffect, .timerArmed, .timerPunctual, .padding, .addressSpace: "L5 world switch"
    case .acknowledged, .kernelHandler, .unclaimed, .spurious, .maskWritten, .maskEffective, .maskForeign, .maskBudget:
      "L1 software IDT"
    case .markComplete, .markRegistered, .markOrder, .markCounter, .markDelivered, .registration, .upcallRegistered,
      .upcallOrder, .upcallService, .upcallCount, .upcallOrdinal, .upcallHandler, .upcallMarked, .acknowledgeValue:
      "L3 vCPU marks"
    case .upcallWindow, .upcallEnabled, .upcallFrame, .upcallWritten, .upcallEntered, .upcallReturned, .upcallDepth,
      .upcallOverflow, .upcallRoom:
      "L2 direct upcall"
    case .hypercallAnswered, .hypercallKnown, .consoleWritten, .timeRead, .statistic, .registrationEvent, .eventRaised,
      .eventMark, .tickDue, .tickPolicy, .tickMark, .tickArmed, .healthMark, .queueMark, .exceptionReflected,
      .exceptionHandler, .exceptionWritten:
      "L4 paravirtualisation"
    case .exceptionAnswered, .healthAction, .healthCarriedOut, .healthEntered, .healthLevel, .healthState,
      .healthProcess, .healthCallback, .healthModule, .healthLog, .healthRead:
      "ARINC 653: health monitoring"
    case .modeChain, .modeQuiet, .modeTransition, .modeAsked, .restartStart, .restartBegun, .restartPieces,
      .restartOrder, .restartQuiet, .restartContext, .restartCondition:
      "ARINC 653: operating modes"
    case .scheduleAsked, .scheduleEffective, .scheduleAction, .scheduleNamed: "ARINC 653: module schedules"
    case .portPermitted, .portCopied, .portCreated: "ARINC 653: interpartition communication"
    case .portSequence, .portContent, .portValid, .portResult, .portEmpty: "ARINC 653: sampling ports"
    case .queueSequence, .queueOrder, .queueContent, .queueCapacity, .queueOverflow, .queueAvailable, .queueStatus:
      "ARINC 653: queuing ports"
    }
  }
}
