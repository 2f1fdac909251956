// Fills the registers that only a save area keeps across a switch (SSE and AVX, x87, MXCSR) with patterns of its own,
// counts through many preemptions without touching them, and looks whether they are still what they were. Two of these
// beside each other have different patterns. Each check leaves a note: how many registers differed, and its number.
#include <partita.h>
#include <stdint.h>

enum { registers = 16, words_each = 4, rounds_a_check = 3000000 };

struct state {
  uint64_t vectors[registers][words_each];
  uint64_t x87;
  uint32_t mxcsr;
};

static struct state given __attribute__((aligned(32)));
static struct state found __attribute__((aligned(32)));

// One block, so that the compiler can use none of the registers in between.
static void keep(uint64_t rounds) {
  __asm__ volatile(
      "fninit\n\t"
      "ldmxcsr %[mxcsr]\n\t"
      "fildq %[x87]\n\t"
      ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
      "vmovdqa \\r * 32(%[given]), %%ymm\\r\n\t"
      ".endr\n"
      "1:\n\t"
      "decq %[rounds]\n\t"
      "jnz 1b\n\t"
      ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
      "vmovdqa %%ymm\\r, \\r * 32(%[found])\n\t"
      ".endr\n\t"
      "fistpq %[x87found]\n\t"
      "stmxcsr %[mxcsrfound]\n\t"
      "vzeroupper"
      : [rounds] "+r"(rounds), [x87found] "=m"(found.x87), [mxcsrfound] "=m"(found.mxcsr)
      : [given] "r"(given.vectors), [found] "r"(found.vectors), [x87] "m"(given.x87), [mxcsr] "m"(given.mxcsr)
      : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

int main(void) {
  uint64_t seed = 0x9E3779B97F4A7C15ull *
                  partita_load64((uint64_t)PARTITA_INFORMATION_PAGE + PARTITA_PARTITION_IDENTIFIER);
  RETURN_CODE_TYPE status;
  SET_PARTITION_MODE(NORMAL, &status);
  for (uint64_t check = 1;; check++) {
    for (int i = 0; i < registers; i++) {
      for (int k = 0; k < words_each; k++) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        given.vectors[i][k] = seed;
      }
    }
    given.x87 = seed >> 20;
    given.mxcsr = 0x1F80 | (uint32_t)(check % 4) << 13;  // another rounding each time
    keep(rounds_a_check);
    uint64_t differing = given.x87 != found.x87 || given.mxcsr != found.mxcsr;
    for (int i = 0; i < registers; i++) {
      for (int k = 0; k < words_each; k++) differing += given.vectors[i][k] != found.vectors[i][k];
    }
    partita_hypercall2(PARTITA_NOTE, differing, check);
  }
}
