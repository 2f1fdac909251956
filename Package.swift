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
  "ClearInterruptFlag", "ConsoleFlood", "ControllerPort", "CopyBeyondEnd", "DeepFrame", "DepthOverflow",
  "DivideStorm", "EveryDevicePort", "EveryVector", "ExecuteData", "ExecuteStack", "ExitPort",
  "ExtendedStateGarbage", "FarCallStacks", "FarTransfers", "Flags", "FloatTraps", "ForeignLines",
  "ForeignPorts", "ForgedClockTick", "ForgedProtectionFault", "ForgedReturns", "Halt", "HandlerGames",
  "HealthLogFlood", "HypercallNoise", "HypercallNumbers", "HypercallPointers", "InvalidOpcodeStorm",
  "JumpIntoSwitcher", "LoadDescriptorTable", "LoadTaskRegister", "LocalTimerPage", "LockedAccesses",
  "LyingCounters", "MovedTails", "NeverYield", "NonCanonicalJump", "NullPointer", "OwnLineStorm",
  "PageFaultStorm", "PortFlood", "PrivilegedInstructions", "ReadKernel", "ReadRegisterPage", "ResetPort", "RestartLoop",
  "ReturnToRing0", "SegmentBases", "SegmentSelectors", "SelfModifyingCode", "SerialMischief",
  "SetInterruptFlag", "SharedPageNoise", "SideInstructions", "StackOverflow", "StackPointerZero",
  "StackPointers", "StackSegmentShadow", "StateReader", "StateStain", "StopTheOthers", "StoreTables",
  "SyscallAtPageEnd", "SyscallRegisters", "SystemEnter", "SystemReturn", "TimerExtremes", "TimerPort",
  "TraceFlood", "TrapFlag", "UpcallEntries", "Virtualisation", "WildPointers", "WriteAddressSpace",
  "WriteModelRegister", "WriteSwitcher",
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

/// What the host knows of modules and traces: nearly all of it is about these.
let vocabulary: [Target.Dependency] = ["APEXTypes", "ModuleConfiguration", "TraceFormat"]

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

/// A library in C or assembly, in a folder of its own name.
func c(_ name: String, in folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "\(folder)/\(name)")
}

/// A library of the system, by what Debian calls its headers.
func system(_ name: String, _ configuration: String, _ package: String) -> Target {
  .systemLibrary(name: name, path: "Tracer/\(name)", pkgConfig: configuration, providers: [.apt([package])])
}

/// What tests call is optimised; they themselves are not, unless they compute much: it takes longer than it saves.
func tests(_ name: String, _ dependencies: [Target.Dependency], areOptimised: Bool = false) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestSeeds"], path: "Tests/\(name)Tests",
    swiftSettings: areOptimised ? [] : [.unsafeFlags(["-Onone"], .when(configuration: .release))])
}

/// What several targets of tests have in common, in a folder of its own name.
func support(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Tests/\(name)")
}

/// A bare-metal executable: `folder` holds its `@main` or its C `main`.
func image(_ name: String, folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: folder, swiftSettings: embedded)
}

/// A kernel: `folder` holds the file that puts its types together.
func kernelImage(_ name: String, folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
  image(name, folder: folder, ["KernelMain", "ArchX86", "PartitionCore", "KernelRuntime"] + dependencies)
}

/// A partition, in a folder of its own name, without the C library.
func partition(_ path: String, _ dependencies: [Target.Dependency]) -> Target {
  image(
    String(path.split(separator: "/").last!), folder: "Kernel/Partitions/\(path)", dependencies + ["KernelRuntime"])
}

