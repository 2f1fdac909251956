import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

// Files, the clock, what needs Linux, and C++.
extension CLibraryTests {
  /// Files are not there: each function says so, and nothing of it reaches the kernel. The clock is the module's.
  @Test func filesFailWithAnError() throws {
    let (lines, run) = try Self.lines(
      #"""
      #include <dirent.h>
      #include <errno.h>
      #include <fcntl.h>
      #include <stdio.h>
      #include <sys/stat.h>
      #include <time.h>
      #include <unistd.h>
      #include <partita.h>
      static int checks, wrong;
      #define FAILS(call) (errno = 0, checks++, wrong += !((call) && errno == ENOSYS))
      int main(void) {
        struct stat status;
        char byte;
        FAILS(fopen("file", "r") == NULL);
        FAILS(fopen("file", "w") == NULL);
        FAILS(freopen("file", "w", stdin) == NULL);
        FAILS(tmpfile() == NULL);
        FAILS(open("file", O_RDONLY) == -1);
        FAILS(creat("file", 0600) == -1);
        FAILS(read(0, &byte, 1) == -1);
        FAILS(lseek(0, 0, SEEK_SET) == -1);
        FAILS(stat("file", &status) == -1);
        FAILS(remove("file") == -1);
        FAILS(rename("file", "other") == -1);
        FAILS(mkdir("folder", 0700) == -1);
        FAILS(opendir("folder") == NULL);
        FAILS(getchar() == EOF);
        printf("%d wrong of %d\n", wrong, checks);
        fopen("file", "r");
        perror("file");
        write(1, "written\n", 8);
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        partita_yield();
        clock_gettime(CLOCK_MONOTONIC, &after);
        long passed = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
        printf("%s, %d\n", passed > 15000000 && passed < 25000000 ? "a window later" : "when?", (int)time(NULL));
        while (1) partita_yield();
      }
      """#)
    #expect(
      lines == ["0 wrong of 14", "file: Function not implemented", "written", "a window later, 0"])
    let partition = try run.partition("Nav")
    let numbers = run.events(.hypercall).map(\.event).filter { $0.partition == partition }
      .map { UInt16(truncatingIfNeeded: $0.operand) }
    #expect(numbers.allSatisfy { HypercallNumber(rawValue: $0) != nil }, "\(numbers)")
  }

  /// What would make a system call of Linux is refused when it is built.
  @Test func whatNeedsLinuxIsNotLinked() throws {
    let folder = try OutsidePartition.folder(
      "#include <sys/socket.h>\nint main(void) { return listen(0, 1); }\n")
    let built = try OutsidePartition.build("--name", "Nav", "nav/main.c", in: folder)
    #expect(built.status == 1 && built.text.contains("the C library needs Linux for listen"), "\(built.text)")
    #expect(folder.names == ["nav"])
  }

  /// In C++ the variables before `main`, and `new`.
  @Test func objectsAreMade() throws {
    let source = #"""
      #include <stdio.h>
      struct Shape { virtual int area() const = 0; virtual ~Shape() { printf("gone\n"); } };
      struct Square : Shape {
        int side;
        Square(int side) : side(side) { printf("made %d\n", side); }
        int area() const override { return side * side; }
      };
      static Square early(3);
      int main() {
        Shape *late = new Square(4);
        printf("%d %d\n", early.area(), late->area());
        delete late;
      }
      """#
    let folder = try OutsidePartition.folder("int unused;\n")
    try folder.write(Array(source.utf8), to: "nav/shapes.cpp")
    let run = try OutsidePartition.boot(folder, words: ["nav/shapes.cpp"], milliseconds: 60)
    #expect(
      run.console.split(whereSeparator: \.isNewline).map(String.init)
        == ["made 3", "made 4", "9 16", "gone", "exit(0): the partition goes to IDLE"])
  }
}
