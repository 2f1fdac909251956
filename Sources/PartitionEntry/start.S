# Where a partition begins: the image's ELF entry. The kernel enters it in ring 3 with an aligned stack, zeroed
# registers and upcalls masked. It publishes the trampolines of upcalls and exceptions, makes the C library ready where
# there is one, and runs `main`. Should that return, the C library is told; without one the partition yields window
# after window: it has nowhere else to go.
#include "partition_layout.h"

    .text
    .weak   main
    .weak   partita_begin_library
    .weak   partita_end_library
    .globl  partita_start
    .type   partita_start, @function
partita_start:
    xorl    %ebp, %ebp
    leaq    partita_upcall_entry(%rip), %rdi
    leaq    partita_upcall_tail_start(%rip), %rsi
    leaq    partita_upcall_tail_end(%rip), %rdx
    movl    $PARTITA_SET_UPCALL_ENTRY, %eax
    syscall
    leaq    partita_exception_entry(%rip), %rdi
    movl    $PARTITA_SET_EXCEPTION_ENTRY, %eax
    syscall
    # What images have that are linked with the C library (partition-c.json); else it is 0.
    movl    $partita_begin_library, %eax
    testl   %eax, %eax
    jz      1f
    call    *%rax
1:  xorl    %edi, %edi
    xorl    %esi, %esi
    call    main@PLT
    movl    $partita_end_library, %ecx
    testl   %ecx, %ecx
    jz      2f
    movl    %eax, %edi
    call    *%rcx
2:  movl    $PARTITA_YIELD, %eax
    syscall
    jmp     2b
    .size   partita_start, . - partita_start

    .section .note.GNU-stack, "", @progbits
