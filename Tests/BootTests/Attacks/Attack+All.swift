// The suite, in the order of its table. `AttackTests` checks that Kernel/Partitions/Hostile has no other.
extension Attack {
  static let all: [Attack] =
    privileged + ports + gates + memory + stacks + flags + calls + interrupts + resources + state

  private static let privileged: [Attack] = [
    Attack(name: "Halt", origin: "L4", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "ClearInterruptFlag", origin: "L4", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "SetInterruptFlag", origin: "L4", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "LoadDescriptorTable", origin: "L5", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "LoadTaskRegister", origin: "L5", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "WriteAddressSpace", origin: "L5", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "WriteModelRegister", origin: "L5", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "PrivilegedInstructions", origin: "L4", outcome: .attempts([6, 13])),
    Attack(name: "StoreTables", origin: "L4, UMIP", outcome: .attempts([13])),
    Attack(name: "Virtualisation", origin: "", outcome: .attempts([6, 13])),
    // QEMU 7.2 reads the frame as the supervisor would, and SMAP refuses that before the selector is looked at.
    Attack(name: "ReturnToRing0", origin: "L2: the iret that faulted", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "SystemReturn", origin: "", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "SystemEnter", origin: "", outcome: .idled(vector: 6, .illegalRequest)),
  ]

