"""A driver as a process: started, told to end, and gone when the emulator is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_KEEPER = Path(__file__).with_name("keeper.py")


class Process:
    """One driver, its standard output and error in files."""

    def __init__(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], stdout: Path, stderr: Path
    ) -> None:
        with stdout.open("ab") as out, stderr.open("ab") as err:
            self._keeper = subprocess.Popen(  # noqa: S603 - running what the user wrote is what --spark asks for
                [sys.executable, "-I", "-S", str(_KEEPER), *command],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                start_new_session=True,  # a Ctrl-C in the emulator's terminal is for the emulator
                bufsize=0,
            )

    def wait(self, seconds: float | None = None) -> int | None:
        """The exit code, or None if it is still there after ``seconds``."""
        try:
            return self._keeper.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """SIGTERM to all of it."""
        self._order(b"T")

    def kill(self) -> None:
        """SIGKILL to all of it."""
        self._order(b"K")

    def _order(self, order: bytes) -> None:
        if self._keeper.stdin is not None:
            with suppress(OSError):
                self._keeper.stdin.write(order)
