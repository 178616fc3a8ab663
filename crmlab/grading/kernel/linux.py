"""What the kernel of Linux offers everybody: namespaces, mounts, capabilities, a filter of system calls.

The C library is called directly, because Python's own library knows `unshare` since 3.12 only, and the
rest not at all.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from functools import cache
from pathlib import Path

# <linux/sched.h>
NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
# <linux/mount.h>
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 2, 4, 4096, 16384, 1 << 18, 2
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID, _AT_RECURSIVE, _AT_FDCWD = 1, 2, 0x8000, -100
_SYS_MOUNT_SETATTR = 442  # the same number everywhere
# <linux/prctl.h>
_PDEATHSIG, _DUMPABLE, _SECCOMP, _CAPBSET_DROP, _NO_NEW_PRIVS = 1, 4, 22, 24, 38
_CAPABILITY_VERSION_3 = 0x20080522


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces that are named by ``flags`` for new ones."""
    _checked(_libc().unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str = "") -> None:
    """Mount ``source`` at ``target``."""
    words = [os.fsencode(word) if word is not None else None for word in (source, target, kind)]
    _checked(_libc().mount(*words, ctypes.c_ulong(flags), options.encode()), f"mount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make ``new`` the root; what was the root is found at ``old``."""
    number = {"x86_64": 155, "aarch64": 41}[platform.machine()]
    _checked(_libc().syscall(number, os.fsencode(new), os.fsencode(old)), "pivot_root")


def unmount(target: str) -> None:
    """Take away what is mounted at ``target``, with all below it."""
    _checked(_libc().umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def set_read_only(path: str, on: bool) -> None:
    """Say whether something can be written at ``path`` and in whatever is mounted below it."""
    flags = (_MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0) if on else (0, _MOUNT_ATTR_RDONLY)
    attributes = struct.pack("QQQQ", *flags, 0, 0)
    _checked(
        _libc().syscall(
            _SYS_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(path), _AT_RECURSIVE, attributes, len(attributes)
        ),
        "mount_setattr",
    )


def _prctl(option: int, value: object) -> int:
    return int(_libc().prctl(option, value, *(ctypes.c_ulong(0),) * 3))


def die_with_parent() -> None:
    """Have this process killed when its parent ends."""
    _checked(_prctl(_PDEATHSIG, ctypes.c_ulong(9)), "prctl")


def show_to_keeper() -> None:
    """Let a process of the same user see how much memory this one uses; becoming another user forbids it."""
    _checked(_prctl(_DUMPABLE, ctypes.c_ulong(1)), "prctl")


def drop_bounds() -> None:
    """Let no program that is started gain a capability."""
    for capability in range(64):
        if _prctl(_CAPBSET_DROP, ctypes.c_ulong(capability)) != 0:
            return  # the last one that this kernel knows is behind us


def drop_capabilities() -> None:
    """Give up every privilege, and the chance to gain one."""
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _checked(_libc().capset(header, struct.pack("6I", *(0,) * 6)), "capset")
    _checked(_prctl(_NO_NEW_PRIVS, ctypes.c_ulong(1)), "prctl")


#: System calls that no notebook needs: number on x86_64, on aarch64.
_REFUSED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    # Memory that no limit counts.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    # Other views of the file system.
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    # Other namespaces.
    "unshare": (272, 97),
    "setns": (308, 268),
    # Keys, and doors into the system that were found open before.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "syslog": (103, 116),
}
_CLONE3 = 435  # answered with "unknown", so that the C library takes clone, whose flags can be seen
_CLONE, _SOCKET, _PRCTL = (56, 220), (41, 198), (157, 167)
_FAMILIES = (1, 2, 10)  # of sockets: local, IPv4, IPv6. All others may lead out of the namespace.
_ARCHITECTURE = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
# <linux/bpf_common.h>, <linux/seccomp.h>
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16  # places in struct seccomp_data
_X32 = 0x40000000


def refuse_system_calls() -> None:
    """Refuse the system calls above to this process and to all that it starts, for good."""
    filter_ = _filter(*_ARCHITECTURE[platform.machine()])
    buffer = ctypes.create_string_buffer(filter_, len(filter_))
    program = struct.pack("HxxxxxxP", len(filter_) // 8, ctypes.addressof(buffer))
    _checked(_libc().prctl(_SECCOMP, ctypes.c_ulong(2), program, 0, 0), "seccomp")


def _filter(column: int, architecture: int) -> bytes:
    """Return the program that the kernel runs at each system call."""
    denied, unknown = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    no_family = _ERRNO | errno.EINVAL  # which ZeroMQ expects where there is no network
    # Each instruction: what, steps to skip if true, steps to skip if not, value.
    program = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, denied),
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, unknown),
    ]
    for numbers in _REFUSED.values():
        program += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, denied)]
    program += [
        (_EQUAL, 0, 4, _CLONE[column]),
        (_LOAD, 0, 0, _ARGUMENT),
        (_ANY_BIT, 0, 1, NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS | NEWCGROUP),
        (_RETURN, 0, 0, denied),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 5, _PRCTL[column]),
        (_LOAD, 0, 0, _ARGUMENT),
        (_EQUAL, 1, 0, _PDEATHSIG),
        (_EQUAL, 0, 1, _DUMPABLE),
        (_RETURN, 0, 0, denied),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 6, _SOCKET[column]),
        (_LOAD, 0, 0, _ARGUMENT),
        *((_EQUAL, 3 - at, 0, family) for at, family in enumerate(_FAMILIES)),
        (_RETURN, 0, 0, no_family),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def map_user(inside: int, outside: tuple[int, int]) -> None:
    """Call the user and group ``outside`` the namespace ``inside`` in it."""
    user, group = outside
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny", encoding="ascii")
    (own / "uid_map").write_text(f"{inside} {user} 1", encoding="ascii")
    (own / "gid_map").write_text(f"{inside} {group} 1", encoding="ascii")
