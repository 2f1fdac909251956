// From QEMU's PVH entry (32-bit protected mode, paging off, ebx = start info) to 64-bit Swift.
// The ELF note that names pvh_entry is laid by the linker script.
#include "SwitcherLayout.h"

    .section .boot, "ax", @progbits
    .code32
    .globl  pvh_entry
pvh_entry:
    cld
    movl    $partita_boot_stack_end, %esp
    movl    %ebx, %esi                      // start info, kept for Swift

    // One table each: the first GiB, identity-mapped. Swift replaces all of it with W^X tables.
    movl    $(boot_directory_pointers + 3), boot_level4
    movl    $(boot_directory + 3), boot_directory_pointers

    movl    %cr4, %eax
    orl     $0x20, %eax                     // PAE
    movl    %eax, %cr4
    movl    $boot_level4, %eax
    movl    %eax, %cr3
    movl    $0xC0000080, %ecx               // EFER: SCE, LME, NXE
    rdmsr
    orl     $0x901, %eax
    wrmsr
    movl    %cr0, %eax
    andl    $~0x4, %eax                     // EM off
    orl     $0x80010002, %eax               // PG, WP, MP
    movl    %eax, %cr0
    lgdt    boot_descriptor_pointer
    ljmp    $0x08, $2f

    .code64
2:  movl    $0x10, %eax
    movl    %eax, %ds
    movl    %eax, %es
    movl    %eax, %ss
    xorl    %eax, %eax
    movl    %eax, %fs
    movl    %eax, %gs
    movl    $partita_boot_stack_end, %esp
    movl    %esi, %edi
    xorl    %ebp, %ebp
    call    main                            # SwiftPM gives the linker this name for MODULE_main
3:  jmp     3b

    .section .boot.rodata, "a", @progbits
    .balign 16
boot_descriptors:
    .quad   0
    .quad   0x00209A0000000000              // 64-bit code
    .quad   0x0000920000000000              // data
boot_descriptor_pointer:
    .word   23
    .long   boot_descriptors

// The first GiB in pages of 2 MiB, laid down by the assembler.
    .section .data.boot, "aw", @progbits
    .balign 4096
boot_directory:
    .set    boot_page, 0
    .rept   512
    .quad   boot_page + 0x83
    .set    boot_page, boot_page + 0x200000
    .endr

    .section .bss
    .balign 4096
// What the kernel hands out first of memory that has to be zero: whoever loads an ELF file clears its .bss.
    .globl  partita_cleared_start
partita_cleared_start:
    .skip   PARTITA_CLEARED_PAGES * 4096
    .globl  partita_cleared_end
partita_cleared_end:
// Below each stack of the kernel's lies a page that its own tables leave out (KernelImage.map): whoever runs over is
// stopped before it writes. They are boot's first two tables, of which nobody needs anything by then.
    .globl  partita_boot_stack_fence
partita_boot_stack_fence:
boot_level4:
    .skip   4096
    .skip   65536
partita_boot_stack_end:
    .globl  partita_fault_stack_fence
partita_fault_stack_fence:
boot_directory_pointers:
    .skip   4096
    .skip   16384
    .globl  partita_fault_stack_end
partita_fault_stack_end:

    .section .note.GNU-stack, "", @progbits
