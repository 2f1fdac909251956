// Standard output and standard error of the C library, on the partition's console.
//
// The library ends in two functions that make a system call of Linux, which here would be some hypercall or none. These
// take their place: they are found before those of its archive, which is asked only for what is missing. Where nothing
// is printed they go with everything else that nobody refers to.
#include "partita.h"

/// How a stream of musl begins. What it has to write is from `pending` to `position`; both go back to the buffer's
/// beginning when that is done.
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
};

size_t __stdio_write(struct stream *stream, const unsigned char *bytes, size_t length);
size_t __stdout_write(struct stream *stream, const unsigned char *bytes, size_t length);

/// What a stuck console does not take is lost, and the partition is not told: it prints for people.
size_t __stdio_write(struct stream *stream, const unsigned char *bytes, size_t length) {
  partita_console_write((const char *)stream->pending, (size_t)(stream->position - stream->pending));
  partita_console_write((const char *)bytes, length);
  stream->end = stream->buffer + stream->buffer_length;
  stream->pending = stream->position = stream->buffer;
  return length;
}

/// The library's own asks first whether this is a terminal. Here it stays as it begins: each line goes out as it ends.
size_t __stdout_write(struct stream *stream, const unsigned char *bytes, size_t length) {
  return __stdio_write(stream, bytes, length);
}
