// What compilers of C++ call, under the names that they give it: `new`, `delete`, and a method that there is not.
#include <stdlib.h>

void *_Znwm(size_t size) {
  void *object = malloc(size ? size : 1);
  // Nobody catches here, and nobody asks what `new` answers.
  if (!object) abort();
  return object;
}

void *_Znam(size_t size) { return _Znwm(size); }
void _ZdlPv(void *object) { free(object); }
void _ZdaPv(void *object) { free(object); }
void _ZdlPvm(void *object, size_t size) {
  (void)size;
  free(object);
}
void _ZdaPvm(void *object, size_t size) {
  (void)size;
  free(object);
}
void __cxa_pure_virtual(void) { abort(); }
