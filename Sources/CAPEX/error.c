#include "partita_error.h"

#include <partita_flow.h>

#include "partita_process_state.h"

enum { error_vector = 32, least_stack_bytes = 4096 };

static SYSTEM_ADDRESS_TYPE handler_entry;
static void *stack_top;
/// The stack pointers that the handler, and the process whose place it took, have left.
static void *handler_stack_pointer, *interrupted_stack_pointer;
static PROCESS_ID_TYPE interrupted_process;
static uint64_t were_interrupts_enabled;

static ERROR_STATUS_TYPE error;
static bool is_error_unread;
/// What the last RAISE_APPLICATION_ERROR said: the kernel passes on an address only.
static APEX_BYTE raised_message[MAX_ERROR_MESSAGE_SIZE];
static ERROR_MESSAGE_SIZE_TYPE raised_length;

void RAISE_APPLICATION_ERROR(
    ERROR_CODE_TYPE code, MESSAGE_ADDR_TYPE message, ERROR_MESSAGE_SIZE_TYPE length, RETURN_CODE_TYPE *status) {
  raised_length = 0;
  if (length > 0 && length <= MAX_ERROR_MESSAGE_SIZE && code == APPLICATION_ERROR) {
    __builtin_memcpy(raised_message, message, (size_t)length);
    raised_length = length;
  }
  // A negative length becomes one that the kernel refuses.
  *status = (RETURN_CODE_TYPE)partita_hypercall3(
                PARTITA_RAISE_APPLICATION_ERROR, (uint64_t)code, (uint64_t)(uintptr_t)message, (uint64_t)length)
                .status;
}

static void run_handler(void) {
  ((void (*)(void))handler_entry)();
  partita_error_handler_end();
}

/// Where the kernel brings an error of process level: on the stack of the code that failed, masked.
static void take_error(
    uint64_t vector, struct partita_exception_frame *frame, uint64_t code, uint64_t address) {
  (void)vector;
  interrupted_process = partita_process_interrupt();
  were_interrupts_enabled = frame->cause >> PARTITA_FRAME_CAUSE_ENABLED_BIT & 1;
  error.ERROR_CODE = (ERROR_CODE_TYPE)code;
  error.FAILED_PROCESS_ID = interrupted_process;
  const bool is_memory = code == MEMORY_VIOLATION || code == STACK_OVERFLOW;
  error.FAILED_ADDRESS = (SYSTEM_ADDRESS_TYPE)(uintptr_t)(is_memory && address != 0 ? address : frame->rip);
  error.LENGTH = code == APPLICATION_ERROR ? raised_length : 0;
  __builtin_memcpy(error.MESSAGE, raised_message, (size_t)error.LENGTH);
  is_error_unread = true;
  handler_stack_pointer = partita_flow_prepare(stack_top, run_handler);
  partita_flow_switch(&interrupted_stack_pointer, handler_stack_pointer);
}

void partita_error_handler_end(void) {
  is_error_unread = false;
  if (partita_process_resume(interrupted_process)) {
    partita_flow_switch(&handler_stack_pointer, interrupted_stack_pointer);
  }
  // The process was stopped: nobody returns through its frame, so the kernel is told here that the handler is done.
  __asm__ volatile(
      "incl %0" : "+m"(*(volatile uint32_t *)(uintptr_t)(PARTITA_SHARED_PAGE + PARTITA_EXCEPTIONS_RETURNED)) : : "cc");
  partita_interrupts_restore(were_interrupts_enabled);
  partita_process_abandon();
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
  void *top = partita_process_stack(stack_size < least_stack_bytes ? least_stack_bytes : stack_size);
  if (entry == 0 || top == 0) {
    *status = INVALID_CONFIG;
    return;
  }
  handler_entry = entry;
  stack_top = top;
  *status = (RETURN_CODE_TYPE)partita_set_exception_handler(error_vector, take_error);
}

void GET_ERROR_STATUS(ERROR_STATUS_TYPE *error_status, RETURN_CODE_TYPE *status) {
  if (!partita_is_error_handler()) {
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
