// A process that computes for half a second and calls no service, while others take the processor from it hundreds of
// times, at instants that are known: checks 700 to 799.
#include "preempter.h"

enum {
  frames = 40,
  // A release goes through the kernel and the scheduler; each of greater priority that comes with it takes as long.
  greatest_lateness_ns = 12000,
  // A window may end so much before its end (L of the module).
  greatest_allowance_ns = 30000,
};

/// How late one was that should have run at an instant.
struct lateness {
  int64_t count;
  SYSTEM_TIME_TYPE least, greatest;
};

/// grind.S: keeps known words in all registers, and looks at them, until `grind_stop`. `grind_damage` has a bit for
/// each that was another: general registers 0 to 14, SSE registers 16 to 31, MXCSR 32, x87 33 and 34, red zone 35,
/// stack pointer 36.
void grind(void);
volatile uint32_t grind_stop;
volatile uint64_t grind_rounds, grind_damage;

static volatile bool is_over;
static PROCESS_ID_TYPE grinder, ticker, drummer, metronome, listener;
static struct lateness ticks, drums, beats, messages;
static QUEUING_PORT_ID_TYPE port;
static int64_t wrong_messages, wrong_states;

static void note_lateness(struct lateness *lateness, SYSTEM_TIME_TYPE expected) {
  SYSTEM_TIME_TYPE late = partita_now() - expected;
  if (lateness->count == 0 || late < lateness->least) lateness->least = late;
  if (lateness->count == 0 || late > lateness->greatest) lateness->greatest = late;
  lateness->count++;
}

static uint32_t control_and_status(void) {
  uint32_t value;
  __asm__ volatile("stmxcsr %0" : "=m"(value));
  return value;
}

static void set_control_and_status(uint32_t value) { __asm__ volatile("ldmxcsr %0" : : "m"(value)); }

/// Leaves no SSE register as it was, nor the x87 registers.
static void disturb_registers(void) {
  __asm__ volatile(
      "pcmpeqd %%xmm0, %%xmm0\n\tmovdqa %%xmm0, %%xmm1\n\tmovdqa %%xmm0, %%xmm2\n\tmovdqa %%xmm0, %%xmm3\n\t"
      "movdqa %%xmm0, %%xmm4\n\tmovdqa %%xmm0, %%xmm5\n\tmovdqa %%xmm0, %%xmm6\n\tmovdqa %%xmm0, %%xmm7\n\t"
      "movdqa %%xmm0, %%xmm8\n\tmovdqa %%xmm0, %%xmm9\n\tmovdqa %%xmm0, %%xmm10\n\tmovdqa %%xmm0, %%xmm11\n\t"
      "movdqa %%xmm0, %%xmm12\n\tmovdqa %%xmm0, %%xmm13\n\tmovdqa %%xmm0, %%xmm14\n\tmovdqa %%xmm0, %%xmm15\n\t"
      "fldz\n\tfld1\n\tfstp %%st(0)\n\tfstp %%st(0)"
      :
      :
      : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
        "xmm13", "xmm14", "xmm15", "st", "st(1)", "memory");
}

static void run_grinder(void) { grind(); }

/// Waits again and again, in the midst of windows; its own MXCSR is its own.
static void run_ticker(void) {
  const uint32_t own = 0x1F80 | 1 << 13;
  set_control_and_status(own);
  while (!is_over) {
    RETURN_CODE_TYPE status;
    SYSTEM_TIME_TYPE expected = partita_now() + MICROSECONDS(300);
    TIMED_WAIT(MICROSECONDS(300), &status);
    // Those that the end of the window may hold up are the next window's; others come then too.
    const SYSTEM_TIME_TYPE latest = expected + greatest_allowance_ns;
    if (instant_in_window(latest) == latest) note_lateness(&ticks, expected);
    if (status != NO_ERROR || control_and_status() != own) wrong_states++;
    disturb_registers();
  }
}

/// - Parameter offset: of a release to the start of its period.
static void keep_time(struct lateness *lateness, SYSTEM_TIME_TYPE offset) {
  while (!is_over) {
    SYSTEM_TIME_TYPE now = partita_now();
    note_lateness(lateness, now - into_period(now) + offset);
    if (control_and_status() != 0x1F80) wrong_states++;
    disturb_registers();
    RETURN_CODE_TYPE status;
    PERIODIC_WAIT(&status);
    if (status != NO_ERROR) wrong_states++;
  }
}

