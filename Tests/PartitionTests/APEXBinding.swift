/// The C binding of ARINC 653 Part 1 (supplement 5) and of Part 2's module schedules and sampling ports, written down
/// apart from our headers, as several public headers have it.
enum APEXBinding {
  static let values: [(name: String, value: Int)] =
    numbered("NO_ERROR NO_ACTION NOT_AVAILABLE INVALID_PARAM INVALID_CONFIG INVALID_MODE TIMED_OUT")
    + numbered("SOURCE DESTINATION") + numbered("FIFO PRIORITY") + numbered("SOFT HARD") + numbered("INVALID VALID")
    + numbered("EMPTY OCCUPIED") + numbered("DOWN UP") + numbered("AVAILABLE OWNED")
    + numbered("DORMANT READY RUNNING WAITING FAULTED") + numbered("IDLE COLD_START WARM_START NORMAL")
    + numbered("NORMAL_START PARTITION_RESTART HM_MODULE_RESTART HM_PARTITION_RESTART")
    + numbered(
      "DEADLINE_MISSED APPLICATION_ERROR NUMERIC_ERROR ILLEGAL_REQUEST STACK_OVERFLOW MEMORY_VIOLATION HARDWARE_FAULT "
        + "POWER_FAIL")
    + numbered("PROCESSES_PAUSE PROCESSES_SCHEDULED") + numbered("EMPTY_PORT CONSUMED_MESSAGE NEW_MESSAGE")
    + numbered("STALE FRESH")
    + [
      ("INFINITE_TIME_VALUE", -1), ("MAX_NAME_LENGTH", 32), ("MIN_PRIORITY_VALUE", 1), ("MAX_PRIORITY_VALUE", 239),
      ("MAX_LOCK_LEVEL", 16), ("MAX_ERROR_MESSAGE_SIZE", 128), ("MAX_SEMAPHORE_VALUE", 32767), ("NULL_PROCESS_ID", 0),
      ("NO_MUTEX_OWNED", -2), ("PREEMPTION_LOCK_MUTEX", -3),
      ("sizeof(INFINITE_TIME_VALUE)", 8),
    ]

  private static func numbered(_ names: String) -> [(name: String, value: Int)] {
    names.split(separator: " ").enumerated().map { (String($1), $0) }
  }

  static let types: [(bytes: Int, isSigned: Bool, names: [String])] = [
    (1, false, ["APEX_BYTE"]),
    (
      4, true,
      [
        "APEX_INTEGER", "MESSAGE_SIZE_TYPE", "MESSAGE_RANGE_TYPE", "WAITING_RANGE_TYPE", "PRIORITY_TYPE",
        "LOCK_LEVEL_TYPE", "LOCK_COUNT_TYPE", "SEMAPHORE_VALUE_TYPE", "ERROR_MESSAGE_SIZE_TYPE",
      ]
    ),
    (4, false, ["APEX_UNSIGNED", "STACK_SIZE_TYPE"]),
    (8, true, ["APEX_LONG_INTEGER", "SYSTEM_TIME_TYPE"]),
  ]

  static let structures: [(name: String, fields: [String])] = [
    ("PROCESS_ATTRIBUTE_TYPE", "PERIOD TIME_CAPACITY ENTRY_POINT STACK_SIZE BASE_PRIORITY DEADLINE NAME"),
    ("PROCESS_STATUS_TYPE", "DEADLINE_TIME CURRENT_PRIORITY PROCESS_STATE ATTRIBUTES"),
    (
      "PARTITION_STATUS_TYPE",
      "PERIOD DURATION IDENTIFIER LOCK_LEVEL OPERATING_MODE START_CONDITION NUM_ASSIGNED_CORES"
    ),
    ("SAMPLING_PORT_STATUS_TYPE", "REFRESH_PERIOD MAX_MESSAGE_SIZE PORT_DIRECTION LAST_MSG_VALIDITY"),
    (
      "SAMPLING_PORT_CURRENT_STATUS_TYPE",
      "REFRESH_PERIOD TIME_STAMP MAX_MESSAGE_SIZE PORT_DIRECTION MESSAGE_AGE UPDATED"
    ),
    (
      "QUEUING_PORT_STATUS_TYPE",
      "NB_MESSAGE MAX_NB_MESSAGE MAX_MESSAGE_SIZE PORT_DIRECTION WAITING_PROCESSES"
    ),
    ("BUFFER_STATUS_TYPE", "NB_MESSAGE MAX_NB_MESSAGE MAX_MESSAGE_SIZE WAITING_PROCESSES"),
    ("BLACKBOARD_STATUS_TYPE", "EMPTY_INDICATOR MAX_MESSAGE_SIZE WAITING_PROCESSES"),
    ("SEMAPHORE_STATUS_TYPE", "CURRENT_VALUE MAXIMUM_VALUE WAITING_PROCESSES"),
    ("EVENT_STATUS_TYPE", "EVENT_STATE WAITING_PROCESSES"),
    ("MUTEX_STATUS_TYPE", "MUTEX_OWNER MUTEX_STATE MUTEX_PRIORITY LOCK_COUNT WAITING_PROCESSES"),
    ("ERROR_STATUS_TYPE", "FAILED_ADDRESS FAILED_PROCESS_ID ERROR_CODE LENGTH MESSAGE"),
    ("SCHEDULE_STATUS_TYPE", "TIME_OF_LAST_SCHEDULE_SWITCH CURRENT_SCHEDULE NEXT_SCHEDULE"),
  ].map { ($0.0, $0.1.split(separator: " ").map(String.init)) }

