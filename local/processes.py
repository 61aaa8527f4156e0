"""Processes told apart by pid and start time, so that a recycled pid is never taken for ours."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path


def start_time(pid: int) -> str | None:
    """When the process `pid` started, in the system's own words; None if there is no such live process."""
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        # Field 2 is the command in parentheses, which may itself hold spaces: count from the last ")".
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None


def is_alive(pid: int, started: str | None) -> bool:
    """True if the process that had `pid` at `started` is still there."""
    return started is not None and start_time(pid) == started


def kill(pid: int, started: str | None, number: int = signal.SIGKILL) -> bool:
    """Signal that very process; False if it has gone."""
    if not is_alive(pid, started):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
    return True