/// A partition that offends on purpose, in C.
func hostile(_ name: String) -> Target { partition("Hostile/\(name)", ["HostileLoad", "CAPEX"]) }

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let targets: [Target] = [
  // Sources: no heap, no Foundation; compiled for bare metal and for the host.
  shared("APEXTypes"),
  shared("ModuleConfiguration", ["APEXTypes", "TraceFormat"]),
  shared("TraceFormat", ["APEXTypes"]),
  // The drainer's logic, apart from its image: the simulated world of the host drains by it too.
  shared("DrainPump", ["TraceFormat", "ModuleConfiguration"]),
  shared("PartitionCore", vocabulary),

  // Kernel: bare metal; the libraries compile on the host too, so that an editor and `swift build` see them.
  c("ArchX86Assembly", in: "Kernel"),
  kernel("ArchX86", ["APEXTypes", "ArchX86Assembly"]),
  kernel("KernelMain", vocabulary + ["ArchX86", "PartitionCore"]),
  // A defective rule as a library, so that a replayer can be given it too.
  .target(
    name: "MixedIndices", dependencies: ["PartitionCore", "TraceFormat", "APEXTypes"],
    path: "Kernel/PlantedBugs/MixedIndices/Rule", swiftSettings: embedded),

  // What partitions link.
  c("PartitionEntry", in: "Sources"),
  c("CallersMemory", in: "Sources"),
  shared("ProcessScheduling", ["APEXTypes", "ModuleConfiguration", "CallersMemory"]),
  c("ProcessMemory", in: "Sources", ["PartitionEntry"]),
  shared(
    "PartitionKit", ["APEXTypes", "ModuleConfiguration", "PartitionEntry", "ProcessMemory", "ProcessScheduling"]),
  c("CAPEX", in: "Sources", ["PartitionEntry"]),
  // The services of CAPEX's headers, where they are more than a call of the kernel.
  shared(
    "APEXBinding",
    [
      "CAPEX", "PartitionKit", "ProcessScheduling", "ProcessMemory", "CallersMemory", "ModuleConfiguration",
      "APEXTypes",
    ]),
  c("KernelRuntime", in: "Kernel"),
  c("ControlLaw", in: "Kernel/Partitions"),
  kernel("Partitions/SensorModel"),
  kernel("Partitions/MaintenanceConsole"),

  // Tracer: host only.
  system("CLibXML2", "libxml-2.0", "libxml2-dev"),
  system("CLZ4", "liblz4", "liblz4-dev"),
  system("CSQLite3", "sqlite3", "libsqlite3-dev"),
  // What the C library has beside what Glibc shows of it.
  .systemLibrary(name: "CMalloc", path: "Tracer/CMalloc"),
  tracer("Outputs"),
  // How numbers and tables look: nothing that judges, decides or reads.
  tracer("TextForms"),
  tracer("ModuleCompiler", vocabulary + ["Verification", "ProcessScheduling", "TextForms", "CLibXML2"]),
  c("ColumnKernels", in: "Tracer"),
  c("SeldomPaths", in: "Tracer"),
  tracer("EventRows", ["TraceFormat"]),
  tracer("TraceReading", vocabulary + ["EventRows", "CLZ4", "ColumnKernels", "TextForms"]),
  tracer("TraceExport", vocabulary + ["TraceReading", "Outputs", "TextForms", "CSQLite3"]),
  tracer("Emulation", vocabulary + ["GuestRing", "Outputs"]),
  tracer("GuestRing", vocabulary + ["TraceReading", "TextForms"]),
  tracer("Replay", vocabulary + ["PartitionCore", "TraceReading", "TextForms"]),
  tracer("Verification", vocabulary + ["EventRows", "SeldomPaths", "TextForms"]),
  tracer("ReferenceChecking", vocabulary),
  tracer("Audit", vocabulary + ["ReferenceChecking", "TraceReading", "TextForms"]),
  tracer("Analysis", vocabulary + ["ModuleCompiler", "TextForms"]),
  tracer("Simulation", vocabulary + ["PartitionCore", "DrainPump", "TextForms"]),
  c("ReportPage", in: "Tracer"),
  tracer(
    "Report", vocabulary + ["ReportPage", "TraceReading", "Verification", "TextForms"],
    exclude: ["report.png", "processes.png", "Page"]),
  tracer("Terminal", ["Outputs", "TextForms"]),
  tracer(
    "Stepping", vocabulary + ["Replay", "PartitionCore", "TraceReading", "Terminal", "TextForms"],
    exclude: ["stepper.png"]),
  tracer("Debugging", vocabulary + ["Emulation", "GuestRing", "ModuleCompiler", "TraceReading", "TextForms"]),
  tracer("Comparison", vocabulary + ["TraceReading"]),
  tracer("Live", vocabulary + ["Verification", "TraceReading", "Terminal", "Outputs", "TextForms"]),
  .executableTarget(
    name: "partita",
    dependencies: vocabulary + [
      "ModuleCompiler", "EventRows", "TraceReading", "TraceExport", "Emulation", "Replay", "Verification", "Audit",
      "Analysis", "Simulation", "Report", "GuestRing", "Stepping", "Live", "Comparison", "Terminal", "PartitionCore",
      "Debugging", "Outputs", "TextForms", "CMalloc", argumentParser,
    ],
    path: "Tracer/CommandLine", swiftSettings: isBareMetal ? [] : forHost),

  // Tests mirror the targets.
  support("TestSeeds", ["Simulation"]),
  tests("TestSeeds", []),
  support("TemporaryFolder"),
  support("CommandFolder", ["TemporaryFolder"]),
  support("TraceDamage", ["TraceReading", "TestSeeds"]),
  support("SimulatedModule", vocabulary + ["Simulation", "PartitionCore"]),
  support("StoredTraces", ["TraceDamage", "SimulatedModule"]),
  support("TrampolineHarness", ["PartitionEntry"]),
  support("ReferenceFlight", ["ControlLaw", "SensorModel"]),
  tests("TraceFormat", ["TraceFormat", "TraceReading"]),
  tests(
    "ProcessScheduling", ["ProcessScheduling", "CallersMemory", "ModuleConfiguration", "APEXTypes"],
    areOptimised: true),
  tests("Outputs", ["Outputs", "TemporaryFolder"]),
  tests("TextForms", ["TextForms"]),
  // Runs the command, and disturbs it.
  tests(
    "Command",
    [
      "CommandFolder", "StoredTraces", "SimulatedModule", "Simulation", "TraceExport", "ModuleConfiguration", "partita",
    ]),
  tests("ModuleCompiler", vocabulary + ["ModuleCompiler", "PartitionCore", "TemporaryFolder", "CLibXML2"]),
  tests(
    "TraceReading",
    ["EventRows", "TraceReading", "DrainPump", "TraceDamage", "TemporaryFolder", "ModuleConfiguration"]),
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
    "Stepping", vocabulary + ["Stepping", "Terminal", "Replay", "PartitionCore", "SimulatedModule", "TraceReading"]),
  tests(
    "Live",
    vocabulary + [
      "Live", "Terminal", "TextForms", "PartitionCore", "SimulatedModule", "TraceReading", "TemporaryFolder",
    ]),
  tests("Report", vocabulary + ["Report", "TraceDamage"]),
  tests(
    "Debugging",
    vocabulary + [
      "Debugging", "SimulatedModule", "PartitionCore", "TraceReading", "ModuleCompiler", "TemporaryFolder",
    ]),
  tests("Comparison", vocabulary + ["Comparison", "PartitionCore", "SimulatedModule", "TraceReading"]),
  tests(
    "Partition",
    [
      "PartitionKit", "PartitionEntry", "APEXBinding", "CAPEX", "ProcessScheduling", "ProcessMemory",
      "ModuleConfiguration", "ControlLaw", "SensorModel", "MaintenanceConsole", "TrampolineHarness", "ReferenceFlight",
      "TemporaryFolder",
    ]),
  // By brute force of their own.
  tests(
    "Analysis", vocabulary + ["Analysis", "ModuleCompiler", "SimulatedModule", "TemporaryFolder"], areOptimised: true),
  tests("Emulation", ["Emulation", "TraceFormat", "APEXTypes", "TemporaryFolder"]),
  tests("GuestRing", vocabulary + ["GuestRing", "TraceReading", "SimulatedModule", "TemporaryFolder"]),
  tests(
    "Simulation",
    [
      "Simulation", "SimulatedModule", "Replay", "TraceReading", "Verification", "ReferenceChecking", "PartitionCore",
    ]),
  // Runs the command too, on mutants that are files.
  tests(
    "Verification",
    vocabulary + [
      "Verification", "Audit", "ReferenceChecking", "EventRows", "TraceReading", "PartitionCore", "SimulatedModule",
      "CommandFolder", "partita",
    ]),
  // Boots the images of Tools/build-images; runs the command too, so that must be built.
  tests(
    "Boot",
    vocabulary + [
      "PartitionCore", "MixedIndices", "ModuleCompiler", "Emulation", "GuestRing", "TraceReading", "Replay",
      "Simulation", "Verification", "Audit", "ReferenceChecking", "Report", "Stepping", "Live", "Comparison",
      "Debugging", "Terminal", "TraceDamage", "ReferenceFlight", "CommandFolder", "TemporaryFolder", "partita",
    ]),
]

