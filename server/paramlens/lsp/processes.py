"""Whether another process still runs."""

from __future__ import annotations

import os
import sys
from typing import Any


def process_is_alive(pid: int) -> bool:
    """Whether a process with that id exists."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _windows_process_is_alive(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _windows_process_is_alive(pid: int) -> bool:
    """os.kill would end the process there: ask for a handle and whether it is signalled."""
    import ctypes

    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x00100000, False, pid)  # SYNCHRONIZE
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == 0x102)  # WAIT_TIMEOUT: it still runs
    finally:
        kernel.CloseHandle(handle)
