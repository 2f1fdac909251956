import CMalloc
import Glibc

/// How this process deals with memory and signals, before any command begins.
enum ProcessHabits {
  static func take() {
    // The Swift runtime takes SIGQUIT for a crash, writes a report of seconds, and goes on. Ctrl-\\ shall just end us.
    signal(SIGQUIT, SIG_DFL)
    // A file that grows beyond 'ulimit -f' is an error of a write then, and told like any other.
    signal(SIGXFSZ, SIG_IGN)
    // Large pieces of memory go back to the system when they are done with. Left to itself, the C library keeps more
    // and more of them the larger they were, in an arena for each thread. Who has told it otherwise knows better.
    if getenv("MALLOC_MMAP_THRESHOLD_") == nil { mallopt(M_MMAP_THRESHOLD, 1 << 18) }
  }
}
