"""System call numbers, and which of them a submission may make.

Numbers: ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h`` of Linux, as installed in
``asm/unistd_64.h`` and ``asm-generic/unistd.h``; the tests compare them with the headers of the machine.
"""

X86_64 = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8,
    "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
    "rt_sigreturn": 15, "ioctl": 16, "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20, "access": 21,
    "pipe": 22, "select": 23, "sched_yield": 24, "mremap": 25, "msync": 26, "madvise": 28, "dup": 32, "dup2": 33,
    "pause": 34, "nanosleep": 35, "getitimer": 36, "alarm": 37, "setitimer": 38, "getpid": 39, "sendmsg": 46,
    "recvmsg": 47, "clone": 56, "fork": 57, "exit": 60, "wait4": 61, "kill": 62, "uname": 63, "fcntl": 72,
    "getdents": 78, "getcwd": 79, "readlink": 89, "gettimeofday": 96, "getrlimit": 97, "getrusage": 98,
    "sysinfo": 99, "times": 100, "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110,
    "getpgrp": 111, "setsid": 112, "getgroups": 115, "getresuid": 118, "getresgid": 120, "getpgid": 121,
    "getsid": 124, "rt_sigpending": 127, "rt_sigtimedwait": 128, "rt_sigsuspend": 130, "sigaltstack": 131,
    "getpriority": 140, "sched_getparam": 143, "sched_getscheduler": 145, "sched_get_priority_max": 146,
    "sched_get_priority_min": 147, "prctl": 157, "gettid": 186, "time": 201, "futex": 202,
    "sched_getaffinity": 204, "getdents64": 217, "set_tid_address": 218, "restart_syscall": 219, "fadvise64": 221,
    "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "epoll_wait": 232,
    "epoll_ctl": 233, "tgkill": 234, "openat": 257, "newfstatat": 262, "readlinkat": 267, "faccessat": 269,
    "pselect6": 270, "ppoll": 271, "set_robust_list": 273, "get_robust_list": 274, "epoll_pwait": 281,
    "eventfd2": 290, "epoll_create1": 291, "dup3": 292, "pipe2": 293, "preadv": 295, "prlimit64": 302,
    "getcpu": 309, "getrandom": 318, "membarrier": 324, "statx": 332, "rseq": 334, "clone3": 435,
    "close_range": 436, "openat2": 437, "faccessat2": 439, "landlock_restrict_self": 446, "futex_waitv": 449,
}  # fmt: skip
"""Of x86_64."""
AARCH64 = {
    "getcwd": 17, "eventfd2": 19, "epoll_create1": 20, "epoll_ctl": 21, "epoll_pwait": 22, "dup": 23, "dup3": 24,
    "fcntl": 25, "ioctl": 29, "faccessat": 48, "openat": 56, "close": 57, "pipe2": 59, "getdents64": 61,
    "lseek": 62, "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67, "pwrite64": 68, "preadv": 69,
    "pselect6": 72, "ppoll": 73, "readlinkat": 78, "newfstatat": 79, "fstat": 80, "exit": 93, "exit_group": 94,
    "set_tid_address": 96, "futex": 98, "set_robust_list": 99, "get_robust_list": 100, "nanosleep": 101,
    "getitimer": 102, "setitimer": 103, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115,
    "sched_getscheduler": 120, "sched_getparam": 121, "sched_getaffinity": 123, "sched_yield": 124,
    "sched_get_priority_max": 125, "sched_get_priority_min": 126, "restart_syscall": 128, "kill": 129,
    "tgkill": 131, "sigaltstack": 132, "rt_sigsuspend": 133, "rt_sigaction": 134, "rt_sigprocmask": 135,
    "rt_sigpending": 136, "rt_sigtimedwait": 137, "rt_sigreturn": 139, "getpriority": 141, "getresuid": 148,
    "getresgid": 150, "times": 153, "getpgid": 155, "getsid": 156, "setsid": 157, "getgroups": 158, "uname": 160,
    "getrlimit": 163, "getrusage": 165, "prctl": 167, "getcpu": 168, "gettimeofday": 169, "getpid": 172,
    "getppid": 173, "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178, "sysinfo": 179,
    "sendmsg": 211, "recvmsg": 212, "brk": 214, "munmap": 215, "mremap": 216, "clone": 220, "mmap": 222,
    "fadvise64": 223, "mprotect": 226, "msync": 227, "madvise": 233, "wait4": 260, "prlimit64": 261,
    "getrandom": 278, "membarrier": 283, "statx": 291, "rseq": 293, "clone3": 435, "close_range": 436,
    "openat2": 437, "faccessat2": 439, "landlock_restrict_self": 446, "futex_waitv": 449,
}  # fmt: skip
"""Of aarch64, which has no calls that the generic table calls obsolete."""
NEWEST = 462
"""``mseal``, Linux 6.10: whatever is newer does not exist here (ENOSYS), so that a C library falls back."""

PLAIN = (
    "read", "write", "close", "fstat", "poll", "lseek", "mmap", "mprotect", "munmap", "brk", "rt_sigaction",
    "rt_sigprocmask", "rt_sigreturn", "pread64", "pwrite64", "readv", "writev", "preadv", "select", "pselect6",
    "ppoll", "pipe", "pipe2", "sched_yield", "mremap", "msync", "madvise", "dup", "dup2", "dup3", "pause",
    "nanosleep", "clock_nanosleep", "getitimer", "setitimer", "alarm", "getpid", "gettid", "getppid", "exit",
    "exit_group", "wait4", "uname", "getcwd", "gettimeofday", "time", "getrlimit", "getrusage", "sysinfo",
    "times", "getuid", "getgid", "geteuid", "getegid", "getresuid", "getresgid", "getgroups", "getpgrp",
    "getpgid", "getsid", "getpriority", "rt_sigpending", "rt_sigtimedwait", "rt_sigsuspend", "sigaltstack",
    "sched_getparam", "sched_getscheduler", "sched_getaffinity", "sched_get_priority_max",
    "sched_get_priority_min", "futex", "futex_waitv", "set_tid_address", "restart_syscall", "clock_gettime",
    "clock_getres", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2", "set_robust_list",
    "get_robust_list", "getcpu", "getrandom", "membarrier", "rseq", "close_range",
)  # fmt: skip
"""Harmless whatever their arguments: one's own memory, time, descriptors, signals to come, identity."""
PATHS = (
    "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat",
    "getdents", "getdents64", "fadvise64",
)  # fmt: skip
"""Ask about files by name; refused where no file may be opened at all."""
WEIGHED = (
    "clone", "clone3", "kill", "tgkill", "prlimit64", "prctl", "fcntl", "ioctl", "open", "openat", "openat2",
)  # fmt: skip
"""Allowed by their arguments, or refused in a special way: see `seccomp`."""
ZYGOTE_ONLY = (
    "sendmsg", "recvmsg", "setsid", "landlock_restrict_self", "fork",
)  # fmt: skip
"""What the zygote needs on top to make submissions' processes; taken away in each of them."""
