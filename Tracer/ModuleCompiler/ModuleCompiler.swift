import Foundation
import ModuleConfiguration

/// Checks module files and packs them with their partitions' images.
public enum ModuleCompiler {
  /// How to compile.
  public struct Options: Sendable {
    /// Whether warnings refuse the module.
    public var isStrict: Bool
    /// Directories in which partition images are looked for, before the usual ones.
    public var imageDirectories: [String]
    /// A stimulus file to pack with the module.
    public var stimulusFile: String?

    /// Without any: warnings refuse nothing, images are looked for in the usual places, and nothing is played.
    public init(isStrict: Bool = false, imageDirectories: [String] = [], stimulusFile: String? = nil) {
      self.isStrict = isStrict
      self.imageDirectories = imageDirectories
      self.stimulusFile = stimulusFile
    }
  }

  /// Checks a module file, with its images where they are found. A missing image is a warning.
  public static func check(file: String, options: Options = Options()) -> CheckReport {
    var compilation = Compilation(file: file, options: options, needsImages: false)
    compilation.run()
    return compilation.report
  }

  /// Checks a module file and packs it with its images and stimulus.
  public static func compile(file: String, options: Options = Options()) throws(CompilationFailure) -> PackedModule {
    var compilation = Compilation(file: file, options: options, needsImages: true)
    compilation.run()
    let report = compilation.report
    guard report.exitStatus == 0, let module = report.description else { throw CompilationFailure(report: report) }
    var packer = ModulePacker(module: module, images: compilation.images, stimuli: compilation.stimuli)
    let packed = packer.pack()
    return PackedModule(
      imageBytes: packed.bytes, tableByteCount: packed.tableByteCount, description: module,
      diagnostics: report.diagnostics)
  }

  /// The module's table for tools that look at its rules alone. It need not have its images: of a partition without one
  /// the table has no segments, so nothing can boot it.
  public static func table(file: String, options: Options = Options()) throws(CompilationFailure) -> PackedModule {
    var compilation = Compilation(file: file, options: options, needsImages: false)
    compilation.run()
    let report = compilation.report
    guard report.exitStatus == 0, let module = report.description else { throw CompilationFailure(report: report) }
    let images =
      compilation.images.count == module.partitions.count
      ? compilation.images : module.partitions.map { _ in PartitionImage.absent }
    var packer = ModulePacker(module: module, images: images, stimuli: [])
    let packed = packer.pack()
    return PackedModule(
      imageBytes: packed.bytes, tableByteCount: packed.tableByteCount, description: module,
      diagnostics: report.diagnostics)
  }
}

/// One run through a module file: what it found and what it read.
private struct Compilation {
  let file: String
  let options: ModuleCompiler.Options
  let needsImages: Bool

  var images: [PartitionImage] = []
  var stimuli: [StimulusRecord] = []
  private var diagnostics: DiagnosticList
  private var stimulusDiagnostics: [Diagnostic] = []
  private var module: ModuleDescription?

  init(file: String, options: ModuleCompiler.Options, needsImages: Bool) {
    self.file = file
    self.options = options
    self.needsImages = needsImages
    diagnostics = DiagnosticList(file: file)
  }

  var report: CheckReport {
    CheckReport(
      description: module, diagnostics: diagnostics.sorted(strict: options.isStrict) + stimulusDiagnostics)
  }

  mutating func run() {
    readStimulus()
    // What is too long is not read either: the whole of it would be held for nothing.
    if let count = InputFile.byteCount(of: file), count > ModuleDocument.maximumBytes {
      ModuleDocument.refuse(byteCount: count, &diagnostics)
      return
    }
    let bytes: [UInt8]
    do throws(InputFile.Refusal) {
      bytes = try InputFile(path: file).bytes
    } catch {
      diagnostics.error(.unreadableFile, line: 0, "the module file cannot be read: \(error.reason)", error.advice)
      return
    }
    let document = ModuleDocument(bytes: bytes, diagnostics: &diagnostics)
    guard let root = document.root else { return }
    var reader = DescriptionReader(diagnostics: diagnostics)
    reader.read(root)
    let description = reader.description
    module = description
    let before = reader.reader.diagnostics
    var rules = ModuleRules(module: description, diagnostics: DiagnosticList(file: file))
    rules.checkAll()
    loadImages(description, &rules)
    rules.checkProcessServices()
    rules.checkMachine(stimulusCount: stimuli.count)
    if document.isSchemaViolated || reader.reader.isIncomplete {
      rules.diagnostics.dropConsequencesOfUnreadElements()
    } else if !before.hasErrors {
      rules.checkClaimChoices()
    }
    diagnostics = before
    for diagnostic in rules.diagnostics.diagnostics { diagnostics.append(diagnostic) }
  }

  private mutating func readStimulus() {
    guard let path = options.stimulusFile else { return }
    if let count = InputFile.byteCount(of: path), count > StimulusScript.maximumBytes {
      stimulusDiagnostics = [StimulusScript.refusal(byteCount: count, file: path)]
      return
    }
    do throws(InputFile.Refusal) {
      let bytes = try InputFile(path: path).bytes
      let script = StimulusScript(text: String(decoding: bytes, as: UTF8.self), file: path)
      stimuli = script.records
      stimulusDiagnostics = script.diagnostics
    } catch {
      stimulusDiagnostics = [
        Diagnostic(
          .unreadableFile, file: path, line: 0, message: "the stimulus file cannot be read: \(error.reason)",
          advice: error.advice)
      ]
    }
  }

  private mutating func loadImages(_ module: ModuleDescription, _ rules: inout ModuleRules) {
    let locator = ImageLocator(moduleFile: file, given: options.imageDirectories)
    for (index, partition) in module.partitions.enumerated() {
      var failure = (
        what: "is not found" + locator.places(of: partition.imageName),
        advice: "build the images, or name their directory with --images"
      )
      let path = locator.path(of: partition.imageName)
      var bytes: [UInt8]?
      do throws(InputFile.Refusal) {
        if let path { bytes = try InputFile(path: path).bytes }
      } catch {
        failure = ("cannot be read: \(error.reason)", error.advice)
      }
      guard let path, let bytes else {
        let message = "the image '\(partition.imageName)' of '\(partition.name)' \(failure.what)"
        if needsImages {
          rules.diagnostics.error(.imageNotFound, line: partition.line, message, failure.advice)
        } else {
          rules.diagnostics.warning(.imageNotFound, line: partition.line, message, failure.advice)
        }
        continue
      }
      if let other = locator.passedOver(partition.imageName), let others = try? InputFile(path: other).bytes,
        others != bytes
      {
        rules.diagnostics.note(
          .imageBesideModule, line: partition.line,
          "'\(path)' is taken as the image of '\(partition.name)', for it lies beside the module file; '\(other)' is "
            + "another one",
          "take away the one that is not meant")
      }
      do {
        var image = try PartitionImage(elf: bytes)
        rules.services[index] = ProcessServices(elf: bytes)
        rules.images[index] = image
        rules.checkMemory(of: partition, image: image)
        image.callbackEntry = rules.callbackEntry(of: partition, image: image, elf: bytes)
        images.append(image)
      } catch {
        let (what, advice) = error.explanation
        rules.diagnostics.error(
          .defectiveImage, line: partition.line, "the image '\(path)' of '\(partition.name)' \(what)", advice)
      }
    }
  }
}
