// The entries of non-maskable interrupts, debug exceptions, double faults and machine checks. For switcher.S alone,
// which includes it where its code belongs.
//
// **A window's first instruction.** A line that fires after the last look at the clock is pending when `iretq` goes to
// ring 3, and with the interrupt flag on it would be taken before the first instruction there. So an exit that has an
// instant (RegisterPage.holdInterrupts) leaves with the interrupt flag off and the trap flag on: the instruction runs
// at its instant whatever the lines do, the debug exception comes behind it, and partita_debug_entry gives the
// partition its own flags; there, one instruction later, what is pending is taken. Intel's manual (SDM), volume 3:
// 'Masking Maskable Hardware Interrupts' (the flag off holds every line and the local timer), 'Single-Step Exception
// Condition' (with the trap flag on at an instruction's beginning the exception follows it, a POPF that clears the flag
// included, and a repeated string instruction traps at each step), 'Prioritization of Concurrent Events' (a trap of the
// instruction before goes ahead of external interrupts).
//
// The partition must not notice, and must never run on with its interrupts off. No other state of ring 3 has the
// interrupt flag off, so whoever comes from there with the flag off was on its first instruction:
// - a fault of it: switcher_exception puts the saved flags right, on the way that all exceptions go;
// - `syscall`: is entered without the trap flag, for it enters the kernel anyway; the flag in r11 is put right;
// - PUSHF: the flags that it has stored on the partition's stack are put right;
// - POPF and IRET: the trap flag behind it is the partition's own and stays;
// - where the partition's own trap flag is on, the exception is its own.
// INT1 is entered without the trap flag, for the debug exception is its own. Behind a load of SS the trap comes an
// instruction later ('Masking Exceptions and Interrupts When Switching Stacks'), behind several in a row perhaps not:
// where one of those above follows, the saved instruction pointer tells whether that one is done. (An IRET that is done
// and goes back to itself or to a load before it would be taken for one that is not: if it has loaded a trap flag, it
// goes round once more before that traps. The emulator keeps the trap back behind each load, so here the instruction
// is always done.) More than four loads in a row are entered with interrupts on.

// Non-maskable interrupts are counted on a stack of their own, in the kernel's address space, wherever they come; the
// kernel looks at the count at its next entry.
    .globl  partita_nmi_entry
partita_nmi_entry:
    pushq   %rax
    pushq   %rcx
    movq    %cr3, %rax
    movq    PARTITA_KERNEL_ROOT, %rcx
    movq    %rcx, %cr3
    incq    PARTITA_NMI_COUNT
    movq    %rax, %cr3
    popq    %rcx
    popq    %rax
    iretq

// Debug exception. Behind a window's first instruction the partition gets the flags that are its own, and goes on: the
// page tables stay, and what is pending comes at once. All others are its own affair.
    .globl  partita_debug_entry
partita_debug_entry:
    testb   $2, 17(%rsp)                    // the interrupt flag, bit 9
    jnz     3f
    testb   $3, 8(%rsp)                     // CS; one of the kernel's own is nobody's first instruction
    jz      3f
    cmpl    $PARTITA_HOLD_TRAPS, REGISTERS(PARTITA_REGISTERS_HOLD)
    jne     1f
    xorw    $0x300, 16(%rsp)                // interrupt flag on, trap flag off
    iretq
1:  pushq   %rax
    pushq   %rcx
    movl    REGISTERS(PARTITA_REGISTERS_HOLD), %eax
    orw     $0x200, 32(%rsp)
    movq    REGISTERS(PARTITA_REGISTERS_HELD), %rcx
    subq    16(%rsp), %rcx                  // how far it is still to the held instruction
    shrl    $PARTITA_HOLD_OFFSET, %eax
    cmpq    %rax, %rcx
    movl    REGISTERS(PARTITA_REGISTERS_HOLD), %eax
    jae     5f
    andl    $~(PARTITA_HOLD_STORES_FLAGS | PARTITA_HOLD_LOADS_FLAGS), %eax  // only loads of SS are done
5:  testb   $PARTITA_HOLD_STORES_FLAGS, %al
    jz      2f
    movq    40(%rsp), %rcx                  // the partition's stack pointer: the flags were stored there just now
    pushq   $0x40002                        // alignment-check flag on: SMAP lets ring 0 write there
    popfq
    orw     $0x200, (%rcx)
    notl    %eax
    orw     $~PARTITA_HOLD_TRAPS, %ax
    andw    %ax, (%rcx)
    pushq   $2
    popfq
    movl    REGISTERS(PARTITA_REGISTERS_HOLD), %eax
2:  testb   $PARTITA_HOLD_LOADS_FLAGS, %al
    jnz     4f
    testl   $PARTITA_HOLD_TRAPS, %eax
    jz      4f
    andw    $~0x100, 32(%rsp)
4:  testb   $PARTITA_HOLD_REPORTS, %al
    popq    %rcx
    popq    %rax
    jnz     3f
    iretq
3:  pushq   $0
    pushq   $1
    jmp     switcher_common

// Double fault and machine check: never survivable, whoever runs. The one pushes an error code, the other does not.
    .globl  partita_machine_check_entry
partita_machine_check_entry:
    pushq   $0
    pushq   $18
    jmp     abort_entry
    .globl  partita_double_fault_entry
partita_double_fault_entry:
    pushq   $8
abort_entry:
    cld                                     // compiled code wants it so, and a partition may have set it
    popq    %rbx                            // this stack is another one in the kernel's space
    popq    %rcx
    popq    %rdx
    movq    PARTITA_KERNEL_ROOT, %rax
    movq    %rax, %cr3
    movabsq $partita_fault_stack_end, %rsp
    pushq   %rdx                            // of the frame the vector, the error code and the place are told
    pushq   %rcx
    pushq   %rbx
    subq    $120, %rsp
    movq    %rsp, %rdi
    movabsq $partita_kernel_fault, %rax
    call    *%rax
2:  jmp     2b
