// Tasks: each has a stack of its own, and while it does not run, its frame there holds all that it is.
#include "guest.h"

enum task_state { unused, runnable, sleeping };

static struct {
  enum task_state state;
  guest_frame *frame;
  uint64_t wakes_at;
  // How the tracer knows it; 0 for the idle task: nobody.
  uint32_t key;
} tasks[task_count] = {[idle_task] = {.state = runnable}};

static uint8_t stacks[task_count][stack_bytes] __attribute__((aligned(64)));
static int running = idle_task;
static uint64_t switches;

int current_task(void) { return running; }

// Where a program ends that returns.
static void leave(void) { guest_call(call_exit, 0, 0); }

// Lays a frame as if the task had been interrupted by an upcall right before its program's first instruction.
void task_create(int task, const char *name, void (*program)(void)) {
  tasks[task].key = partita_process_key(name);
  uint8_t *top = stacks[task] + stack_bytes;
  uint64_t *stack_pointer = (uint64_t *)top - 1;
  *stack_pointer = (uint64_t)(uintptr_t)leave;
  uint64_t rsp = (uint64_t)(uintptr_t)stack_pointer;
  guest_frame *frame = (guest_frame *)((rsp - 128 - PARTITA_FRAME_BYTES) & ~15ull);
  // The extended state lies right below the frame: all components as they start, which a zero header means, and the
  // default control word, which `xrstor` takes from here all the same.
  uint64_t bytes = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_EXTENDED_STATE_BYTES);
  uint8_t *extended = (uint8_t *)(((uintptr_t)frame - bytes) & ~63ull);
  *(uint32_t *)(extended + 24) = 0x1F80;
  uint64_t *words = (uint64_t *)(rsp - PARTITA_RETURN_WORDS_DEPTH);
  frame->rip = (uint64_t)(uintptr_t)program;
  frame->rflags = 0x202;
  frame->rsp = rsp;
  frame->error_code = 1;  // it takes upcalls
  frame->return_stack = (uint64_t)(uintptr_t)words;
  words[0] = frame->rflags;
  words[1] = frame->rip;
  tasks[task].frame = frame;
  tasks[task].state = runnable;
}

void tasks_wake(uint64_t now) {
  for (int task = 0; task < task_count; task++) {
    if (tasks[task].state == sleeping && tasks[task].wakes_at <= now) tasks[task].state = runnable;
  }
}

void task_sleep(uint64_t until) {
  tasks[running].wakes_at = until;
  tasks[running].state = sleeping;
}

void task_kill(void) {
  tasks[running].state = unused;
  uint64_t left = 0;
  for (int task = idle_task + 1; task < task_count; task++) left += tasks[task].state != unused;
  note(note_killed, (uint64_t)running, left);
}

static enum partita_told_state told_state(int task) {
  switch (tasks[task].state) {
    case runnable: return PARTITA_TOLD_READY;
    case sleeping: return PARTITA_TOLD_WAITING;
    default: return PARTITA_TOLD_DORMANT;
  }
}

// The next in turn that can run; the idle task where there is none.
guest_frame *tasks_next(guest_frame *interrupted) {
  int next = idle_task, count = task_count - 1;
  tasks[running].frame = interrupted;
  for (int step = 1; step <= count && next == idle_task; step++) {
    int candidate = (running - 1 + step) % count + 1;
    if (tasks[candidate].state == runnable) next = candidate;
  }
  if (next != running) {
    switches += 1;
    // For the tracer's views: the kernel sees the guest, not its tasks.
    const SYSTEM_TIME_TYPE age = next == idle_task ? 0 : PARTITA_APERIODIC;
    partita_tell_process(tasks[running].key, told_state(running), tasks[next].key, age);
    note(note_switch, (uint64_t)running | (uint64_t)next << 8, switches);
    running = next;
  }
  return tasks[next].frame;
}
