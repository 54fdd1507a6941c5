"""What a program runs with: an SDK that is new enough, or is told in a sentence, and an engine, or the mocks of a unit test."""

from __future__ import annotations

import re
from importlib import metadata

from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_emr_serverless.program.errors import DeclarationError

OLDEST_SDK = (3, 235, 0)
"""The first that hands a dynamic provider the properties whose names begin with ``__``: the launch token is one."""


def require_sdk(installed: str | None = None) -> None:
    """Make sure that the SDK of this program is new enough.

    Args:
        installed: its version; by default that of the distribution which is installed.

    Raises:
        DeclarationError: it is older.
    """
    version = installed or metadata.version("pulumi")
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is not None and tuple(map(int, found.groups())) < OLDEST_SDK:
        oldest = ".".join(map(str, OLDEST_SDK))
        raise DeclarationError(
            f"The Python package pulumi {version} is too old for pulumi-emr-serverless: run pip install 'pulumi>={oldest},<4'."
        )


def has_mocks() -> bool:
    """Whether this is a unit test of a program: there is no engine, and no run."""
    return isinstance(get_monitor(), MockMonitor)