  /// A service and the types of its parameters, but the return code, which all have but STOP_SELF.
  struct Service {
    var name: String
    var parameters: [String]

    init(_ name: String, _ parameters: String...) { (self.name, self.parameters) = (name, parameters) }
  }

  static let services: [Service] =
    partition + process + time + sampling + queuing + buffer + blackboard + semaphore + event + mutex + error
    + schedules

  /// The pair that each group of objects has.
  private static func getters(_ object: String) -> [Service] {
    [
      Service("GET_\(object)_ID", "\(object)_NAME_TYPE", "\(object)_ID_TYPE *"),
      Service("GET_\(object)_STATUS", "\(object)_ID_TYPE", "\(object)_STATUS_TYPE *"),
    ]
  }

  private static let partition = [
    Service("GET_PARTITION_STATUS", "PARTITION_STATUS_TYPE *"), Service("SET_PARTITION_MODE", "OPERATING_MODE_TYPE"),
  ]
  private static let process =
    [
      Service("CREATE_PROCESS", "PROCESS_ATTRIBUTE_TYPE *", "PROCESS_ID_TYPE *"),
      Service("SET_PRIORITY", "PROCESS_ID_TYPE", "PRIORITY_TYPE"), Service("SUSPEND_SELF", "SYSTEM_TIME_TYPE"),
      Service("SUSPEND", "PROCESS_ID_TYPE"), Service("RESUME", "PROCESS_ID_TYPE"), Service("STOP_SELF"),
      Service("STOP", "PROCESS_ID_TYPE"), Service("START", "PROCESS_ID_TYPE"),
      Service("DELAYED_START", "PROCESS_ID_TYPE", "SYSTEM_TIME_TYPE"), Service("LOCK_PREEMPTION", "LOCK_LEVEL_TYPE *"),
      Service("UNLOCK_PREEMPTION", "LOCK_LEVEL_TYPE *"), Service("GET_MY_ID", "PROCESS_ID_TYPE *"),
      Service("GET_MY_INDEX", "PROCESS_INDEX_TYPE *"), Service("GET_MY_PROCESSOR_CORE_ID", "PROCESSOR_CORE_ID_TYPE *"),
      Service("INITIALIZE_PROCESS_CORE_AFFINITY", "PROCESS_ID_TYPE", "PROCESSOR_CORE_ID_TYPE"),
    ] + getters("PROCESS")
  private static let time = [
    Service("TIMED_WAIT", "SYSTEM_TIME_TYPE"), Service("PERIODIC_WAIT"), Service("GET_TIME", "SYSTEM_TIME_TYPE *"),
    Service("REPLENISH", "SYSTEM_TIME_TYPE"),
  ]
  private static let sampling =
    [
      Service(
        "CREATE_SAMPLING_PORT", "SAMPLING_PORT_NAME_TYPE", "MESSAGE_SIZE_TYPE", "PORT_DIRECTION_TYPE",
        "SYSTEM_TIME_TYPE", "SAMPLING_PORT_ID_TYPE *"),
      Service("WRITE_SAMPLING_MESSAGE", "SAMPLING_PORT_ID_TYPE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE"),
      Service(
        "READ_SAMPLING_MESSAGE", "SAMPLING_PORT_ID_TYPE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE *",
        "VALIDITY_TYPE *"),
      Service(
        "READ_UPDATED_SAMPLING_MESSAGE", "SAMPLING_PORT_ID_TYPE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE *",
        "UPDATED_TYPE *"),
      Service(
        "READ_SAMPLING_MESSAGE_CONDITIONAL", "SAMPLING_PORT_ID_TYPE", "SYSTEM_TIME_TYPE", "MESSAGE_ADDR_TYPE",
        "MESSAGE_SIZE_TYPE *", "SYSTEM_TIME_TYPE *"),
      Service(
        "GET_SAMPLING_PORT_CURRENT_STATUS", "SAMPLING_PORT_ID_TYPE", "SAMPLING_PORT_CURRENT_STATUS_TYPE *"),
    ] + getters("SAMPLING_PORT")
  private static let queuing =
    [
      Service(
        "CREATE_QUEUING_PORT", "QUEUING_PORT_NAME_TYPE", "MESSAGE_SIZE_TYPE", "MESSAGE_RANGE_TYPE",
        "PORT_DIRECTION_TYPE", "QUEUING_DISCIPLINE_TYPE", "QUEUING_PORT_ID_TYPE *"),
      Service(
        "SEND_QUEUING_MESSAGE", "QUEUING_PORT_ID_TYPE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE", "SYSTEM_TIME_TYPE"),
      Service(
        "RECEIVE_QUEUING_MESSAGE", "QUEUING_PORT_ID_TYPE", "SYSTEM_TIME_TYPE", "MESSAGE_ADDR_TYPE",
        "MESSAGE_SIZE_TYPE *"),
      Service("CLEAR_QUEUING_PORT", "QUEUING_PORT_ID_TYPE"),
    ] + getters("QUEUING_PORT")
  private static let buffer =
    [
      Service(
        "CREATE_BUFFER", "BUFFER_NAME_TYPE", "MESSAGE_SIZE_TYPE", "MESSAGE_RANGE_TYPE", "QUEUING_DISCIPLINE_TYPE",
        "BUFFER_ID_TYPE *"),
      Service("SEND_BUFFER", "BUFFER_ID_TYPE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE", "SYSTEM_TIME_TYPE"),
      Service("RECEIVE_BUFFER", "BUFFER_ID_TYPE", "SYSTEM_TIME_TYPE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE *"),
    ] + getters("BUFFER")
  private static let blackboard =
    [
      Service("CREATE_BLACKBOARD", "BLACKBOARD_NAME_TYPE", "MESSAGE_SIZE_TYPE", "BLACKBOARD_ID_TYPE *"),
      Service("DISPLAY_BLACKBOARD", "BLACKBOARD_ID_TYPE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE"),
      Service("READ_BLACKBOARD", "BLACKBOARD_ID_TYPE", "SYSTEM_TIME_TYPE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE *"),
      Service("CLEAR_BLACKBOARD", "BLACKBOARD_ID_TYPE"),
    ] + getters("BLACKBOARD")
  private static let semaphore =
    [
      Service(
        "CREATE_SEMAPHORE", "SEMAPHORE_NAME_TYPE", "SEMAPHORE_VALUE_TYPE", "SEMAPHORE_VALUE_TYPE",
        "QUEUING_DISCIPLINE_TYPE", "SEMAPHORE_ID_TYPE *"),
      Service("WAIT_SEMAPHORE", "SEMAPHORE_ID_TYPE", "SYSTEM_TIME_TYPE"),
      Service("SIGNAL_SEMAPHORE", "SEMAPHORE_ID_TYPE"),
    ] + getters("SEMAPHORE")
  private static let event =
    [
      Service("CREATE_EVENT", "EVENT_NAME_TYPE", "EVENT_ID_TYPE *"), Service("SET_EVENT", "EVENT_ID_TYPE"),
      Service("RESET_EVENT", "EVENT_ID_TYPE"), Service("WAIT_EVENT", "EVENT_ID_TYPE", "SYSTEM_TIME_TYPE"),
    ] + getters("EVENT")
  private static let mutex =
    [
      Service("CREATE_MUTEX", "MUTEX_NAME_TYPE", "PRIORITY_TYPE", "QUEUING_DISCIPLINE_TYPE", "MUTEX_ID_TYPE *"),
      Service("ACQUIRE_MUTEX", "MUTEX_ID_TYPE", "SYSTEM_TIME_TYPE"), Service("RELEASE_MUTEX", "MUTEX_ID_TYPE"),
      Service("RESET_MUTEX", "MUTEX_ID_TYPE", "PROCESS_ID_TYPE"),
      Service("GET_PROCESS_MUTEX_STATE", "PROCESS_ID_TYPE", "MUTEX_ID_TYPE *"),
    ] + getters("MUTEX")
  private static let error = [
    Service("REPORT_APPLICATION_MESSAGE", "MESSAGE_ADDR_TYPE", "MESSAGE_SIZE_TYPE"),
    Service("CREATE_ERROR_HANDLER", "SYSTEM_ADDRESS_TYPE", "STACK_SIZE_TYPE"),
    Service("GET_ERROR_STATUS", "ERROR_STATUS_TYPE *"),
    Service("RAISE_APPLICATION_ERROR", "ERROR_CODE_TYPE", "MESSAGE_ADDR_TYPE", "ERROR_MESSAGE_SIZE_TYPE"),
    Service("CONFIGURE_ERROR_HANDLER", "ERROR_HANDLER_CONCURRENCY_CONTROL_TYPE", "PROCESSOR_CORE_ID_TYPE"),
  ]
  private static let schedules = [
    Service("SET_MODULE_SCHEDULE", "SCHEDULE_ID_TYPE"), Service("GET_MODULE_SCHEDULE_STATUS", "SCHEDULE_STATUS_TYPE *"),
    Service("GET_MODULE_SCHEDULE_ID", "SCHEDULE_NAME_TYPE", "SCHEDULE_ID_TYPE *"),
  ]
}
