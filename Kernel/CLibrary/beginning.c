// What musl's own beginning of a program does, as far as there is something to be done here. Its structures are those
// of musl 1.2.
#include <partita.h>

#include "partita_heap.h"

enum {
  // In the thread's control block.
  place_of_locale = 0xA8,
  // In the library's own state.
  global_locale = 0x38,
};

/// How the library's own state begins.
extern struct {
  char can_have_threads, is_threaded, is_secure;
  volatile signed char needs_locks;
} __libc;

extern void (*const __init_array_start[])(void) __attribute__((weak));
extern void (*const __init_array_end[])(void) __attribute__((weak));
void partita_begin_heap(void);

void partita_begin_library_of_c(void) {
  partita_initialize_thread();
  unsigned char *thread;
  __asm__("movq %%fs:0, %0" : "=r"(thread));
  // What `strerror` and the functions of wide characters go by.
  *(void **)(thread + place_of_locale) = (unsigned char *)&__libc + global_locale;
  // Processes take the processor from each other, as threads do.
  __libc.needs_locks = 1;
  partita_begin_heap();
  // Of C++ the variables that are made before `main`.
  for (void (*const *make)(void) = __init_array_start; make < __init_array_end; make++) (*make)();
}
