"""The warm kernel for all that starts kernels through Jupyter: ``crmlab-warm`` as the kernel's name."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Bool

from crmlab.errors import CrmlabError
from crmlab.grading.kernel import running, sandbox
from crmlab.grading.kernel.contract import Limits
from crmlab.grading.kernel.starting import Kernel

#: Names the folder with the public copy of the company.
COMPANY = "CRMLAB_COMPANY"
#: Whoever speaks Jupyter's protocol watches the time of each cell.
_LIMITS = Limits(seconds=3600, processes=64)
_SOCKETS = "kernel"


class WarmProvisioner(KernelProvisionerBase):
    """Starts kernels behind walls, forked from the warm parent.

    Which company they open is said by ``CRMLAB_COMPANY`` in the environment that they are started with:
    a folder that `crmlab.grading.kernel.publish` wrote.
    """

    trust = Bool(False, config=True, help="Run even where this computer cannot lock the code in.")

    _kernel: Kernel | None = None
    _folder: str | None = None
    _company: str | None = None

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel."""
        return self._kernel is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Have the manager talk over sockets in a folder, which are not in any network."""
        self._company = (kwargs.get("env") or os.environ).get(COMPANY)
        if not self._company:
            raise CrmlabError("grading.kernel_company", name=COMPANY)
        manager: Any = self.parent
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="crmlab-")
            manager.transport, manager.ip = "ipc", str(Path(self._folder) / _SOCKETS)
            manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel, and return how to connect to it."""
        for old in Path(str(self._folder)).iterdir():
            old.unlink()
        self._kernel = await asyncio.to_thread(self._started)
        return self.connection_info

    def _started(self) -> Kernel:
        said = {name: _plain(value) for name, value in self.connection_info.items()}
        request = {"company": self._company, "scratch": self._folder, "sockets": self._folder}

        def at(folder: str) -> dict[str, Any]:
            return {"jupyter": said | {"ip": f"{folder}/{_SOCKETS}"}}

        kernel, _ = running.started(
            request | at(sandbox.SOCKETS), _LIMITS, trust=self.trust, bare=request | at(str(self._folder))
        )
        kernel.seal()
        return kernel

    async def poll(self) -> int | None:
        """Return None as long as the kernel runs."""
        return None if self._kernel is not None and self._kernel.is_alive() else 1

    async def wait(self) -> int | None:
        """Wait for the kernel to end."""
        while await self.poll() is None:
            await asyncio.sleep(0.02)
        await self.kill()
        return 0

    async def send_signal(self, signum: int) -> None:
        """Interrupt the kernel; any other signal ends it."""
        if self._kernel is None:
            return
        if signum == signal.SIGINT:
            self._kernel.interrupt()
        elif signum != 0:
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End the kernel with all that it started."""
        if self._kernel is not None:
            self._kernel.end()
            self._kernel = None

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel with all that it started."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the folder of the sockets."""
        if not restart and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _plain(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value
