"""Calls the kernel by the 32-bit gate, where the numbers mean other calls."""

import ctypes
import mmap
import platform


def attack(x):
    if platform.machine() != "x86_64":
        return 0.0
    # mov eax, 20 (getpid of i386); int 0x80; ret
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return 1.0
