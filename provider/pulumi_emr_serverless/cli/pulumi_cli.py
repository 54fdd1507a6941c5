"""The Pulumi CLI of the PATH: what is asked of it, and what helps where it refuses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

from pulumi_emr_serverless.errors import RunLookupError

Pulumi = Callable[[Sequence[str]], str]
"""Runs a command of the Pulumi CLI and returns what it prints."""

_WITHOUT_A_STACK = "Without a stack, give <application ID>/<run ID>, an ARN, or --application with a run ID."

_REMEDIES = (
    ("no Pulumi.yaml project file found", f"Go to a project's folder, or name it with --cwd. {_WITHOUT_A_STACK}"),
    (
        "PULUMI_ACCESS_TOKEN must be set",
        "Pulumi is not logged in: `pulumi login`, `pulumi login --local`, or set PULUMI_BACKEND_URL.",
    ),
    ("no stack selected", "Name one with --stack, or select one with `pulumi stack select`."),
    ("no stack named", "`pulumi stack ls` lists the stacks."),
    ("passphrase", "Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, as for `pulumi up`."),
    ("unable to open state directory", "Check `pulumi whoami --verbose` and PULUMI_BACKEND_URL."),
)
"""What the CLI says, and what to do."""


def run_pulumi(folder: str | None) -> Pulumi:
    """The Pulumi CLI, in a project's folder."""

    def run(arguments: Sequence[str]) -> str:
        command = f"`pulumi {' '.join(arguments)}`"
        try:
            done = subprocess.run(  # noqa: S603 - the person's own CLI, without a shell
                ["pulumi", *arguments, "--non-interactive"],  # noqa: S607 - from PATH, as they would call it
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise RunLookupError(f"{command} cannot be run: {_not_run(error, folder)} {_WITHOUT_A_STACK}") from None
        if done.returncode:
            raise RunLookupError(f"{command}: {_refusal(done.stderr, done.stdout, done.returncode)}")
        return done.stdout

    return run


def read_json(text: str, command: str) -> Any:
    """What a command has printed.

    Raises:
        RunLookupError: it is no JSON.
    """
    try:
        return json.loads(text)
    except ValueError:
        raise RunLookupError(f"`pulumi {command}` has printed no JSON, but: {_line(text) or 'nothing'}") from None


def _not_run(error: OSError, folder: str | None) -> str:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)) and folder is not None and error.filename == folder:
        return f"there is no folder {folder!r} (--cwd)."
    if isinstance(error, FileNotFoundError):
        return "there is no Pulumi on the PATH."
    return f"{error}."


def _refusal(stderr: str, stdout: str, code: int) -> str:
    said = next((line for line in stderr.splitlines() if line.startswith("error: ")), stderr.strip() or stdout.strip())
    line = _line(said.removeprefix("error: ")) or f"it ended with {code} and said nothing."
    remedy = next((remedy for fragment, remedy in _REMEDIES if fragment in said), "")
    return f"{line}\n{remedy}" if remedy else line


def _line(text: str, longest: int = 300) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= longest else f"{joined[:longest]}..."
