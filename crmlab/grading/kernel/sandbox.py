"""The room that a stranger's code is locked in: what it sees of the computer, and how much it may use."""

from __future__ import annotations

import os
import platform
import resource
import sys
import sysconfig
from pathlib import Path

from crmlab.grading.kernel import linux
from crmlab.grading.kernel.contract import Limits

#: Where the kernel works, in memory; where the sockets are that Jupyter's protocol needs.
SCRATCH, SOCKETS = "/scratch", "/sockets"
USER = 1000
#: A user of its own for each kernel that a superuser starts: this and the number of its process.
FIRST_USER = 2_000_000_000
_OLD = "/old-root"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_FILES = ("/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime", "/etc/alternatives")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
#: Parts of crmlab that hold expected answers or lead to them.
_HIDDEN = ("checks/questions", "_solutions", "_labs")
_NAMESPACES = linux.NEWNS | linux.NEWPID | linux.NEWNET | linux.NEWIPC | linux.NEWUTS | linux.NEWCGROUP
_ALL = linux.NEWUSER | _NAMESPACES
_MB = 1 << 20


def enter() -> None:
    """Leave the namespaces of the computer; the next process that is forked is the first of the new ones.

    Raises
    ------
    OSError
        When this computer does not let its users do that.
    """
    if platform.machine() not in ("x86_64", "aarch64"):
        raise OSError(f"no list of system calls for {platform.machine()}")
    if os.geteuid() == 0:
        linux.unshare(_NAMESPACES)
        return
    owner = os.geteuid(), os.getegid()
    linux.unshare(_ALL)
    linux.map_user(USER, owner)


def furnish(sockets: str | None, limits: Limits) -> None:
    """Build the file system: programs to read, a folder to write in memory, nothing else."""
    # If memory runs out, this process is the first that Linux ends.
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    shown = [(str(folder), os.path.realpath(folder)) for folder in _software()]
    shown += [(path, path) for path in (*_FILES, *_DEVICES)]
    shown += [(SOCKETS, os.path.realpath(sockets))] if sockets else []
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("none", "/tmp", "tmpfs", linux.MS_NOSUID, "size=1m,mode=755")
    Path("/tmp" + _OLD).mkdir()
    linux.pivot_root("/tmp", "/tmp" + _OLD)
    os.chdir("/")
    for path in _SYSTEM:
        _show(path, path)
    for target, source in shown:
        _show(target, source)
    for hidden in _answers():
        linux.mount("none", hidden, "tmpfs", linux.MS_NOSUID, "size=4k,mode=755")
    writable = (SCRATCH, "/dev/shm")
    for folder in ("/proc", *writable):
        Path(folder).mkdir(parents=True)
    if not Path("/tmp").exists():
        Path("/tmp").symlink_to(SCRATCH)
    Path("/etc/passwd").write_text(f"student:x:{USER}:{USER}::{SCRATCH}:/bin/sh\n", encoding="ascii")
    linux.mount("none", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV)
    linux.unmount(_OLD)
    Path(_OLD).rmdir()
    linux.set_read_only("/", True)
    if sockets:  # until the kernel has made them
        linux.set_read_only(SOCKETS, False)
    size = f"size={limits.scratch_mb}m,nr_inodes=10k,mode=1777"
    for folder in writable:
        linux.mount("none", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, size)


def hand_over(folder: str, number: int) -> None:
    """Let the user that a superuser's kernel becomes write to ``folder``."""
    if os.geteuid() == 0:
        os.chown(folder, number, number)


def close_sockets() -> None:
    """Let nothing more be written where the sockets are, which is a folder of the computer's."""
    linux.set_read_only(SOCKETS, True)


def give_up_privileges(number: int) -> None:
    """Become a user who may do nothing but compute, for good; of a superuser, user ``number``."""
    linux.drop_bounds()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(number, number, number)
        os.setresuid(number, number, number)
    linux.drop_capabilities()
    linux.show_to_keeper()
    linux.die_with_parent()
    linux.refuse_system_calls()


def limit(limits: Limits, *, walls: bool) -> None:
    """Set what this process and those that it starts may use each.

    Processes are counted for each user: where the kernel has none of its own, there is no limit of them.
    """
    seconds = int(limits.seconds) + 1
    most = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_NOFILE: limits.files,
        resource.RLIMIT_FSIZE: limits.scratch_mb * _MB,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most[resource.RLIMIT_AS] = pages * resource.getpagesize() + limits.memory_mb * _MB
    if walls:
        most[resource.RLIMIT_NPROC] = limits.processes
    for what, value in most.items():
        resource.setrlimit(what, (value, value))


def _software() -> list[Path]:
    """Return the folders of Python, of its packages, and of crmlab."""
    folders = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *_packages(), str(_own())}
    found = {Path(folder) for folder in folders if Path(folder).is_dir()}
    # A folder that lies in another one is seen with it.
    return sorted(folder for folder in found if not found.intersection(folder.parents))


def _packages() -> set[str]:
    """Return the folders of installed packages. Other places where Python looks may hold anything."""
    return {folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))}


def _own() -> Path:
    return Path(__file__).parents[2]


def _answers() -> list[str]:
    """Return the folders that hold expected answers, of every crmlab that can be seen."""
    packages = {_own(), *(Path(folder) / "crmlab" for folder in _packages())}
    for root in (sys.prefix, sys.base_prefix, "/usr", "/usr/local"):
        packages |= set(Path(root).glob("lib/python*/*-packages/crmlab"))
    return [str(package / part) for package in packages for part in _HIDDEN if (package / part).is_dir()]


def _show(target: str, source: str) -> None:
    """Let ``source`` of the computer be seen at ``target``."""
    old, place = Path(_OLD + source), Path(target)
    if not os.path.lexists(old) or place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if old.is_symlink():
        place.symlink_to(old.readlink())
        return
    place.mkdir() if old.is_dir() else place.touch()
    linux.mount(str(old), target, None, linux.MS_BIND | linux.MS_REC)
