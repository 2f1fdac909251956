// The world switch (lineage row L5): the one piece of code mapped at the same high address in every address space.
//
// partita_enter goes from the kernel to ring 3; every trap, interrupt and `syscall` comes back through switcher_common
// and returns from partita_enter, as from a call. The register page of the partition that runs is at
// PARTITA_REGISTER_PAGE in its address space; in the kernel's own, the idle loop's page is there. Interrupts are off
// throughout, apart from the restartable loop in partita_wait.
//
// SwitcherMacros.h has what several ways share; ExceptionEntries.h the entries that do not go by a stub, and how a
// window's first instruction comes at its instant. All is one section, in this order.
#include "SwitcherLayout.h"
#include "SwitcherMacros.h"

    .section .switcher, "ax", @progbits
    .balign 4096
    .globl partita_switcher_start
partita_switcher_start:

// 256 stubs of 16 bytes. Vectors 8, 10–14, 17, 21, 29 and 30 push an error code; the others get a zero, so that every
// frame has one shape.
    .set    stub_vector, 0
    .rept   256
    .balign 16
    .if (stub_vector == 8) || ((stub_vector >= 10) && (stub_vector <= 14)) || (stub_vector == 17) || \
        (stub_vector == 21) || (stub_vector == 29) || (stub_vector == 30)
    .else
    pushq   $0
    .endif
    pushq   $stub_vector
    .if stub_vector < 32
    jmp     switcher_exception
    .elseif (stub_vector < 48) && ((stub_vector & 7) != 7)
    jmp     switcher_line                   // lines 7 and 15 may be spurious: they go the long way
    .else
    jmp     switcher_common
    .endif
    .set    stub_vector, stub_vector + 1
    .endr

// Of an exception with the interrupt flag off only the flag's absence tells: a fault of a window's first instruction.
switcher_exception:
    testb   $2, 33(%rsp)                    // the interrupt flag, bit 9
    jnz     switcher_common
    testb   $3, 24(%rsp)                    // CS; the kernel's own go on as they are
    jz      switcher_common
    orb     $2, 33(%rsp)
    testl   $PARTITA_HOLD_TRAPS, REGISTERS(PARTITA_REGISTERS_HOLD)
    jz      switcher_common
    andb    $~1, 33(%rsp)                   // the trap flag, bit 8

    .balign 16
switcher_common:
    pushq   %rax
    pushq   %rbx
    pushq   %rcx
    pushq   %rdx
    pushq   %rsi
    pushq   %rdi
    pushq   %rbp
    pushq   %r8
    pushq   %r9
    pushq   %r10
    pushq   %r11
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    rdtsc
    shlq    $32, %rdx
    orq     %rdx, %rax
    movq    %cr3, %rbx
    testb   $3, 144(%rsp)                   // the interrupted code's privilege, in its CS
    jz      switcher_from_kernel
switcher_to_kernel:
    movq    PARTITA_KERNEL_STACK, %rsp
    movq    PARTITA_KERNEL_ROOT, %rcx
    movq    %rcx, %cr3
    movq    %rax, PARTITA_ENTRY_TICKS       // only in the kernel's space can the words be written
    movq    %rbx, PARTITA_FOUND_ROOT
    pushq   $2                              // direction, alignment, trap and nested-task flags are the partition's
    popfq
    popq    %rbp
    movl    $1, %eax
    ret