/// What each kind's images are, beside the libraries above.
func images(_ kind: ImageKind, _ hostileFolders: [String]) -> [Target] {
  switch kind {
  case .kernel: kernels()
  case .partitions: swiftPartitions() + apexPartitions() + drainers()
  case .musl: muslPartitions()
  case .attacks: [c("HostileLoad", in: "Kernel/Partitions", ["CAPEX"])] + hostileFolders.map(hostile)
  }
}

func kernels() -> [Target] {
  [
    kernelImage("partita-kernel", folder: "Kernel/Shipping"),
    kernelImage("kernel-mixed-indices", folder: "Kernel/PlantedBugs/MixedIndices/Image", ["MixedIndices"]),
    kernelImage("kernel-lost-end-of-interrupt", folder: "Kernel/PlantedBugs/LostEndOfInterrupt"),
    kernelImage("kernel-wrong-address-space", folder: "Kernel/PlantedBugs/WrongAddressSpace"),
    kernelImage("kernel-dropped-upcall", folder: "Kernel/PlantedBugs/DroppedUpcall"),
    kernelImage("kernel-bottomless-stack", folder: "Kernel/PlantedBugs/BottomlessStack"),
  ]
}

/// Partitions in Swift.
func swiftPartitions() -> [Target] {
  [
    partition("Sensors", ["PartitionKit", "SensorModel"]),
    partition("Maintenance", ["PartitionKit", "MaintenanceConsole"]),
  ]
    + [
      "Loader", "Idler", "Probe", "Noter", "Interrupts/Ticker", "Messaging/QueueReceiver", "Processes/Ensemble",
      "Messaging/StartWatcher",
    ].map { partition($0, ["PartitionKit"]) }
}

