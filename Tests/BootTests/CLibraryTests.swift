import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// What of the C library needs a system: memory, the end of a program, files and the clock, in partitions that are
/// booted.
@Suite struct CLibraryTests {
  /// The lines that `source` prints, and its run.
  static func lines(
    _ source: String, options: [String] = [], milliseconds: UInt64 = 100
  ) throws -> (lines: [String], run: CapturedRun) {
    let run = try OutsidePartition.boot(
      OutsidePartition.folder(source), words: options + ["nav/main.c"], milliseconds: milliseconds)
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(replay.doubts) \(String(describing: replay.divergence))")
    #expect(try Judge.verify(run.trace).report.claims(.fail) == [])
    return (run.console.split(whereSeparator: \.isNewline).map(String.init), run)
  }

  /// The modes that the partition has gone to.
  static func modes(_ run: CapturedRun) throws -> [UInt8] {
    let partition = try run.partition("Nav")
    return run.events(.modeChange).map(\.event).filter { $0.partition == partition }.map(\.detail)
  }

  /// Memory is handed out until there is no more, and all of it again when it was given back.
  @Test(arguments: [(options: [String](), bytes: 262_144), (options: ["--heap", "64K"], bytes: 65_536)])
  func memoryIsHandedOutAndTakenBack(options: [String], bytes: Int) throws {
    let (lines, _) = try Self.lines(
      #"""
      #include <errno.h>
      #include <partita.h>
      #include <partita_heap.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      static unsigned char *volatile kept[8192];
      static int fill(void) {
        int count = 0;
        while ((kept[count] = malloc(100)) && count < 8191) memset(kept[count++], 1, 100);
        return count;
      }
      static int sum(const unsigned char *bytes, int count) {
        int sum = 0;
        while (count--) sum += *bytes++;
        return sum;
      }
      int main(void) {
        int counts[3];
        printf("heap %zu\n", partita_heap_bytes);
        for (int round = 0; round < 3; round++) {
          errno = 0;
          counts[round] = fill();
          if (round == 0) printf("full: %s\n", strerror(errno));
          for (int i = 0; i < counts[round]; i++) free(kept[i]);
        }
        printf("%s\n", counts[1] == counts[0] && counts[2] == counts[0] ? "as often" : "less often");
        printf("%s\n", counts[0] * 100 > (int)partita_heap_bytes / 2 ? "most of it" : "little of it");
        unsigned char *volatile zeros = calloc(30, 1000);
        printf("calloc %d\n", sum(zeros, 30000));
        zeros[0] = 7;
        zeros[99] = 8;
        zeros = realloc(zeros, 100);
        printf("realloc %d\n", sum(zeros, 100));
        void *volatile aligned = aligned_alloc(4096, 4096);
        printf("aligned %d\n", (int)((size_t)aligned % 4096));
        errno = 0;
        // The compiler believes that `malloc` leaves errno alone.
        void *(*volatile allocate)(size_t) = malloc;
        void *none = allocate(partita_heap_bytes);
        printf("too much %d %d\n", none == NULL, errno == ENOMEM);
        while (1) partita_yield();
      }
      """#, options: options)
    #expect(
      lines == [
        "heap \(bytes)", "full: Out of memory", "as often", "most of it", "calloc 0", "realloc 15", "aligned 0",
        "too much 1 1",
      ])
  }

  /// Processes that take the processor from each other in the middle of `malloc` and `free`, one of them with a mutex:
  /// no block is handed out twice.
  @Test func processesShareTheHeap() throws {
    let (lines, run) = try Self.lines(
      #"""
      #include <ARINC653.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      static volatile int isDone, turns;
      static int damaged;
      static void work(unsigned char mark, unsigned seed) {
        unsigned char *blocks[8] = {0};
        size_t sizes[8];
        for (int round = 0; round < 40; round++) {
          seed = seed * 1103515245 + 12345;
          int i = seed >> 16 & 7;
          if (blocks[i]) {
            for (size_t at = 0; at < sizes[i]; at++) damaged += blocks[i][at] != mark;
            free(blocks[i]);
            blocks[i] = 0;
          } else if ((blocks[i] = malloc(sizes[i] = 1 + (seed >> 8) % 2000))) {
            memset(blocks[i], mark, sizes[i]);
          }
        }
        for (int i = 0; i < 8; i++) free(blocks[i]);
      }
      static void slow(void) {
        MUTEX_ID_TYPE mutex;
        RETURN_CODE_TYPE status;
        GET_MUTEX_ID("mutex", &mutex, &status);
        for (unsigned round = 0; round < 100; round++) {
          if (round % 2) ACQUIRE_MUTEX(mutex, INFINITE_TIME_VALUE, &status);
          work(1, round);
          if (round % 2) RELEASE_MUTEX(mutex, &status);
        }
        isDone = 1;
        printf("damaged %d, turns %s\n", damaged, turns > 100 ? "many" : "few");
        STOP_SELF();
      }
      static void quick(void) {
        RETURN_CODE_TYPE status;
        for (; !isDone; turns++) {
          work(2, turns);
          TIMED_WAIT(37000, &status);
        }
        STOP_SELF();
      }
      static void create(const char *name, void (*entry)(void), PRIORITY_TYPE priority) {
        PROCESS_ATTRIBUTE_TYPE attributes = {
            .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE,
            .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry, .STACK_SIZE = 16384, .BASE_PRIORITY = priority,
            .DEADLINE = SOFT};
        PROCESS_ID_TYPE process;
        RETURN_CODE_TYPE status;
        strcpy(attributes.NAME, name);
        CREATE_PROCESS(&attributes, &process, &status);
        START(process, &status);
      }
      int main(void) {
        MUTEX_ID_TYPE mutex;
        RETURN_CODE_TYPE status;
        // Below the quick one's priority: who owns it gives way all the same.
        CREATE_MUTEX("mutex", 15, FIFO, &mutex, &status);
        create("navigate", slow, 10);
        create("quick", quick, 20);
        SET_PARTITION_MODE(NORMAL, &status);
      }
      """#, milliseconds: 900)
    #expect(lines == ["damaged 0, turns many"], "\(run.partitions)")
  }

  /// `exit`, and `main` that returns: what was printed is written, the status said, and the partition is idle.
  @Test(arguments: [
    ("exit(3);", "exit(3): the partition goes to IDLE"), ("return -4;", "exit(-4): the partition goes to IDLE"),
  ]) func theEndOfAProgramIsIdle(end: String, line: String) throws {
    let (lines, run) = try Self.lines(
      """
      #include <stdio.h>
      #include <stdlib.h>
      static void last(void) { printf("at exit\\n"); }
      int main(void) { atexit(last); printf("without its end\\n, "); \(end) }
      """)
    #expect(lines == ["without its end", ", at exit", line])
    #expect(try Self.modes(run) == [OperatingMode.coldStart.rawValue, OperatingMode.idle.rawValue])
    #expect(run.events(.healthError).isEmpty)
  }

  /// `abort` and a failed `assert` are application errors: the health monitor's, who has the partition idle.
  @Test(arguments: [
    ("abort();", [String]()), ("assert(argc == 5);", ["Assertion failed: argc == 5 (main.c: main: 4)"]),
  ]) func abortIsAnApplicationError(end: String, words: [String]) throws {
    let (lines, run) = try Self.lines(
      """
      #include <assert.h>
      #include <stdlib.h>

      int main(int argc, char **argv) { \(end) return 0; }
      """)
    #expect(lines == words + ["abort(): an application error"])
    #expect(run.events(.healthError).map(\.event.detail) == [ErrorCode.applicationError.rawValue])
    #expect(try Self.modes(run) == [OperatingMode.coldStart.rawValue, OperatingMode.idle.rawValue])
  }

  /// The error handler hears of a process that aborts, and may stop it alone.
  @Test func theErrorHandlerMayStopWhoAborts() throws {
    let (lines, run) = try Self.lines(
      #"""
      #include <ARINC653.h>
      #include <stdio.h>
      #include <stdlib.h>
      static void handle(void) {
        ERROR_STATUS_TYPE error;
        RETURN_CODE_TYPE status;
        GET_ERROR_STATUS(&error, &status);
        printf("handler: %d %.*s\n", error.ERROR_CODE, (int)error.LENGTH, (const char *)error.MESSAGE);
        STOP(error.FAILED_PROCESS_ID, &status);
      }
      static void navigate(void) { abort(); }
      static void other(void) { printf("another goes on\n"); STOP_SELF(); }
      int main(void) {
        PROCESS_ATTRIBUTE_TYPE attributes = {
            .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE,
            .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)navigate, .STACK_SIZE = 16384, .BASE_PRIORITY = 20, .DEADLINE = SOFT,
            .NAME = "navigate"};
        PROCESS_ID_TYPE process;
        RETURN_CODE_TYPE status;
        CREATE_PROCESS(&attributes, &process, &status);
        START(process, &status);
        attributes.ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)other;
        attributes.BASE_PRIORITY = 10;
        attributes.NAME[0] = 'N';
        CREATE_PROCESS(&attributes, &process, &status);
        START(process, &status);
        CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle, 16384, &status);
        SET_PARTITION_MODE(NORMAL, &status);
      }
      """#)
    #expect(lines == ["abort(): an application error", "handler: 1 abort", "another goes on"])
    #expect(try Self.modes(run).last == OperatingMode.normal.rawValue)
  }
}
