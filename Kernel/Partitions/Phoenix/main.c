// Dies and is born again, as its scenario says, and leaves notes of each birth: why it started, and whether memory and
// registers are those of a beginning. A test chooses the scenario in the image; module.xml of Lives says what the
// health monitor makes of it.
#include <partita.h>

enum scenario {
  live_on = 0,
  ask_for_warm_start = 1,
  ask_for_cold_start = 2,
  divide_by_zero = 3,
  touch_nothing = 4,
  execute_nothing = 5,
  report_error = 6,
  ask_for_idle = 7,
  start_for_ever = 8,
  change_schedule = 9,
  divide_in_initialisation = 10,
  touch_for_ever = 11,
};
enum callback_scenario { complete = 0, fault = 1, never_end = 2, come_back = 3 };

// Volatile, so that the numbers are read from the image where the tests find them: after the name, "SCENARIO".
const volatile uint64_t scenario[3] = {0x4F4952414E454353, live_on, complete};

enum note { born = 0x4E524F42, called = 0x4C4C4143, logged = 0x474F4C, heard = 0x444145, promised = 0x4D4F5250 };

static const SYSTEM_TIME_TYPE first_death_ns = 100000000;

PARTITA_RETAINED static uint64_t retained_lives = 0;
static uint64_t ordinary_lives = 0;
static uint64_t ordinary_pattern[3000] = {0x4F5244494E415259};
static uint64_t zeroes[3000];

// The registers as `main` finds them. Those of the hypercall before it (rax, rcx, rdx, rdi, rsi, r11) are left out.
uint64_t birth_registers[9];
__asm__(
    ".text\n"
    ".globl main\n"
    ".type main, @function\n"
    "main:\n\t"
    "movq %rbx, birth_registers(%rip)\n\t"
    "movq %r8, birth_registers + 8(%rip)\n\t"
    "movq %r9, birth_registers + 16(%rip)\n\t"
    "movq %r10, birth_registers + 24(%rip)\n\t"
    "movq %r12, birth_registers + 32(%rip)\n\t"
    "movq %r13, birth_registers + 40(%rip)\n\t"
    "movq %r14, birth_registers + 48(%rip)\n\t"
    "movq %r15, birth_registers + 56(%rip)\n\t"
    "movq %rbp, birth_registers + 64(%rip)\n\t"
    "jmp phoenix_main\n"
    ".size main, . - main\n");

static void note(uint64_t first, uint64_t second) { partita_hypercall2(PARTITA_NOTE, first, second); }

static uint64_t vectors[16][4] __attribute__((aligned(32)));

// How many registers, words of memory and control words are not those of a beginning.
static uint64_t count_stains(void) {
  uint64_t stains = 0;
  uint32_t mxcsr;
  uint16_t control;
  __asm__ volatile(
      ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
      "vmovdqa %%ymm\\r, \\r * 32(%[vectors])\n\t"
      ".endr\n\t"
      "stmxcsr %[mxcsr]\n\t"
      "fnstcw %[control]"
      : [mxcsr] "=m"(mxcsr), [control] "=m"(control)
      : [vectors] "r"(vectors)
      : "memory");
  for (int i = 0; i < 16; i++) {
    for (int k = 0; k < 4; k++) stains += vectors[i][k] != 0;
  }
  stains += mxcsr != 0x1F80;
  stains += control != 0x37F;
  for (int i = 0; i < 9; i++) stains += birth_registers[i] != 0;
  for (int i = 1; i < 3000; i++) stains += ordinary_pattern[i] != 0;
  stains += ordinary_pattern[0] != 0x4F5244494E415259;
  for (int i = 0; i < 3000; i++) stains += zeroes[i] != 0;
  // The stack below what is in use.
  for (uint64_t at = 0x2FF00000 - 0x8000; at < 0x2FF00000 - 0x4000; at += 8) stains += partita_load64(at) != 0;
  for (uint64_t at = 0; at < 4096; at += 8) stains += partita_load64(PARTITA_SHARED_PAGE + at) != 0;
  // With an FS base of 0 this is the image's first word.
  uint64_t first;
  __asm__ volatile("movq %%fs:0x400000, %0" : "=r"(first));
  stains += first != partita_load64(0x400000);
  return stains;
}

// Leaves traces of this life wherever the next must not find them.
static void stain(void) {
  ordinary_lives++;
  for (int i = 0; i < 3000; i++) ordinary_pattern[i] = zeroes[i] = 0xDEAD0000 + (uint64_t)i;
  for (uint64_t at = 0x2FF00000 - 0x8000; at < 0x2FF00000 - 0x4000; at += 8) partita_store64(at, at);
  for (uint64_t at = 64; at < 4096; at += 8) partita_store64(PARTITA_SHARED_PAGE + at, at);
  partita_hypercall1(PARTITA_SET_SEGMENT_BASE, 0x1000);
  uint32_t mxcsr = 0x7F80;
  __asm__ volatile(
      ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
      "vpcmpeqb %%ymm\\r, %%ymm\\r, %%ymm\\r\n\t"
      ".endr\n\t"
      "ldmxcsr %0\n\t"
      "fldpi\n\t"
      "movq $-1, %%r8\n\t"
      "movq $-1, %%r9\n\t"
      "movq $-1, %%r10\n\t"
      "movq $-1, %%r12\n\t"
      "movq $-1, %%r13\n\t"
      "movq $-1, %%r14\n\t"
      "movq $-1, %%r15"
      :
      : "m"(mxcsr)
      : "memory", "r8", "r9", "r10", "r12", "r13", "r14", "r15");
}