/// Partitions in C without its library: those that call the kernel alone, and those with services of APEX.
func apexPartitions() -> [Target] {
  ["NoteFlood", "Interrupts/Reflector", "Interrupts/Nester", "MinimalGuest"].map { partition($0, ["CAPEX"]) }
    + [
      "Flood", "Phoenix", "Mender", "Messaging/QueueSender", "Messaging/LongSender", "Messaging/WaitingProcesses",
      "Autopilot", "Processes/Digger", "Processes/Overflower", "Processes/Latecomer", "Processes/Replenisher",
    ].map { partition($0, ["APEXBinding"]) }
    + [.target(name: "ProcessChecks", dependencies: ["CAPEX"], path: "Kernel/Partitions/Processes/Checks")]
    + ["Synchronisation", "Preempter", "Mischief", "Sampler", "Mayfly", "Onlooker"].map {
      partition("Processes/\($0)", ["ProcessChecks", "APEXBinding"])
    }
}

/// The drainer, and what tries it out.
func drainers() -> [Target] {
  let dependencies: [Target.Dependency] = [
    "DrainerMachine", "PartitionEntry", "ModuleConfiguration", "APEXTypes", "KernelRuntime",
  ]
  return [
    .target(name: "DrainerPort", path: "Kernel/Partitions/Drainer/Port"),
    .target(
      name: "DrainerMachine", dependencies: ["DrainPump", "DrainerPort", "ModuleConfiguration"],
      path: "Kernel/Partitions/Drainer/Machine", swiftSettings: embedded),
    image("Drainer", folder: "Kernel/Partitions/Drainer/Image", dependencies),
    image("DrainerProbe", folder: "Kernel/Partitions/DrainerProbe", dependencies),
  ]
}

/// Partitions in C with musl's library.
func muslPartitions() -> [Target] {
  [
    // Functions under the C library's own names: on the host they would take the place of the host's.
    c("CLibrary", in: "Kernel", ["CAPEX"]),
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
