"""Keeps a driver, and ends all of it when the emulator is gone: a program of its own, run by `process.Process`.

Its standard input is a pipe that only the emulator holds, and so ends with it, however that ends. A ``T`` in it ends the
driver's process group gently, a ``K`` or the end of the pipe at once. It exits as the driver does: 128 and the signal's
number where a signal ended it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress


def main() -> int:
    # A group of its own: what the driver starts belongs to it, and this process does not.
    driver = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - as asked
    threading.Thread(target=_obey, args=(driver.pid,), daemon=True).start()
    code = driver.wait()
    _signal(driver.pid, signal.SIGKILL)  # what it started and left behind
    return code if code >= 0 else 128 - code


def _obey(group: int) -> None:
    while order := os.read(0, 1):
        _signal(group, signal.SIGTERM if order == b"T" else signal.SIGKILL)
    _signal(group, signal.SIGKILL)


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    for deaf in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(deaf, lambda *_: None)  # a signal that is ignored would be so in the driver too
    os._exit(main())
