// swift-tools-version: 6.1
// One manifest for both worlds. The host build (`swift build`) has the libraries, the `partita` command and the
// tests; a bare-metal build has the images of one kind and what they need, for a freestanding image cannot be linked
// with the host's C runtime. Tools/build-images names the kind in PARTITA_BARE_METAL. No source file chooses by `#if`.
import Foundation
import PackageDescription

/// Images that are built in one go, with one toolset.
enum ImageKind: String {
  case kernel, partitions
  /// With musl's headers and its library.
  case musl
  case attacks
}

let bareMetal = ProcessInfo.processInfo.environment["PARTITA_BARE_METAL"].map { name in
  guard let kind = ImageKind(rawValue: name) else { fatalError("PARTITA_BARE_METAL: no images \(name)") }
  return kind
}
let isBareMetal = bareMetal != nil

/// Partitions that offend on purpose, a folder of Kernel/Partitions/Hostile each. `AttackTests` says what becomes of
/// them.
let attacks = [
  "ClearInterruptFlag", "ConsoleFlood", "ControllerPort", "CopyBeyondEnd", "DeepFrame", "DivideStorm",
  "EveryDevicePort", "EveryVector", "ExecuteData", "ExecuteStack", "ExitPort", "ExtendedStateGarbage",
  "FarCallStacks", "FarTransfers", "Flags", "FloatTraps", "ForeignLines", "ForeignPorts", "ForgedClockTick",
  "ForgedProtectionFault", "ForgedReturns", "Halt", "HandlerGames", "HypercallNoise", "HypercallNumbers",
  "HypercallPointers",
  "InvalidOpcodeStorm", "JumpIntoSwitcher", "LoadDescriptorTable", "LoadTaskRegister", "LocalTimerPage",
  "LockedAccesses", "LyingCounters", "NeverYield", "NonCanonicalJump", "NullPointer", "OwnLineStorm",
  "PageFaultStorm", "PortFlood", "PrivilegedInstructions", "ReadKernel", "ReadRegisterPage", "ResetPort",
  "RestartLoop", "ReturnToRing0", "SegmentBases", "SegmentSelectors", "SelfModifyingCode", "SetInterruptFlag",
  "SharedPageNoise", "SideInstructions", "StackOverflow", "StackPointerZero", "StackPointers", "StateReader",
  "StateStain", "StopTheOthers", "StoreTables", "SyscallAtPageEnd", "SyscallRegisters", "SystemEnter",
  "SystemReturn", "TimerExtremes", "TimerPort", "TraceFlood", "TrapFlag", "UpcallEntries", "Virtualisation",
  "WildPointers", "WriteAddressSpace", "WriteModelRegister", "WriteSwitcher",
]
/// Partitions of the tests that need not be contained: the honest neighbour of every attack, what HostileTests and
/// ExtendedStateTests put into the flight-control module, and those of FirstInstructionTests and LastInstructionTests.
let testPartitions = [
  "Witness", "LineOwner", "MemoryWriter", "InterruptDisabler", "PortWriter", "ZeroDivider", "StateKeeper",
  "WindowStarter", "FirstInstructions", "LatePublisher", "Interruptible",
]

/// On the host generic code is specialised across modules, as whole-program compilation does for bare metal.
let forHost: [SwiftSetting] = [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

/// Flags that only Embedded Swift understands; the host compiles the very same files without them.
let embedded: [SwiftSetting] =
  isBareMetal
  ? [
    .enableExperimentalFeature("Embedded"),
    .unsafeFlags([
      "-wmo", "-parse-as-library", "-Xfrontend", "-function-sections",
      // Checks of exclusive access would need a run time, and nobody runs beside a flow.
      "-Xfrontend", "-disable-stack-protector", "-enforce-exclusivity=unchecked",
    ]),
  ]
  : forHost

func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: embedded)
}

func kernel(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: String(name.split(separator: "/").last!), dependencies: dependencies, path: "Kernel/\(name)",
    swiftSettings: embedded)
}