  private static let ports: [Attack] = [
    Attack(name: "ExitPort", origin: "port 0xF4", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(
      name: "ResetPort", origin: "POK: reset ports permitted", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "TimerPort", origin: "POK: PIT permitted", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "ControllerPort", origin: "POK: PIC permitted", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(
      name: "EveryDevicePort", origin: "POK: TSS as I/O bitmap", outcome: .attempts([13]), milliseconds: 240),
    Attack(name: "SerialMischief", origin: "the console is COM1", outcome: .harmless, ownsSerialLine: true),
  ]

  private static let gates: [Attack] = [
    Attack(
      name: "ForgedClockTick", origin: "L1, POK: `int 0x20` forges ticks",
      outcome: .idled(vector: 13, .illegalRequest)),
    Attack(
      name: "ForgedProtectionFault", origin: "POK: `int 13` ends the system",
      outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "EveryVector", origin: "L1: gates open to ring 3", outcome: .attempts([1, 6, 13]), milliseconds: 200),
    Attack(
      name: "StackSegmentShadow", origin: "CVE-2018-8897: traps held back into the kernel",
      outcome: .attempts([1, 6, 13]), milliseconds: 240),
  ]

  private static let memory: [Attack] = [
    Attack(name: "ReadKernel", origin: "L5", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "WriteSwitcher", origin: "L5", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "JumpIntoSwitcher", origin: "L5", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "ReadRegisterPage", origin: "L5", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "LocalTimerPage", origin: "", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "NullPointer", origin: "", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "NonCanonicalJump", origin: "", outcome: .idled(vector: 13, .illegalRequest)),
    Attack(name: "WildPointers", origin: "L5", outcome: .attempts([13, 14]), milliseconds: 200),
    Attack(name: "SelfModifyingCode", origin: "W^X", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "ExecuteData", origin: "W^X", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "ExecuteStack", origin: "W^X", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "CopyBeyondEnd", origin: "", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "PageFaultStorm", origin: "L5", outcome: .storm(vector: 14, .memoryViolation), milliseconds: 100),
    Attack(
      name: "DivideStorm", origin: "POK: faults for ever or halts", outcome: .storm(vector: 0, .numericError),
      milliseconds: 100),
    Attack(name: "InvalidOpcodeStorm", origin: "", outcome: .storm(vector: 6, .illegalRequest), milliseconds: 100),
  ]

  private static let stacks: [Attack] = [
    Attack(name: "StackOverflow", origin: "", outcome: .idled(vector: 14, .stackOverflow)),
    Attack(name: "DeepFrame", origin: "", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "StackPointerZero", origin: "L2: stack pointer trusted blindly", outcome: .refused(.stackOverflow)),
    Attack(
      name: "StackPointers", origin: "L2: stack pointer trusted blindly", outcome: .attempts([]), milliseconds: 220),
    Attack(name: "SegmentSelectors", origin: "", outcome: .attempts([12, 13]), milliseconds: 220),
    Attack(name: "FarTransfers", origin: "", outcome: .attempts([11, 13, 14]), milliseconds: 200),
    Attack(name: "FarCallStacks", origin: "L5: what is writable", outcome: .idled(vector: 14, .memoryViolation)),
  ]

  private static let flags: [Attack] = [
    Attack(name: "TrapFlag", origin: "", outcome: .attempts([1]), milliseconds: 240),
    Attack(name: "Flags", origin: "", outcome: .harmless, milliseconds: 200),
  ]

  private static let calls: [Attack] = [
    Attack(name: "SyscallRegisters", origin: "", outcome: .harmless),
    Attack(name: "SyscallAtPageEnd", origin: "", outcome: .idled(vector: 14, .memoryViolation)),
    Attack(name: "HypercallNumbers", origin: "", outcome: .harmless, milliseconds: 280),
    Attack(name: "HypercallPointers", origin: "L3: handler pointer not bounds-checked", outcome: .harmless),
    Attack(name: "HypercallNoise", origin: "", outcome: .harmless),
    Attack(name: "ForgedReturns", origin: "L2", outcome: .attempts([1, 13, 14])),
    Attack(name: "UpcallEntries", origin: "L2, L3", outcome: .attempts([])),
    Attack(name: "MovedTails", origin: "L2, L3", outcome: .attempts([])),
    Attack(name: "StopTheOthers", origin: "", outcome: .harmless),
    Attack(
      name: "HandlerGames", origin: "L5: a fault in the fault's handler", outcome: .idled(vector: 6, .illegalRequest)),
    Attack(name: "ForeignLines", origin: "L3: errors for every misuse", outcome: .harmless),
    Attack(name: "ForeignPorts", origin: "", outcome: .harmless),
  ]

  private static let interrupts: [Attack] = [
    Attack(
      name: "LyingCounters", origin: "L4", outcome: .harmless, selfReported: ["upcall.entered", "upcall.returned"]),
    Attack(
      name: "SharedPageNoise", origin: "L4", outcome: .harmless,
      selfReported: ["upcall.entered", "upcall.returned"]),
    Attack(name: "OwnLineStorm", origin: "L2: contexts lost at depth 16", outcome: .refused(.stackOverflow)),
    Attack(
      name: "DepthOverflow", origin: "L2: overrun at depth 16", outcome: .attempts([6]), milliseconds: 280,
      overflowsDepth: true),
    Attack(name: "TimerExtremes", origin: "L4", outcome: .harmless),
  ]

  private static let resources: [Attack] = [
    Attack(name: "NeverYield", origin: "", outcome: .harmless),
    Attack(name: "LockedAccesses", origin: "", outcome: .harmless),
    Attack(name: "TraceFlood", origin: "L6", outcome: .endless, milliseconds: 240, losesEvents: true),
    Attack(name: "ConsoleFlood", origin: "POK: 600-byte writes stretch a frame", outcome: .harmless),
    Attack(name: "HealthLogFlood", origin: "one log for all", outcome: .attempts([]), milliseconds: 200),
    Attack(name: "PortFlood", origin: "", outcome: .harmless),
    Attack(name: "RestartLoop", origin: "POK: restarts leak memory", outcome: .endless, milliseconds: 120),
  ]

  private static let state: [Attack] = [
    Attack(name: "FloatTraps", origin: "", outcome: .idled(vector: 16, .numericError)),
    Attack(name: "ExtendedStateGarbage", origin: "", outcome: .attempts([13]), milliseconds: 180),
    Attack(name: "StateStain", origin: "POK: XMM registers leak", outcome: .harmless),
    Attack(name: "StateReader", origin: "POK: XMM registers leak", outcome: .harmless),
    Attack(name: "SegmentBases", origin: "", outcome: .attempts([6, 13, 14])),
    Attack(name: "SideInstructions", origin: "", outcome: .attempts([6, 13, 14])),
  ]
}