// The lines' interrupts. Out of ring 3 they take a short way like the hypercalls': registers that compiled code may
// change are saved, partita_mark_at_once records, marks and acknowledges, and says whether more is to be decided.
switcher_line:
    testb   $3, 24(%rsp)                    // CS; out of partita_wait they go the long way
    jz      switcher_common
    save_changed_registers
    movq    %rcx, REGISTERS(PARTITA_REGISTERS_RAX - 16)
    movq    %r11, REGISTERS(PARTITA_REGISTERS_RAX - 80)
    rdtsc
    shlq    $32, %rdx
    leaq    (%rax, %rdx), %rdi
    movq    %cr3, %rsi
    movl    (%rsp), %edx
    movq    PARTITA_KERNEL_STACK, %rsp
    movq    PARTITA_KERNEL_ROOT, %rax
    movq    %rax, %cr3
    movq    %rdi, PARTITA_ENTRY_TICKS
    movq    %rsi, PARTITA_FOUND_ROOT
    cld                                     // of the partition's flags only this one matters to compiled code
    movabsq $partita_mark_at_once, %rax
    call    *%rax
    movq    PARTITA_FOUND_ROOT, %rcx
    cmpl    $1, %eax
    jne     1f
    load_changed_registers
    movq    REGISTERS(PARTITA_REGISTERS_RAX - 16), %rcx
    movq    REGISTERS(PARTITA_REGISTERS_RAX - 80), %r11
    iretq
1:  movq    %rcx, %cr3
    save_preserved_registers
    movq    PARTITA_KERNEL_ROOT, %rcx
    movq    %rcx, %cr3
    pushq   $2                              // as at switcher_to_kernel
    popfq
    cmpl    $2, %eax                        // marked is 2, and anything else 1
    je      2f
    movl    $1, %eax
2:  return_to_kernel

switcher_from_kernel:
    cmpq    $32, 120(%rsp)                  // an interrupt can only have come in partita_wait
    jae     switcher_to_kernel
    // An exception in the kernel: an invariant is broken. The frame is on the kernel's or on an IST stack.
    movq    %rsp, %rdi
    movq    PARTITA_KERNEL_ROOT, %rax
    movq    %rax, %cr3
    movabsq $partita_fault_stack_end, %rsp
    movabsq $partita_kernel_fault, %rax
    call    *%rax
1:  jmp     1b

#include "ExceptionEntries.h"

// `syscall` leaves the partition's stack pointer in place. Most calls need only an answer: first the registers that
// compiled code may change are saved, and the kernel is asked whether it serves the call at once
// (partita_calls_at_once, by number). If so, back; if not, the rest of the frame follows as if an interrupt had come.
    .globl  partita_syscall_entry
partita_syscall_entry:
    movq    %rsp, REGISTERS(PARTITA_REGISTERS_RSP)
    movq    %rcx, REGISTERS(PARTITA_REGISTERS_RIP)
    orl     $0x200, %r11d                   // off if it was a window's first instruction
    movq    %r11, REGISTERS(PARTITA_REGISTERS_RFLAGS)
    save_changed_registers
    movq    %rax, %rcx
    rdtsc
    shlq    $32, %rdx
    leaq    (%rax, %rdx), %rsi
    movq    %cr3, %rdi
    movq    $PARTITA_USER_CODE, REGISTERS(PARTITA_REGISTERS_CS)  // no interrupt's frame has put them there
    movq    $PARTITA_USER_DATA, REGISTERS(PARTITA_REGISTERS_SS)
    movq    PARTITA_KERNEL_STACK, %rsp
    movq    PARTITA_KERNEL_ROOT, %rax
    movq    %rax, %cr3
    movq    %rsi, PARTITA_ENTRY_TICKS
    movq    %rdi, PARTITA_FOUND_ROOT
    cmpq    $PARTITA_CALLS_AT_ONCE, %rcx
    jae     1f
    call    *partita_calls_at_once(, %rcx, 8)
    testl   %eax, %eax
    jz      1f
    movq    PARTITA_FOUND_ROOT, %rcx
    load_changed_registers
    movq    (%rsp), %rcx                    // as `syscall` left them: nothing of the kernel's shows
    movq    16(%rsp), %r11
    iretq
1:  movq    PARTITA_FOUND_ROOT, %rcx
    movq    %rcx, %cr3                      // the register page is in the partition's space
    save_preserved_registers
    movq    REGISTERS(PARTITA_REGISTERS_RIP), %rax  // rcx and r11 as `syscall` left them
    movq    %rax, REGISTERS(PARTITA_REGISTERS_RAX - 16)
    movq    REGISTERS(PARTITA_REGISTERS_RFLAGS), %rax
    movq    %rax, REGISTERS(PARTITA_REGISTERS_RAX - 80)
    movq    $0, REGISTERS(PARTITA_REGISTERS_ERROR)
    movq    $PARTITA_SYSCALL_VECTOR, REGISTERS(PARTITA_REGISTERS_VECTOR)
    movq    PARTITA_KERNEL_ROOT, %rax
    movq    %rax, %cr3
    movl    $1, %eax
    return_to_kernel

