# What the C library has for files, directories, terminals and programs, and a partition has not: each answers that it
# failed, with ENOSYS in errno. musl's own would make a system call of Linux, which here is some hypercall or none.
    .macro absent names:vararg
    .irp    name, \names
    .globl  \name
    .type   \name, @function
\name:
    .endr
    .endm

    .set    ENOSYS, 38

    # These answer -1.
    .section .text.absent, "ax", @progbits
    .p2align 4
absent  open, fstatat, __lseek, lseek, unlink, unlinkat, remove, rename, renameat, access, faccessat, mkdir, mkdirat
absent  rmdir, chdir, fchdir, fcntl, ioctl, dup, dup2, dup3, pipe, pipe2, kill, truncate, ftruncate, link, symlink
absent  readlink, chmod, fchmod, fchmodat, chown, utimensat, sbrk, uname, getrlimit, setrlimit, getrusage, times
absent  sched_yield, getpid, getppid, getuid, geteuid, getgid, getegid, syscall, sigaction, __sigaction
absent  __libc_sigaction, pthread_sigmask, socket, __stdio_close, clock_getres, clock_settime, sync, umask
    subq    $8, %rsp
    callq   __errno_location
    movl    $ENOSYS, (%rax)
    movq    $-1, %rax
    addq    $8, %rsp
    ret

    # These answer a null pointer, 0 bytes, or no.
    .section .text.absent_null, "ax", @progbits
    .p2align 4
absent  fopen, fdopen, __fdopen, freopen, tmpfile, tmpnam, tempnam, popen, opendir, readdir, getcwd, isatty
absent  __stdio_read
    subq    $8, %rsp
    callq   __errno_location
    movl    $ENOSYS, (%rax)
    xorl    %eax, %eax
    addq    $8, %rsp
    ret

    .section .note.GNU-stack, "", @progbits
