"""`emrs` asks the real Pulumi CLI about a stack: what that refuses is said in one line, with what helps."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from engine.harness import Stack

EMRS = Path(sys.executable).with_name("emrs")


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        pytest.param(["--cwd", "{elsewhere}"], {}, "Go to a project's folder, or name it with --cwd.", id="no project"),
        pytest.param([], {"PULUMI_BACKEND_URL": ""}, "Pulumi is not logged in: `pulumi login`", id="not logged in"),
        pytest.param(["--stack", "prod"], {}, "`pulumi stack ls` lists the stacks.", id="no such stack"),
        pytest.param([], {"unselect": "yes"}, "Name one with --stack, or select one", id="no stack selected"),
        pytest.param([], {"PULUMI_BACKEND_URL": "file:///nowhere"}, "PULUMI_BACKEND_URL", id="no such backend"),
    ],
)
def test_what_pulumi_refuses(
    stack: Stack, tmp_path: Path, arguments: Sequence[str], environment: Mapping[str, str], words: str
) -> None:
    """The words of the CLI change with its version; whoever upgrades it learns here which sentence is missing."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if "unselect" in environment:
        stack.pulumi("stack", "unselect")
    given = [each.format(elsewhere=elsewhere) for each in arguments]
    assert words in refusal(stack, *given, HOME=str(elsewhere), **environment)


def test_another_passphrase(stack: Stack) -> None:
    """The state is readable without; the keys in the configuration are not."""
    for key in ("accessKey", "secretKey"):
        stack.pulumi("config", "set", "--secret", f"emrServerless:{key}", "hidden")
    stack.up()
    assert "Set PULUMI_CONFIG_PASSPHRASE" in refusal(stack, PULUMI_CONFIG_PASSPHRASE="wrong")


def refusal(stack: Stack, *arguments: str, **environment: str) -> str:
    """What `emrs describe` says in a stack: a sentence of Pulumi's and one of ours, and nothing else."""
    done = subprocess.run(
        [EMRS, "describe", *arguments],
        cwd=stack.folder,
        env={**stack.env, "PATH": f"{stack.engine}{os.pathsep}{stack.env['PATH']}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: `pulumi ")
    assert len(done.stderr.splitlines()) == 2
    return done.stderr