static uint64_t divide(uint64_t zero) {
  uint64_t low = 1, high = 0;
  __asm__ volatile("divq %2" : "+a"(low), "+d"(high) : "r"(zero) : "cc");
  return low;
}

// By name; what module.xml has no name for is refused.
static void change_to(const char *name, RETURN_CODE_TYPE *status) {
  SCHEDULE_ID_TYPE schedule = 0;
  GET_MODULE_SCHEDULE_ID("shor", &schedule, status);
  if (*status != INVALID_CONFIG || schedule != 0) return;
  GET_MODULE_SCHEDULE_ID((char *)name, &schedule, status);
  if (*status == NO_ERROR) SET_MODULE_SCHEDULE(schedule, status);
}

static void die(uint64_t how) {
  RETURN_CODE_TYPE status = NO_ERROR;
  stain();
  switch (how) {
    case ask_for_warm_start: SET_PARTITION_MODE(WARM_START, &status); break;
    case ask_for_cold_start: SET_PARTITION_MODE(COLD_START, &status); break;
    case ask_for_idle: SET_PARTITION_MODE(IDLE, &status); break;
    case divide_by_zero: divide(0); break;
    case touch_nothing: *(volatile uint64_t *)0x12345678 = 0; break;
    case touch_for_ever:
      while (1) *(volatile uint64_t *)0x12345678 = 0;
    case execute_nothing: __asm__ volatile("ud2"); break;
    case report_error: RAISE_APPLICATION_ERROR(APPLICATION_ERROR, (MESSAGE_ADDR_TYPE) "tired", 5, &status); break;
    case change_schedule: change_to("short", &status); break;
    default: break;
  }
  note(logged, 0x100 + (uint64_t)status);  // it came back
}

PARTITA_CALLBACK void phoenix_callback(uint64_t error, uint64_t address, uint64_t action) {
  note(called, error | action << 8 | (uint64_t)(uint32_t)address << 32);
  switch (scenario[2]) {
    case fault: divide(0); break;
    case never_end:
      while (1) __asm__ volatile("");
    case come_back: return;
    default: partita_complete_callback();
  }
}

// Vector 65: the health monitor has taken an error at module level.
static void hear(uint64_t vector, uint64_t marks) {
  note(heard, vector | marks << 32);
  partita_hypercall1(PARTITA_ACKNOWLEDGE_INTERRUPT, vector);
}

// What the module schedule gives it: the period in the upper half, how much of each in the lower one; microseconds.
static uint64_t promise_us(void) {
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  GET_PARTITION_STATUS(&self, &status);
  return (uint64_t)(self.PERIOD / 1000) << 32 | (uint64_t)(self.DURATION / 1000);
}

void phoenix_main(void) {
  const uint64_t stains = count_stains();
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  GET_PARTITION_STATUS(&self, &status);
  retained_lives++;
  ordinary_lives++;
  note(born, (uint64_t)self.START_CONDITION | (uint64_t)self.OPERATING_MODE << 8 | retained_lives << 16 |
                 ordinary_lives << 24 | stains << 32);
  // The newest entry of the log, if there is one.
  const uint64_t errors = partita_hypercall2(PARTITA_READ_STATISTIC, 10, 0).value;
  if (errors > 0) {
    uint64_t last = partita_hypercall2(PARTITA_READ_ERROR_LOG, errors - 1, PARTITA_ERROR_DESCRIPTION).value;
    note(logged, last & 0xFFFFFFFFFFFFull);
  }
  if (scenario[1] == start_for_ever) die(ask_for_cold_start);
  const int is_first = self.START_CONDITION == NORMAL_START;
  if (scenario[1] == divide_in_initialisation && is_first) divide(0);

  partita_hypercall1(PARTITA_REGISTER_VCPU, 65);
  partita_hypercall2(PARTITA_REGISTER_HANDLER, 65, (uint64_t)(uintptr_t)hear);
  partita_hypercall1(PARTITA_ENABLE_INTERRUPT, 65);
  SET_PARTITION_MODE(NORMAL, &status);
  partita_interrupts_enable();
  int is_alive = 1;
  uint64_t known = 0;
  while (1) {
    const uint64_t promise = promise_us();
    if (promise != known) note(promised, known = promise);
    if (is_alive && is_first && partita_now() > first_death_ns) {
      is_alive = 0;
      die(scenario[1]);
    }
    partita_yield();
  }
}
