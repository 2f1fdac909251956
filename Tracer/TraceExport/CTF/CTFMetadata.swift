import ModuleConfiguration
import TextForms
import TraceFormat
import TraceReading

/// The text of a CTF trace's `metadata`, in TSDL.
struct CTFMetadata {
  let identity: [UInt8]
  let moduleName: String
  let vocabulary: TraceVocabulary
  /// The raw kinds of events that the stream `events` holds.
  let kinds: [UInt8]

  var text: String {
    let parts =
      [Self.types, traceDeclaration, enumerations, Self.streamDeclaration(0, context: Self.exactContext)]
      + kinds.map(exactEvent) + [Self.streamDeclaration(1, context: "")] + Self.controlFlowEvents
    return parts.joined(separator: "\n")
  }

  // MARK: Texts

  /// A string literal.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case let control where control.value < 32: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static let types = """
    /* CTF 1.8 */
    typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
    typealias integer { size = 16; align = 8; signed = false; } := uint16_t;
    typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
    typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
    typealias integer { size = 32; align = 8; signed = true; } := int32_t;
    typealias integer { size = 64; align = 8; signed = true; } := int64_t;
    typealias integer { size = 8; align = 8; signed = false; base = 16; } := hex8_t;
    typealias integer { size = 16; align = 8; signed = false; base = 16; } := hex16_t;
    typealias integer { size = 32; align = 8; signed = false; base = 16; } := hex32_t;
    typealias integer { size = 64; align = 8; signed = false; base = 16; } := hex64_t;

    """

  private var traceDeclaration: String {
    let digits = identity.map(\.hexadecimalDigits)
    let uuid = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    return """
      trace {
        major = 1;
        minor = 8;
        uuid = "\(uuid)";
        byte_order = le;
        packet.header := struct {
          uint32_t magic;
          uint8_t uuid[16];
          uint32_t stream_id;
        };
      };

      env {
        hostname = "partita";
        domain = "kernel";
        sysname = "Linux";
        kernel_release = "Partita";
        tracer_name = "lttng-modules";
        tracer_major = 2;
        tracer_minor = 8;
        tracer_patchlevel = 0;
        recorded_by = "Partita";
        module = \(Self.quoted(moduleName));
      };

      clock {
        name = "module";
        description = "The module's clock: nanoseconds since the kernel started it";
        freq = 1000000000;
        offset = 0;
      };

      typealias integer {
        size = 64; align = 8; signed = false;
        map = clock.module.value;
      } := module_time_t;

      """
  }

  private static func streamDeclaration(_ number: Int, context: String) -> String {
    """
    stream {
      id = \(number);
      event.header := struct {
        uint16_t id;
        module_time_t timestamp;
      };
      packet.context := struct {
        module_time_t timestamp_begin;
        module_time_t timestamp_end;
        uint64_t content_size;
        uint64_t packet_size;
        uint64_t packet_seq_num;
        uint64_t events_discarded;
        uint32_t cpu_id;
      };
    \(context)};

    """
  }

  private static let exactContext = """
      event.context := struct {
        uint64_t _position;
        enum partition_t _partition;
      };

