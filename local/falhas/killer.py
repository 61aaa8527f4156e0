"""Who kills function processes."""

from __future__ import annotations

import os
import random
import signal
import threading
from contextlib import suppress
from pathlib import Path

from local.runtime import environment_pids


class Killer(threading.Thread):
    """Kills a function process now and then, however busy it is."""

    def __init__(self, directory: Path, rng: random.Random, every: float) -> None:
        super().__init__(daemon=True)
        self._directory, self._rng, self._every = directory, rng, every
        self.killed, self.over = 0, threading.Event()

    def run(self) -> None:
        """Until it is over."""
        while not self.over.wait(self._every):
            if victims := sorted(environment_pids(self._directory)):
                with suppress(ProcessLookupError):
                    os.kill(self._rng.choice(victims), signal.SIGKILL)
                    self.killed += 1
