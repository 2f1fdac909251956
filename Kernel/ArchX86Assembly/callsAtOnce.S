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

    .section .rodata, "a", @progbits
    .balign 64
    .globl  partita_calls_at_once
partita_calls_at_once:
    .set    number, 0
    .rept   PARTITA_CALLS_AT_ONCE
    .if number == PARTITA_CALL_READ_TIME
    .quad   partita_serve_read_time
    .elseif number == PARTITA_CALL_NOTE
    .quad   partita_serve_note
    .elseif number == PARTITA_CALL_NULL
    .quad   partita_serve_null
    .elseif number == PARTITA_CALL_SAMPLING_WRITE
    .quad   partita_serve_sampling_write
    .elseif number == PARTITA_CALL_SAMPLING_READ
    .quad   partita_serve_sampling_read
    .elseif number == PARTITA_CALL_QUEUING_SEND
    .quad   partita_serve_queuing_send
    .elseif number == PARTITA_CALL_QUEUING_RECEIVE
    .quad   partita_serve_queuing_receive
    .else
    .quad   partita_serve_at_once
    .endif
    .set    number, number + 1
    .endr

    .section .note.GNU-stack, "", @progbits