    """

  // MARK: Enumerations

  private var enumerations: String {
    var partitions: [(UInt64, String)] = []
    var seen: Set<String> = ["none", "kernel", "unknown"]
    for (index, name) in vocabulary.partitions.enumerated() where index < 0xFE {
      let label = seen.insert(name).inserted ? name : "\(name) (\(index))"
      partitions.append((UInt64(index), label))
    }
    var texts = [
      Self.enumeration("partition_t", bytes: 1, partitions + [(255, "none")]),
      Self.enumeration("space_t", bytes: 1, partitions + [(254, "unknown"), (255, "kernel")]),
    ]
    var made: Set<String> = []
    for kind in kinds {
      for field in EventShape.all[Int(kind)].fields {
        guard case .label(let set) = field.meaning, made.insert(Self.typeName(field)).inserted else { continue }
        let none = UInt64.max >> UInt64(64 - 8 * field.byteWidth)
        texts.append(
          Self.enumeration(
            Self.typeName(field), bytes: field.byteWidth, set.members.map { ($0.value, $0.name) } + [(none, "none")]))
      }
    }
    return texts.joined(separator: "\n")
  }

  /// Numbers of eight bytes have a sign here: Trace Compass reads no label beyond 2⁶³, and 'none' is all ones.
  private static func enumeration(_ name: String, bytes: Int, _ members: [(UInt64, String)]) -> String {
    let isSigned = bytes == 8
    let lines = members.map { value, label in
      "  \(quoted(label)) = \(isSigned ? "\(Int64(bitPattern: value))" : "\(value)")"
    }
    return "enum \(name) : \(isSigned ? "" : "u")int\(bytes * 8)_t {\n\(lines.joined(separator: ",\n"))\n};\n"
  }

  private static func typeName(_ field: ShapeField) -> String {
    switch field.meaning {
    case .count, .duration, .instant, .flag: "uint\(field.byteWidth * 8)_t"
    case .address: "hex\(field.byteWidth * 8)_t"
    case .partition: "partition_t"
    case .addressSpace: "space_t"
    case .label(let set): "\(set.rawValue)\(field.byteWidth * 8)_t"
    }
  }

  // MARK: Events

  private func exactEvent(_ kind: UInt8) -> String {
    let fields = EventShape.all[Int(kind)].fields.map { field in
      let isEnumeration =
        switch field.meaning {
        case .partition, .addressSpace, .label: true
        default: false
        }
      return "    \(isEnumeration ? "enum " : "")\(Self.typeName(field)) _\(field.name);\n"
    }
    return Self.event("partita:" + TraceVocabulary.kind(kind), Int(kind), stream: 0, fields)
  }

  private static func event(_ name: String, _ identifier: Int, stream: Int, _ fields: [String]) -> String {
    """
    event {
      name = \(quoted(name));
      id = \(identifier);
      stream_id = \(stream);
      fields := struct {
    \(fields.joined())  };
    };

    """
  }

  private static var controlFlowEvents: [String] {
    func make(_ name: String, _ identifier: UInt16, _ fields: [String]) -> String {
      event(name, Int(identifier), stream: 1, fields.map { "    \($0);\n" })
    }
    typealias Kind = CTFControlFlow.Event
    let arguments = (0..<5).map { "hex64_t _a\($0)" }
    var events = [
      make(
        "sched_switch", Kind.schedulerSwitch,
        [
          "string _prev_comm", "int32_t _prev_tid", "int32_t _prev_prio", "int64_t _prev_state", "string _next_comm",
          "int32_t _next_tid", "int32_t _next_prio",
        ]),
      make(
        "sched_wakeup", Kind.wakeUp, ["string _comm", "int32_t _tid", "int32_t _prio", "int32_t _target_cpu"]),
      make("irq_handler_entry", Kind.interruptEntry, ["int32_t _irq", "string _name"]),
      make("irq_handler_exit", Kind.interruptExit, ["int32_t _irq", "int32_t _ret"]),
      make(
        "lttng_statedump_process_state", Kind.processState,
        ["tid", "vtid", "pid", "vpid", "ppid", "vppid"].map { "int32_t _\($0)" } + ["string _name"]
          + ["type", "mode", "submode", "status"].map { "int32_t _\($0)" } + ["uint32_t _cpu"]),
      make("partita:gap", Kind.gap, ["uint64_t _missing", "uint8_t _is_known", "string _reason"]),
      make("syscall_entry_unknown", Kind.unknownCallEntry, arguments),
      make("syscall_exit_unknown", Kind.unknownCallExit, ["int64_t _ret"]),
    ]
    for number in (0...UInt16(255)).compactMap(HypercallNumber.init) {
      events.append(make("syscall_entry_\(number)", Kind.callEntry + number.rawValue, arguments))
      events.append(make("syscall_exit_\(number)", Kind.callExit + number.rawValue, ["int64_t _ret"]))
    }
    return events
  }
}