// uint32_t partita_enter(uint64_t padTicks)
// Enters ring 3 in the address space of PARTITA_NEXT_ROOT with the frame in its register page; with padTicks other than
// 0 the last counter reading before the exit comes exactly then. Returns at the next entry to the kernel; of the
// caller's registers rsp and rbp are kept.
    .globl  partita_enter
partita_enter:
    pushq   %rbp
    movq    %rsp, PARTITA_KERNEL_STACK
    movq    $(PARTITA_SWITCHER_TEXT + (3f - partita_switcher_start)), %rax
    jmp     *%rax
3:  testq   %rdi, %rdi
    jz      6f
4:  rdtsc
    shlq    $32, %rdx
    orq     %rdx, %rax
    movq    %rdi, %rcx
    subq    %rax, %rcx
    cmpq    $PARTITA_PAD_SLED, %rcx
    jg      4b
    xorl    %eax, %eax
    testq   %rcx, %rcx
    cmovsq  %rax, %rcx                      // late already: no pad
    leaq    5f(%rip), %rax
    subq    %rcx, %rax
    jmp     *%rax
    .fill   PARTITA_PAD_SLED, 1, 0x90
5:
6:  rdtsc
    shlq    $32, %rdx
    leaq    PARTITA_EXIT_INSTRUCTIONS(%rax, %rdx), %rax
    movq    %rax, PARTITA_EXIT_TICKS
    movq    PARTITA_NEXT_ROOT, %rax
    movq    %rax, %cr3
    movq    $REGISTERS(PARTITA_REGISTERS_FRAME), %rsp
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %r11
    popq    %r10
    popq    %r9
    popq    %r8
    popq    %rbp
    popq    %rdi
    popq    %rsi
    popq    %rdx
    popq    %rcx
    popq    %rbx
    popq    %rax
    addq    $16, %rsp
    iretq

// uint32_t partita_wait(uint64_t untilTicks)
// The restartable idle loop: interrupts on, in ring 0, until the counter reaches untilTicks (all ones: for ever).
// Returns 1 if an interrupt came, 0 if the time came. Its stack is the idle register page's frame, so an interrupt's
// frame is there.
    .globl  partita_wait
partita_wait:
    pushq   %rbp
    movq    %rsp, PARTITA_KERNEL_STACK
    rdtsc
    shlq    $32, %rdx
    orq     %rdx, %rax
    movq    %rax, PARTITA_EXIT_TICKS
    movq    $REGISTERS(PARTITA_REGISTERS_FRAME_END), %rsp
    cmpq    $-1, %rdi
    je      9f
    sti
7:  rdtsc
    shlq    $32, %rdx
    orq     %rdx, %rax
    cmpq    %rdi, %rax
    jb      7b
    cli
    movq    PARTITA_KERNEL_STACK, %rsp
    popq    %rbp
    xorl    %eax, %eax
    ret
9:  sti
8:  jmp     8b

    .balign 4096
    .globl  partita_switcher_end
partita_switcher_end:

// Where things are, for whoever looks at the machine from outside with this image's symbols, as `partita goto` does:
// the switcher's text, the address space that the last entry found, and the interrupted partition's registers in it.
    .globl  partita_at_switcher_text, partita_at_found_root
    .globl  partita_at_interrupted_instruction, partita_at_interrupted_stack
    .set    partita_at_switcher_text, PARTITA_SWITCHER_TEXT
    .set    partita_at_found_root, PARTITA_FOUND_ROOT
    .set    partita_at_interrupted_instruction, REGISTERS(PARTITA_REGISTERS_RIP)
    .set    partita_at_interrupted_stack, REGISTERS(PARTITA_REGISTERS_RSP)

    .section .note.GNU-stack, "", @progbits
