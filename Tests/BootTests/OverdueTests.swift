import CommandFolder
import Foundation
import ModuleConfiguration
import Testing

/// What is over though no tick has come: deadlines of who has masked upcalls, and time-outs of who is of lesser
/// priority than whoever runs.
@Suite struct OverdueTests {
  /// `late` masks upcalls until its deadline has passed, and then does what puts another in its place, or ends. The
  /// error handler leaves a note of each error that it is told of.
  ///
  /// `asker` computes while the time-out of `hearer` passes, and gives `taker` what that waits for; both are of lesser
  /// priority, and equals.
  private static let source = """
    #include <ARINC653.h>
    #include <partita.h>

    static PROCESS_ID_TYPE late, asker, hearer, taker;
    static QUEUING_PORT_ID_TYPE tell, hear;
    static SEMAPHORE_ID_TYPE semaphore;

    static void compute(SYSTEM_TIME_TYPE length) {
      const SYSTEM_TIME_TYPE begin = partita_now();
      while (partita_now() - begin < length) continue;
    }

    static void handle(void) {
      ERROR_STATUS_TYPE error;
      RETURN_CODE_TYPE status;
      GET_ERROR_STATUS(&error, &status);
      partita_note(1, (uint64_t)error.ERROR_CODE << 32 | (uint64_t)error.FAILED_PROCESS_ID);
    }

    static void run_late(void) {
      RETURN_CODE_TYPE status;
      partita_interrupts_disable();
      compute(2000000);
      PERIODIC_WAIT(&status);
      partita_note(2, status);
      compute(2000000);
      REPLENISH(1000000, &status);
      partita_note(3, status);
      PERIODIC_WAIT(&status);
      partita_note(2, status);
      compute(2000000);
    }

    static void run_hearer(void) {
      APEX_BYTE message[8];
      MESSAGE_SIZE_TYPE size;
      RETURN_CODE_TYPE status;
      RECEIVE_QUEUING_MESSAGE(hear, 1000000, message, &size, &status);
      partita_note(4, status);
    }

    static void run_taker(void) {
      RETURN_CODE_TYPE status;
      WAIT_SEMAPHORE(semaphore, INFINITE_TIME_VALUE, &status);
      partita_note(5, status);
    }

    static void run_asker(void) {
      RETURN_CODE_TYPE status;
      QUEUING_PORT_STATUS_TYPE port;
      PROCESS_STATUS_TYPE process;
      TIMED_WAIT(60000000, &status);
      START(hearer, &status);
      START(taker, &status);
      TIMED_WAIT(100000, &status);
      compute(1500000);
      SIGNAL_SEMAPHORE(semaphore, &status);
      GET_QUEUING_PORT_STATUS(hear, &port, &status);
      GET_PROCESS_STATUS(hearer, &process, &status);
      partita_note(6, (uint64_t)port.WAITING_PROCESSES << 32 | process.PROCESS_STATE);
    }

    static PROCESS_ID_TYPE create(char name, void (*entry)(void), PRIORITY_TYPE priority) {
      PROCESS_ATTRIBUTE_TYPE attributes = {
          .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE,
          .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry, .STACK_SIZE = 4096, .BASE_PRIORITY = priority, .NAME = {name}};
      PROCESS_ID_TYPE process;
      RETURN_CODE_TYPE status;
      if (name == 'l') attributes.PERIOD = 10000000, attributes.TIME_CAPACITY = 1000000;
      CREATE_PROCESS(&attributes, &process, &status);
      return process;
    }

    int main(void) {
      RETURN_CODE_TYPE status;
      late = create('l', run_late, 20);
      asker = create('a', run_asker, 15);
      hearer = create('h', run_hearer, 10);
      taker = create('t', run_taker, 10);
      CREATE_QUEUING_PORT("TELL", 8, 1, SOURCE, FIFO, &tell, &status);
      CREATE_QUEUING_PORT("HEAR", 8, 1, DESTINATION, FIFO, &hear, &status);
      CREATE_SEMAPHORE("semaphore", 0, 1, FIFO, &semaphore, &status);
      CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle, 4096, &status);
      START(late, &status);
      START(asker, &status);
      SET_PARTITION_MODE(NORMAL, &status);
    }
    """

  private static let run = Result {
    let folder = try CommandFolder()
    try folder.write(Array(source.utf8), to: "main.c")
    let built = try OutsidePartition.build("--name", "Overdue", "main.c", in: folder)
    try #require(built.status == 0, "\(built.text)")
    let image = Array(try Data(contentsOf: folder.url("Overdue.elf")))
    return try CapturedRun.capture(ProcessModules.overdue(image), milliseconds: 100)
  }

  private func notes(_ kinds: ClosedRange<UInt64>) throws -> [[UInt64]] {
    try Self.run.get().events(.hypercall).map(\.event)
      .filter { $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue) && kinds.contains($0.words.w3) }
      .map { [$0.words.w3, $0.words.w4] }
  }

  /// The health monitor is told of each deadline before the service that would hide it.
  @Test func nobodyHidesThatItIsLate() throws {
    // DEADLINE_MISSED of the first process; then what the services have answered.
    let missed: [UInt64] = [1, 1]
    #expect(try notes(1...3) == [missed, [2, 0], missed, [3, 0], [2, 0], missed])
  }

  /// Whose time-out at a port has passed waits no longer, whoever runs: it is READY, and has been so longer than who
  /// became so afterwards.
  @Test func whoWaitsAtAPortTimesOutWhoeverRuns() throws {
    #expect(try notes(4...6) == [[6, 1], [4, 6], [5, 0]])
  }

  @Test func bothOraclesAgree() throws {
    let run = try Self.run.get()
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(String(describing: replay.divergence))")
    let (report, condition) = try Judge.verify(run.trace)
    #expect(condition == .complete && report.claims(.fail) == [])
  }
}
