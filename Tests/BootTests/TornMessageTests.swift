import CommandFolder
import Foundation
import Testing

/// What a partition asks of its own services with an address or a size that is wrong: nothing is changed before that
/// is found.
@Suite struct TornMessageTests {
  /// A process displays half of what is its own and half of what nobody has, below a page that is not mapped. Whoever
  /// reads then has all of the message before it: a copy that failed in its midst would have left two halves.
  @Test func whatCannotBeReadWholeIsNotDisplayed() throws {
    let folder = try OutsidePartition.folder(
      """
      #include <ARINC653.h>
      #include <partita.h>
      #include <stdio.h>
      #include <string.h>
      enum { bytes = 512 };
      static BLACKBOARD_ID_TYPE board;
      static RETURN_CODE_TYPE status;
      static int violations, displayed;
      static void stop(void) {
        ERROR_STATUS_TYPE error;
        GET_ERROR_STATUS(&error, &status);
        violations += error.ERROR_CODE == MEMORY_VIOLATION;
        STOP(error.FAILED_PROCESS_ID, &status);
      }
      static void show(void) {
        char message[bytes];
        memset(message, 'a', bytes);
        DISPLAY_BLACKBOARD(board, (MESSAGE_ADDR_TYPE)message, bytes, &status);
        displayed += status == NO_ERROR;
        DISPLAY_BLACKBOARD(board, (MESSAGE_ADDR_TYPE)(PARTITA_INFORMATION_PAGE + 4096 - bytes / 2), bytes, &status);
        displayed++;
        STOP_SELF();
      }
      static void look(void) {
        char message[bytes];
        MESSAGE_SIZE_TYPE size = 0;
        READ_BLACKBOARD(board, 0, (MESSAGE_ADDR_TYPE)message, &size, &status);
        int whole = 0;
        for (int i = 0; i < bytes; i++) whole += message[i] == 'a';
        printf("displayed %d, violations %d, status %d, %d of %d\\n", displayed, violations, status, whole, (int)size);
        STOP_SELF();
      }
      static void start(char name, void (*entry)(void), PRIORITY_TYPE priority) {
        PROCESS_ATTRIBUTE_TYPE attributes = {
            .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE,
            .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry, .STACK_SIZE = 16384, .BASE_PRIORITY = priority,
            .DEADLINE = SOFT, .NAME = {name}};
        PROCESS_ID_TYPE process;
        CREATE_PROCESS(&attributes, &process, &status);
        START(process, &status);
      }
      int main(void) {
        CREATE_BLACKBOARD("board", bytes, &board, &status);
        CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)stop, 8192, &status);
        start('s', show, 20);
        start('l', look, 10);
        SET_PARTITION_MODE(NORMAL, &status);
      }

      """)
    // The violation is the error handler's.
    try edit(folder, "\"page fault\" ErrorLevel=\"PARTITION\"", to: "\"page fault\" ErrorLevel=\"PROCESS\"")
    let run = try OutsidePartition.boot(folder, words: ["nav/main.c"], milliseconds: 60)
    #expect(run.console.contains("displayed 1, violations 1, status 0, 512 of 512"), "\(run.console)")
  }

  /// A size that no port can have is refused, as any that is not the port's, whatever it is: a partition in Swift must
  /// not fail by asking.
  @Test func aPortsSizeBelowZeroIsRefused() throws {
    let folder = try CommandFolder()
    let begun = try OutsidePartition.build("--new", "Nav", "--swift", "nav", in: folder)
    try #require(begun.status == 0, "\(begun.text)")
    let source = """
      import APEXTypes
      import PartitionKit

      @main
      struct Nav {
        static func create(_ bytes: Int) {
          var line = TextLine()
          do throws(ReturnCode) {
            _ = try SamplingPort(
              named: "SEE", maximumMessageBytes: bytes, direction: .destination, refreshPeriod: Nanoseconds(20_000_000))
            line.append("created\\r\\n")
          } catch {
            line.append("refused ")
            line.append(decimal: UInt64(error.rawValue))
            line.append("\\r\\n")
          }
          Console.write(line)
        }
        static func main() {
          for bytes in [-1, Int.min, 17, 16] { create(bytes) }
          Partition.enterNormalMode()
          while true { Partition.yield() }
        }
      }

      """
    try folder.write(Array(source.utf8), to: "nav/Nav.swift")
    try edit(
      folder, "<Process Name=\"navigate\"",
      to: "<Sampling_Port Name=\"SEE\" MaxMessageSize=\"16\" Direction=\"DESTINATION\" RefreshRateSeconds=\"0.020\"/>"
        + "<Sampling_Port Name=\"SAY\" MaxMessageSize=\"16\" Direction=\"SOURCE\" RefreshRateSeconds=\"0.020\"/>"
        + "<Process Name=\"navigate\"")
    try edit(
      folder, "<p:Clocks",
      to: "<Connection_Table><Channel ChannelIdentifier=\"1\">"
        + "<Source><Standard_Partition PartitionIdentifier=\"1\" PortName=\"SAY\"/></Source>"
        + "<Destination><Standard_Partition PartitionIdentifier=\"1\" PortName=\"SEE\"/></Destination>"
        + "</Channel></Connection_Table><p:Clocks")
    let run = try OutsidePartition.boot(folder, words: ["nav"], milliseconds: 60)
    let lines = run.console.split(whereSeparator: \.isNewline)
    // INVALID_CONFIG is 4.
    #expect(lines == ["refused 4", "refused 4", "refused 4", "created"], "\(run.console)")
  }

  /// Changes the template's module file in one place.
  private func edit(_ folder: CommandFolder, _ old: String, to new: String) throws {
    let path = "nav/module.xml"
    let module = ModuleVariant(
      description: try String(contentsOfFile: folder.file(path), encoding: .utf8), stimulus: "")
    try folder.write(Array(try module.replacing(old, by: new).description.utf8), to: path)
  }
}
