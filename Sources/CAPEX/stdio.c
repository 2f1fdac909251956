// Standard output and standard error of the C library, on the partition's console.
//
// The library ends in two functions that make a system call of Linux, which here would be some hypercall or none. These
// take their place: they are found before those of its archive, which is asked only for what is missing. Where nothing
// is printed they go with everything else that nobody refers to.
#include "partita.h"

#include <arinc653/process.h>

#include "partita_streams.h"

/// How a stream of musl begins. What it has to write is from `pending` to `position`; both go back to the buffer's
/// beginning when that is done. With a `lock` below 0 it is not locked by who uses it.
struct stream {
  unsigned flags;
  unsigned char *read_position, *read_end;
  int (*close)(struct stream *);
  unsigned char *end, *position;
  unsigned char *always_zero;
  unsigned char *pending;
  size_t (*read)(struct stream *, unsigned char *, size_t);
  size_t (*write)(struct stream *, const unsigned char *, size_t);
  long (*seek)(struct stream *, long, int);
  unsigned char *buffer;
  size_t buffer_length;
  struct stream *previous, *next;
  int descriptor, pipe_process;
  long lock_count;
  int mode;
  volatile int lock;
};

size_t __stdio_write(struct stream *stream, const unsigned char *bytes, size_t length);
size_t __stdout_write(struct stream *stream, const unsigned char *bytes, size_t length);

// Weak: whoever prints nothing, or has no processes, is not to get them for this.
extern struct stream __stdout_FILE __attribute__((weak)), __stderr_FILE __attribute__((weak));
void LOCK_PREEMPTION(LOCK_LEVEL_TYPE *level, RETURN_CODE_TYPE *status) __attribute__((weak));
void UNLOCK_PREEMPTION(LOCK_LEVEL_TYPE *level, RETURN_CODE_TYPE *status) __attribute__((weak));

int __lockfile(struct stream *stream);
void __unlockfile(struct stream *stream);

void partita_initialize_streams(void) {
  if (&__stdout_FILE) __stdout_FILE.lock = 0;
  if (&__stderr_FILE) __stderr_FILE.lock = 0;
}

/// Nobody else writes while this process does: what is half written is not written twice, nor into another's line.
///
/// - Returns: whether it is to be unlocked; not in `main`, in the error handler, and of who owns a mutex.
int __lockfile(struct stream *stream) {
  LOCK_LEVEL_TYPE level;
  RETURN_CODE_TYPE status = NO_ACTION;
  (void)stream;
  if (LOCK_PREEMPTION) LOCK_PREEMPTION(&level, &status);
  return status == NO_ERROR;
}

void __unlockfile(struct stream *stream) {
  LOCK_LEVEL_TYPE level;
  RETURN_CODE_TYPE status;
  (void)stream;
  if (UNLOCK_PREEMPTION) UNLOCK_PREEMPTION(&level, &status);
}

/// What a stuck console does not take is lost, and the partition is not told: it prints for people.
size_t __stdio_write(struct stream *stream, const unsigned char *bytes, size_t length) {
  const char *pending = (const char *)stream->pending;
  size_t count = (size_t)(stream->position - stream->pending);
  // Taken first: an error handler that prints meanwhile finds nothing left to write.
  stream->end = stream->buffer + stream->buffer_length;
  stream->pending = stream->position = stream->buffer;
  partita_console_write(pending, count);
  partita_console_write((const char *)bytes, length);
  return length;
}

/// The library's own asks first whether this is a terminal. Here it stays as it begins: each line goes out as it ends.
size_t __stdout_write(struct stream *stream, const unsigned char *bytes, size_t length) {
  return __stdio_write(stream, bytes, length);
}
