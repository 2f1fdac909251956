#include <arinc653/error.h>

#include <partita_flow.h>

#include "partita.h"
#include "partita_preemption.h"
#include "partita_scheduler.h"

enum { error_vector = 32, least_stack_bytes = 4096 };

static SYSTEM_ADDRESS_TYPE handler_entry;
static void *stack_top;
/// The stack pointers that the handler, and the process whose place it took, have left.
static void *handler_stack_pointer, *interrupted_stack_pointer;
static PROCESS_ID_TYPE interrupted_process;
static ERROR_STATUS_TYPE error;
static bool is_error_unread;
/// What the last RAISE_APPLICATION_ERROR said: the kernel passes on an address only.
static APEX_BYTE raised_message[MAX_ERROR_MESSAGE_SIZE];
static ERROR_MESSAGE_SIZE_TYPE raised_length;

void RAISE_APPLICATION_ERROR(
    ERROR_CODE_TYPE code, MESSAGE_ADDR_TYPE message, ERROR_MESSAGE_SIZE_TYPE length, RETURN_CODE_TYPE *status) {
  if (code != APPLICATION_ERROR) {
    *status = INVALID_PARAM;
    return;
  }
  // Masked until the handler has its copy: another process may raise one, too.
  uint64_t before = partita_enter();
  raised_length = 0;
  if (length > 0 && length <= MAX_ERROR_MESSAGE_SIZE) {
    __builtin_memcpy(raised_message, message, (size_t)length);
    raised_length = length;
  }
  // A negative length becomes one that the kernel refuses.
  *status = (RETURN_CODE_TYPE)partita_hypercall3(
                PARTITA_RAISE_APPLICATION_ERROR, (uint64_t)code, (uint64_t)(uintptr_t)message, (uint64_t)length)
                .status;
  partita_leave(before);
}

static void run_handler(void) {
  ((void (*)(void))handler_entry)();
  partita_error_handler_end();
}

/// Where the kernel brings an error of process level: on the stack of the code that failed, masked.
static void take_error(
    uint64_t vector, struct partita_exception_frame *frame, uint64_t code, uint64_t address) {
  (void)vector;
  interrupted_process = partita_running;
  partita_processes[interrupted_process].was_stopped = false;
  partita_running = NULL_PROCESS_ID;
  partita_is_in_error_handler = true;
  error.ERROR_CODE = (ERROR_CODE_TYPE)code;
  error.FAILED_PROCESS_ID = partita_late_process != NULL_PROCESS_ID ? partita_late_process : interrupted_process;
  const bool is_memory = code == MEMORY_VIOLATION || code == STACK_OVERFLOW;
  error.FAILED_ADDRESS = (SYSTEM_ADDRESS_TYPE)(uintptr_t)(is_memory && address != 0 ? address : frame->rip);
  if (code == DEADLINE_MISSED) error.FAILED_ADDRESS = 0;
  error.LENGTH = code == APPLICATION_ERROR ? raised_length : 0;
  __builtin_memcpy(error.MESSAGE, raised_message, (size_t)error.LENGTH);
  is_error_unread = true;
  handler_stack_pointer = partita_flow_prepare(stack_top, run_handler);
  partita_flow_switch(&interrupted_stack_pointer, handler_stack_pointer);
}

void partita_error_handler_end(void) {
  is_error_unread = false;
  partita_is_in_error_handler = false;
  if (!partita_processes[interrupted_process].was_stopped) {
    partita_running = interrupted_process;
    // What the handler has started is looked at now: in it there was nobody to be preempted.
    if (partita_is_outranked()) partita_tick_at_once();
    else partita_arm_timer();
    partita_flow_switch(&handler_stack_pointer, interrupted_stack_pointer);
  }
  // The process was stopped: nobody returns through its frame, so the kernel is told here that the handler is done.
  // So is an upcall that was being handled. Upcalls stay masked, as the scheduler wants it.
  __asm__ volatile(
      "incl %0" : "+m"(*(volatile uint32_t *)(uintptr_t)(PARTITA_SHARED_PAGE + PARTITA_EXCEPTIONS_RETURNED)) : : "cc");
  partita_forget_upcalls();
  partita_abandon();
}

void CREATE_ERROR_HANDLER(SYSTEM_ADDRESS_TYPE entry, STACK_SIZE_TYPE stack_size, RETURN_CODE_TYPE *status) {
  if (handler_entry != 0) {
    *status = NO_ACTION;
    return;
  }
  if (partita_is_normal()) {
    *status = INVALID_MODE;
    return;
  }
  void *top = partita_new_stack(stack_size < least_stack_bytes ? least_stack_bytes : stack_size);
  if (entry == 0 || top == 0) {
    *status = INVALID_CONFIG;
    return;
  }
  handler_entry = entry;
  stack_top = top;
  *status = (RETURN_CODE_TYPE)partita_set_exception_handler(error_vector, take_error);
}

void GET_ERROR_STATUS(ERROR_STATUS_TYPE *error_status, RETURN_CODE_TYPE *status) {
  if (!partita_is_in_error_handler) {
    *status = INVALID_CONFIG;
    return;
  }
  if (!is_error_unread) {
    *status = NO_ACTION;
    return;
  }
  is_error_unread = false;
  *error_status = error;
  *status = NO_ERROR;
}

void REPORT_APPLICATION_MESSAGE(MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status) {
  if (size < 0 || size > MAX_ERROR_MESSAGE_SIZE) {
    *status = INVALID_PARAM;
    return;
  }
  partita_console_write((const char *)message, (size_t)size);
  partita_console_write("\r\n", 2);
  *status = NO_ERROR;
}

void CONFIGURE_ERROR_HANDLER(
    ERROR_HANDLER_CONCURRENCY_CONTROL_TYPE concurrency, PROCESSOR_CORE_ID_TYPE core, RETURN_CODE_TYPE *status) {
  if (concurrency != PROCESSES_PAUSE && concurrency != PROCESSES_SCHEDULED) *status = INVALID_PARAM;
  else if (core != 0 && core != CORE_AFFINITY_NO_PREFERENCE) *status = INVALID_PARAM;
  else if (partita_is_normal()) *status = INVALID_MODE;
  else *status = handler_entry == 0 ? INVALID_CONFIG : NO_ERROR;
}