/// In the midst of a window.
static void run_drummer(void) { keep_time(&drums, MICROSECONDS(1150)); }
/// At its start.
static void run_metronome(void) { keep_time(&beats, 0); }

/// The other partition sends while this one's window is over: it has waited, and runs as the window begins.
static void run_listener(void) {
  uint64_t last = 0;
  while (!is_over) {
    uint64_t message = 0;
    MESSAGE_SIZE_TYPE size = 0;
    RETURN_CODE_TYPE status;
    RECEIVE_QUEUING_MESSAGE(port, INFINITE_TIME_VALUE, (MESSAGE_ADDR_TYPE)&message, &size, &status);
    SYSTEM_TIME_TYPE now = partita_now();
    if (status != NO_ERROR || size != sizeof message || (last != 0 && message != last + 1)) wrong_messages++;
    note_lateness(&messages, now - into_period(now));
    last = message;
    disturb_registers();
  }
}

void prepare_storm(void) {
  RETURN_CODE_TYPE status;
  const SYSTEM_TIME_TYPE period = MICROSECONDS(10000);
  grinder = create_process("grinder", run_grinder, low_priority, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  ticker = create_process("ticker", run_ticker, equal_priority, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  drummer = create_process("drummer", run_drummer, high_priority, period, INFINITE_TIME_VALUE);
  metronome = create_process("metronome", run_metronome, high_priority + 1, period, INFINITE_TIME_VALUE);
  listener = create_process("listener", run_listener, high_priority + 2, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  CREATE_QUEUING_PORT("HEAR", sizeof(uint64_t), 4, DESTINATION, FIFO, &port, &status);
  check_code(700, status, NO_ERROR);
}

void send_for_ever(void) {
  RETURN_CODE_TYPE status;
  QUEUING_PORT_ID_TYPE source;
  CREATE_QUEUING_PORT("TELL", sizeof(uint64_t), 4, SOURCE, FIFO, &source, &status);
  check_code(701, status, NO_ERROR);
  SET_PARTITION_MODE(NORMAL, &status);
  check_code(702, status, NO_ERROR);
  for (uint64_t number = 1;;) {
    partita_yield();
    SEND_QUEUING_MESSAGE(source, (MESSAGE_ADDR_TYPE)&number, sizeof number, 0, &status);
    // Outside the storm nobody receives.
    check(703, status == NO_ERROR || status == NOT_AVAILABLE, (uint64_t)status);
    if (status == NO_ERROR) number++;
  }
}

/// - Parameter others: how many of greater priority may come at the same time.
static void check_lateness(uint32_t number, const struct lateness *lateness, int64_t least_count, int others) {
  tell(number, lateness->count);
  tell(number + 1, lateness->least);
  tell(number + 2, lateness->greatest);
  check(number, lateness->count >= least_count, (uint64_t)lateness->count);
  check(number + 1, lateness->least >= 0, (uint64_t)lateness->least);
  check(number + 2, lateness->greatest <= (1 + others) * greatest_lateness_ns, (uint64_t)lateness->greatest);
}

void try_storm(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  // What has been sent before is not waited for.
  CLEAR_QUEUING_PORT(port, &status);
  check_code(709, status, NO_ERROR);
  const PROCESS_ID_TYPE starting[] = {grinder, ticker, metronome, listener};
  for (int i = 0; i < 4; i++) {
    START(starting[i], &status);
    check_code(710, status, NO_ERROR);
  }
  DELAYED_START(drummer, MICROSECONDS(1150), &status);
  check_code(711, status, NO_ERROR);
  for (int i = 0; i < frames; i++) let_pass(MICROSECONDS(10000));
  is_over = true;
  grind_stop = 1;
  let_pass(MICROSECONDS(20000));
  check(720, grind_damage == 0, grind_damage);
  check(721, grind_rounds > 10000, grind_rounds);
  tell(721, (int64_t)grind_rounds);
  check_value(722, process_state(grinder), DORMANT);
  check_lateness(730, &ticks, 15 * frames, 1);
  check_lateness(740, &drums, frames - 1, 0);
  check_lateness(750, &beats, frames - 1, 1);
  check_lateness(760, &messages, frames - 1, 0);
  check_value(770, wrong_messages, 0);
  check_value(771, wrong_states, 0);
  const PROCESS_ID_TYPE ended[] = {ticker, metronome, drummer, listener};
  for (int i = 0; i < 4; i++) check_value(772, process_state(ended[i]), DORMANT);
}
