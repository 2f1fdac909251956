// Who serves a hypercall at once, by its number: all are called alike and answer alike. The most frequent ones have
// functions of their own, which need not look at the number; an image without them leaves all to
// partita_serve_at_once, which knows every number.

#include "SwitcherLayout.h"

    .text
    .weak   partita_serve_read_time, partita_serve_note, partita_serve_null
    .weak   partita_serve_sampling_write, partita_serve_sampling_read
    .weak   partita_serve_queuing_send, partita_serve_queuing_receive
partita_serve_read_time:
partita_serve_note:
partita_serve_null:
partita_serve_sampling_write:
partita_serve_sampling_read:
partita_serve_queuing_send:
partita_serve_queuing_receive:
    jmp     partita_serve_at_once
partita_serve_never:
    xorl    %eax, %eax
    ret

    .section .rodata, "a", @progbits
    .balign 64
    .globl  partita_calls_at_once
partita_calls_at_once:
    // By rising numbers; what lies between is never served at once.
    .set    number, 0
    .macro  served number_of, by
    .rept   \number_of - number
    .quad   partita_serve_never
    .endr
    .quad   \by
    .set    number, \number_of + 1
    .endm
    served  PARTITA_CALL_ENABLE_INTERRUPT, partita_serve_at_once
    served  PARTITA_CALL_DISABLE_INTERRUPT, partita_serve_at_once
    served  PARTITA_CALL_ACKNOWLEDGE_INTERRUPT, partita_serve_at_once
    served  PARTITA_CALL_READ_TIME, partita_serve_read_time
    served  PARTITA_CALL_SAMPLING_WRITE, partita_serve_sampling_write
    served  PARTITA_CALL_SAMPLING_READ, partita_serve_sampling_read
    served  PARTITA_CALL_NOTE, partita_serve_note
    served  PARTITA_CALL_NULL, partita_serve_null
    served  PARTITA_CALL_READ_STATISTIC, partita_serve_at_once
    served  PARTITA_CALL_RAISE_EVENT, partita_serve_at_once
    served  PARTITA_CALL_QUEUING_SEND, partita_serve_queuing_send
    served  PARTITA_CALL_QUEUING_RECEIVE, partita_serve_queuing_receive
    served  PARTITA_CALL_READ_QUEUING_STATUS, partita_serve_at_once
    served  PARTITA_CALL_NOTE_WORDS, partita_serve_at_once
    served  PARTITA_CALL_TELL_PROCESS, partita_serve_at_once
    served  PARTITA_CALL_READ_SAMPLING_TIME, partita_serve_at_once
    .if number != PARTITA_CALLS_AT_ONCE
    .error  "PARTITA_CALLS_AT_ONCE is the number behind the last"
    .endif

    .section .note.GNU-stack, "", @progbits