func tracer(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Tracer/\(name)", exclude: exclude,
    swiftSettings: isBareMetal ? [] : forHost)
}

/// What tests call is optimised; they themselves are not, unless they compute much: it takes longer than it saves.
func tests(_ name: String, _ dependencies: [Target.Dependency], areOptimised: Bool = false) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestSeeds"], path: "Tests/\(name)Tests",
    swiftSettings: areOptimised ? [] : [.unsafeFlags(["-Onone"], .when(configuration: .release))])
}

/// A bare-metal executable: `folder` holds its `@main` or its C `main`.
func image(_ name: String, folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: folder, swiftSettings: embedded)
}

/// A kernel: `folder` holds the file that puts its types together.
func kernelImage(_ name: String, folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
  image(name, folder: folder, ["KernelMain", "ArchX86", "PartitionCore", "KernelRuntime"] + dependencies)
}

/// A partition in Swift, in a folder of its own name.
func partition(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  image(name, folder: "Kernel/Partitions/\(name)", ["PartitionKit", "KernelRuntime"] + dependencies)
}

/// A partition that shows the paravirtualisation layer.
func interrupts(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  image(name, folder: "Kernel/Partitions/Interrupts/\(name)", dependencies + ["KernelRuntime"])
}

/// A partition that offends on purpose, in C.
func hostile(_ name: String) -> Target {
  image(name, folder: "Kernel/Partitions/Hostile/\(name)", ["HostileLoad", "CAPEX", "KernelRuntime"])
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let targets: [Target] = [
  // Sources: no heap, no Foundation; compiled for bare metal and for the host.
  shared("APEXTypes"),
  shared("ModuleConfiguration", ["APEXTypes", "TraceFormat"]),
  shared("TraceFormat", ["APEXTypes"]),
  // The drainer's logic, apart from its image: the simulated world of the host drains by it too.
  shared("DrainPump", ["TraceFormat", "ModuleConfiguration"]),
  shared("PartitionCore", ["APEXTypes", "ModuleConfiguration", "TraceFormat"]),

  // Kernel: bare metal; the libraries compile on the host too, so that an editor and `swift build` see them.
  .target(name: "ArchX86Assembly", path: "Kernel/ArchX86Assembly"),
  kernel("ArchX86", ["APEXTypes", "ArchX86Assembly"]),
  kernel("KernelMain", ["ArchX86", "PartitionCore", "ModuleConfiguration", "TraceFormat", "APEXTypes"]),
  // A defective rule as a library, so that a replayer can be given it too.
  .target(
    name: "MixedIndices", dependencies: ["PartitionCore", "TraceFormat", "APEXTypes"],
    path: "Kernel/PlantedBugs/MixedIndices/Rule", swiftSettings: embedded),

  // What partitions link.
  .target(name: "PartitionEntry", path: "Sources/PartitionEntry"),
  .target(name: "CallersMemory", path: "Sources/CallersMemory"),
  shared("ProcessScheduling", ["APEXTypes", "ModuleConfiguration", "CallersMemory"]),
  .target(name: "ProcessMemory", dependencies: ["PartitionEntry"], path: "Sources/ProcessMemory"),
  shared(
    "PartitionKit", ["APEXTypes", "ModuleConfiguration", "PartitionEntry", "ProcessMemory", "ProcessScheduling"]),
  .target(name: "CAPEX", dependencies: ["PartitionEntry"], path: "Sources/CAPEX"),
  // The services of CAPEX's headers, where they are more than a call of the kernel.
  shared(
    "APEXBinding",
    [
      "CAPEX", "PartitionKit", "ProcessScheduling", "ProcessMemory", "CallersMemory", "ModuleConfiguration",
      "APEXTypes",
    ]),
  .target(name: "KernelRuntime", path: "Kernel/KernelRuntime"),
  .target(name: "ControlLaw", path: "Kernel/Partitions/ControlLaw"),
  kernel("Partitions/SensorModel"),
  kernel("Partitions/MaintenanceConsole"),

  // Tracer: host only.
  .systemLibrary(
    name: "CLibXML2", path: "Tracer/CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
  // What the C library has beside what Glibc shows of it.
  .systemLibrary(name: "CMalloc", path: "Tracer/CMalloc"),
  .systemLibrary(name: "CLZ4", path: "Tracer/CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
  .systemLibrary(
    name: "CSQLite3", path: "Tracer/CSQLite3", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
  tracer("Outputs"),
  // How numbers and tables look: nothing that judges, decides or reads.
  tracer("TextForms"),
  tracer(
    "ModuleCompiler",
    ["Verification", "ModuleConfiguration", "ProcessScheduling", "TraceFormat", "APEXTypes", "TextForms", "CLibXML2"]),
  .target(name: "ColumnKernels", path: "Tracer/ColumnKernels"),
  tracer("TraceReading", ["APEXTypes", "TraceFormat", "ModuleConfiguration", "CLZ4", "ColumnKernels"]),
  tracer(
    "TraceExport",
    ["APEXTypes", "TraceFormat", "ModuleConfiguration", "TraceReading", "Outputs", "TextForms", "CSQLite3"]),
  tracer("Emulation", ["GuestRing", "Outputs", "ModuleConfiguration", "APEXTypes", "TraceFormat"]),
  tracer("GuestRing", ["TraceReading", "TraceFormat", "ModuleConfiguration", "APEXTypes", "TextForms"]),
  tracer("Replay", ["PartitionCore", "TraceReading", "TraceFormat", "ModuleConfiguration", "APEXTypes", "TextForms"]),
  tracer("Verification", ["TraceFormat", "ModuleConfiguration", "APEXTypes", "TextForms"]),
  tracer("ReferenceChecking", ["TraceFormat", "ModuleConfiguration", "APEXTypes"]),
  tracer("Audit", ["ReferenceChecking", "TraceReading", "TraceFormat", "ModuleConfiguration", "TextForms"]),
  tracer("Analysis", ["ModuleCompiler", "ModuleConfiguration", "APEXTypes", "TraceFormat", "TextForms"]),
  tracer("Simulation", ["PartitionCore", "DrainPump", "TraceFormat", "ModuleConfiguration", "APEXTypes"]),
  .target(name: "ReportPage", path: "Tracer/ReportPage"),
  tracer(
    "Report",
    ["ReportPage", "TraceReading", "TraceFormat", "ModuleConfiguration", "Verification", "APEXTypes", "TextForms"],
    exclude: ["report.png", "processes.png", "Page"]),
  tracer("Terminal", ["Outputs"]),
  tracer(
    "Stepping",
    [
      "Replay", "PartitionCore", "TraceReading", "Terminal", "TraceFormat", "ModuleConfiguration", "APEXTypes",
      "TextForms",
    ],
    exclude: ["stepper.png"]),
  tracer(
    "Debugging",
    [
      "Emulation", "GuestRing", "ModuleCompiler", "TraceReading", "TraceFormat", "ModuleConfiguration", "APEXTypes",
      "TextForms",
    ]),
  tracer("Comparison", ["TraceReading", "TraceFormat", "ModuleConfiguration"]),
  tracer(
    "Live",
    ["Verification", "TraceReading", "Terminal", "Outputs", "TraceFormat", "ModuleConfiguration", "APEXTypes"]),
  .executableTarget(
    name: "partita",
    dependencies: [
      "ModuleCompiler", "TraceReading", "TraceExport", "Emulation", "Replay", "Verification", "Audit", "Analysis",
      "Simulation", "Report", "GuestRing", "Stepping", "Live", "Comparison", "Terminal", "PartitionCore",
      "Debugging", "Outputs", "TextForms", "ModuleConfiguration", "TraceFormat", "APEXTypes", "CMalloc", argumentParser,
    ],
    path: "Tracer/CommandLine", swiftSettings: isBareMetal ? [] : forHost),

  // Tests mirror the targets.
  tests("TraceFormat", ["TraceFormat", "TraceReading"]),
  tests("ProcessScheduling", ["ProcessScheduling", "ModuleConfiguration", "APEXTypes"], areOptimised: true),
  .target(name: "TemporaryFolder", path: "Tests/TemporaryFolder"),
  tests("Outputs", ["Outputs", "TemporaryFolder"]),
  .target(name: "CommandFolder", dependencies: ["TemporaryFolder"], path: "Tests/CommandFolder"),
  // Runs the command, and disturbs it.
  tests(
    "Command",
    [
      "CommandFolder", "StoredTraces", "SimulatedModule", "Simulation", "TraceExport", "ModuleConfiguration", "partita",
    ]),
  tests(
    "ModuleCompiler",
    [
      "ModuleCompiler", "PartitionCore", "ModuleConfiguration", "TraceFormat", "APEXTypes", "TemporaryFolder",
      "CLibXML2",
    ]),
  .target(name: "TestSeeds", dependencies: ["Simulation"], path: "Tests/TestSeeds"),
  tests("TestSeeds", []),
  .target(name: "TraceDamage", dependencies: ["TraceReading", "TestSeeds"], path: "Tests/TraceDamage"),
  tests("TraceReading", ["TraceReading", "DrainPump", "TraceDamage", "ModuleConfiguration"]),
  .target(
    name: "SimulatedModule",
    dependencies: ["Simulation", "PartitionCore", "ModuleConfiguration", "TraceFormat", "APEXTypes"],
    path: "Tests/SimulatedModule"),
  .target(name: "StoredTraces", dependencies: ["TraceDamage", "SimulatedModule"], path: "Tests/StoredTraces"),
  tests("PartitionCore", ["PartitionCore", "SimulatedModule", "MixedIndices"]),
  // Runs the command and babeltrace2 too.
  tests(
    "TraceExport",
    [
      "TraceExport", "TraceReading", "TraceDamage", "StoredTraces", "CommandFolder", "TemporaryFolder", "CSQLite3",
      "partita",
    ]),
  tests("Replay", ["Replay", "PartitionCore", "TraceReading", "SimulatedModule", "MixedIndices"]),
  tests(
    "Stepping",
    [
      "Stepping", "Terminal", "Replay", "PartitionCore", "SimulatedModule", "TraceReading", "TraceFormat",
      "ModuleConfiguration", "APEXTypes",
    ]),
  tests(
    "Live",
    [
      "Live", "Terminal", "PartitionCore", "SimulatedModule", "TraceReading", "TraceFormat", "ModuleConfiguration",
      "TemporaryFolder",
    ]),
  tests("Report", ["Report", "TraceDamage", "TraceFormat", "ModuleConfiguration", "APEXTypes"]),
  tests(
    "Debugging",
    [
      "Debugging", "SimulatedModule", "PartitionCore", "TraceReading", "TraceFormat", "ModuleConfiguration",
      "ModuleCompiler", "TemporaryFolder",
    ]),
  tests(
    "Comparison",
    [
      "Comparison", "PartitionCore", "SimulatedModule", "TraceReading", "TraceFormat", "ModuleConfiguration",
      "APEXTypes",
    ]),
  .target(name: "TrampolineHarness", dependencies: ["PartitionEntry"], path: "Tests/TrampolineHarness"),
  .target(name: "ReferenceFlight", dependencies: ["ControlLaw", "SensorModel"], path: "Tests/ReferenceFlight"),
  tests(
    "Partition",
    [
      "PartitionKit", "PartitionEntry", "APEXBinding", "CAPEX", "ProcessScheduling", "ProcessMemory",
      "ModuleConfiguration", "ControlLaw", "SensorModel", "MaintenanceConsole", "TrampolineHarness", "ReferenceFlight",
      "TemporaryFolder",
    ]),
  // By brute force of their own.
  tests(
    "Analysis",
    [
      "Analysis", "ModuleCompiler", "ModuleConfiguration", "APEXTypes", "TraceFormat", "SimulatedModule",
      "TemporaryFolder",
    ],
    areOptimised: true),
  tests("Emulation", ["Emulation", "TraceFormat", "APEXTypes", "TemporaryFolder"]),
  tests(
    "GuestRing",
    ["GuestRing", "TraceReading", "TraceFormat", "ModuleConfiguration", "SimulatedModule", "TemporaryFolder"]),
  tests(
    "Simulation",
    [
      "Simulation", "SimulatedModule", "Replay", "TraceReading", "Verification", "ReferenceChecking", "PartitionCore",
    ]),
  // Runs the command too, on mutants that are files.
  tests(
    "Verification",
    [
      "Verification", "Audit", "ReferenceChecking", "ModuleConfiguration", "TraceFormat", "TraceReading",
      "PartitionCore", "SimulatedModule", "CommandFolder", "partita",
    ]),
  // Boots the images of Tools/build-images; runs the command too, so that must be built.
  tests(
    "Boot",
    [
      "APEXTypes", "ModuleConfiguration", "TraceFormat", "PartitionCore", "MixedIndices", "ModuleCompiler",
      "Emulation", "GuestRing", "TraceReading", "Replay", "Simulation", "Verification", "Audit", "ReferenceChecking",
      "Report", "Stepping", "Live", "Comparison", "Debugging", "Terminal", "TraceDamage", "ReferenceFlight",
      "CommandFolder", "TemporaryFolder", "partita",
    ]),
]

/// What each kind's images are, beside the libraries above.
func images(_ kind: ImageKind, _ hostileFolders: [String]) -> [Target] {
  switch kind {
  case .kernel: kernels()
  case .partitions: partitions()
  case .musl: muslPartitions()
  case .attacks:
    [.target(name: "HostileLoad", dependencies: ["CAPEX"], path: "Kernel/Partitions/HostileLoad")]
      + hostileFolders.map(hostile)
  }
}

func kernels() -> [Target] {
  [
    kernelImage("partita-kernel", folder: "Kernel/Shipping"),
    kernelImage("kernel-mixed-indices", folder: "Kernel/PlantedBugs/MixedIndices/Image", ["MixedIndices"]),
    kernelImage("kernel-lost-end-of-interrupt", folder: "Kernel/PlantedBugs/LostEndOfInterrupt"),
    kernelImage("kernel-wrong-address-space", folder: "Kernel/PlantedBugs/WrongAddressSpace"),
    kernelImage("kernel-dropped-upcall", folder: "Kernel/PlantedBugs/DroppedUpcall"),
  ]
}

func partitions() -> [Target] {
  [
    partition("Sensors", ["SensorModel"]),
    partition("Maintenance", ["MaintenanceConsole"]),
    partition("Loader"),
    partition("Idler"),
    partition("Probe"),
    image("Flood", folder: "Kernel/Partitions/Flood", ["APEXBinding", "KernelRuntime"]),
    image("NoteFlood", folder: "Kernel/Partitions/NoteFlood", ["CAPEX", "KernelRuntime"]),
    image("Noter", folder: "Kernel/Partitions/Noter", ["PartitionKit", "KernelRuntime"]),
    image("Phoenix", folder: "Kernel/Partitions/Phoenix", ["APEXBinding", "KernelRuntime"]),
    image("Mender", folder: "Kernel/Partitions/Mender", ["APEXBinding", "KernelRuntime"]),
    interrupts("Reflector", ["CAPEX"]),
    interrupts("Nester", ["CAPEX"]),
    interrupts("Ticker", ["PartitionKit"]),
    image("MinimalGuest", folder: "Kernel/Partitions/MinimalGuest", ["CAPEX", "KernelRuntime"]),
    image("QueueSender", folder: "Kernel/Partitions/Messaging/QueueSender", ["APEXBinding", "KernelRuntime"]),
    image("QueueReceiver", folder: "Kernel/Partitions/Messaging/QueueReceiver", ["PartitionKit", "KernelRuntime"]),
    image("LongSender", folder: "Kernel/Partitions/Messaging/LongSender", ["APEXBinding", "KernelRuntime"]),
    image(
      "WaitingProcesses", folder: "Kernel/Partitions/Messaging/WaitingProcesses", ["APEXBinding", "KernelRuntime"]),
    image("Autopilot", folder: "Kernel/Partitions/Autopilot", ["APEXBinding", "KernelRuntime"]),
    image("Digger", folder: "Kernel/Partitions/Processes/Digger", ["APEXBinding", "KernelRuntime"]),
    image("Latecomer", folder: "Kernel/Partitions/Processes/Latecomer", ["APEXBinding", "KernelRuntime"]),
    .target(name: "ProcessChecks", dependencies: ["CAPEX"], path: "Kernel/Partitions/Processes/Checks"),
    image(
      "Synchronisation", folder: "Kernel/Partitions/Processes/Synchronisation",
      ["ProcessChecks", "APEXBinding", "KernelRuntime"]),
    image(
      "Preempter", folder: "Kernel/Partitions/Processes/Preempter", ["ProcessChecks", "APEXBinding", "KernelRuntime"]),
    image(
      "Mischief", folder: "Kernel/Partitions/Processes/Mischief", ["ProcessChecks", "APEXBinding", "KernelRuntime"]),
    image(
      "Sampler", folder: "Kernel/Partitions/Processes/Sampler", ["ProcessChecks", "APEXBinding", "KernelRuntime"]),
    image("Ensemble", folder: "Kernel/Partitions/Processes/Ensemble", ["PartitionKit", "KernelRuntime"]),
    image("StartWatcher", folder: "Kernel/Partitions/Messaging/StartWatcher", ["PartitionKit", "KernelRuntime"]),
    .target(name: "DrainerPort", path: "Kernel/Partitions/Drainer/Port"),
    .target(
      name: "DrainerMachine", dependencies: ["DrainPump", "DrainerPort", "ModuleConfiguration"],
      path: "Kernel/Partitions/Drainer/Machine", swiftSettings: embedded),
    image(
      "Drainer", folder: "Kernel/Partitions/Drainer/Image",
      ["DrainerMachine", "PartitionEntry", "ModuleConfiguration", "APEXTypes", "KernelRuntime"]),
    image(
      "DrainerProbe", folder: "Kernel/Partitions/DrainerProbe",
      ["DrainerMachine", "PartitionEntry", "ModuleConfiguration", "APEXTypes", "KernelRuntime"]),
  ]
}

func muslPartitions() -> [Target] {
  [
    // Functions under the C library's own names: on the host they would take the place of the host's.
    .target(name: "CLibrary", dependencies: ["CAPEX"], path: "Kernel/CLibrary"),
    image("Control", folder: "Kernel/Partitions/Control", ["CAPEX", "CLibrary", "ControlLaw"]),
    image("Printer", folder: "Kernel/Partitions/Printer", ["CAPEX", "CLibrary"]),
    image("Chatter", folder: "Kernel/Partitions/Processes/Chatter", ["APEXBinding", "CLibrary"]),
  ]
}

/// The images, and of the libraries those that they need.
func bareMetalTargets(_ images: [Target], _ libraries: [Target]) -> [Target] {
  let all = Dictionary(uniqueKeysWithValues: (libraries + images).map { ($0.name, $0) })
  var needed: [String: Target] = [:]
  var waiting = images.map(\.name)
  while let name = waiting.popLast() {
    guard needed[name] == nil, let target = all[name] else { continue }
    needed[name] = target
    for case .byNameItem(let dependency, _) in target.dependencies { waiting.append(dependency) }
  }
  return needed.values.sorted { $0.name < $1.name }
}

let package = Package(
  name: "Partita",
  products: isBareMetal ? [] : [.executable(name: "partita", targets: ["partita"])],
  dependencies: isBareMetal
    ? [] : [.package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")],
  targets: bareMetal.map { bareMetalTargets(images($0, attacks + testPartitions), targets) } ?? targets
)
