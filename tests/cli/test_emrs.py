"""The command `emrs` as a whole: its help, its completion in shells, and its table of exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from rich.text import Text

from pulumi_emr_serverless.cli import app

EMRS = Path(sys.executable).with_name("emrs")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group
PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def emrs(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [EMRS, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example(name: str) -> None:
    """People read the example first, and often nothing else."""
    shown = COMMANDS[name].help
    assert re.search(r"Example: .*emrs |    eval ", shown)
    assert all(parameter.help for parameter in COMMANDS[name].params if parameter.param_type_name == "option")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_loses_no_word(name: str) -> None:
    """Rich takes ``[word]`` for a mark of its own, and shows nothing."""
    helps = [parameter.help for parameter in COMMANDS[name].params if parameter.param_type_name == "option"]
    assert [Text.from_markup(each).plain for each in helps] == [each.replace("\\[", "[") for each in helps]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("emrs des", ["describe"]),
        ("emrs logs --st", ["--stdout", "--stderr", "--stack"]),
        ("emrs import", ["import-command", "import-run"]),
    ],
)
def test_completion_in_bash(line: str, offered: list[str]) -> None:
    """What a shell asks `emrs` for, and what it gets."""
    words = line.split(" ")
    done = emrs(_EMRS_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    assert (done.returncode, sorted(done.stdout.split()), done.stderr) == (0, sorted(offered), "")


def test_completion_in_a_real_bash() -> None:
    """The script that is printed for bash is one that bash takes, and it completes."""
    script = emrs(_EMRS_COMPLETE="source_bash").stdout
    ask = f'{script}\nCOMP_WORDS=(emrs dash) COMP_CWORD=1\n_emrs_completion "{EMRS}"\necho "${{COMPREPLY[@]}}"\n'
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("dashboard", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "pwsh"])
def test_completion_for_each_shell(shell: str) -> None:
    """As docs/commands.md prints it: no shell of that kind, or of any that typer knows, has to be around."""
    done = emrs(_EMRS_COMPLETE=f"source_{shell}")
    assert done.returncode == 0
    assert "_EMRS_COMPLETE" in done.stdout


def rows() -> dict[str, list[str]]:
    """The table of exit codes: the cells of each command."""
    found = re.findall(r"^\| `emrs ([\w-]+)` \|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in found}


def test_the_table_of_exit_codes_has_each_command() -> None:
    """A script that branches on them looks there."""
    assert sorted(rows()) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_has_the_codes_of_the_help(name: str) -> None:
    """A code that a command's help explains has a cell, and a cell without one would be made up."""
    told = re.search(r"Exit code (.*)", " ".join(COMMANDS[name].help.split()))
    assert told, name
    explained = set(re.findall(r"(?:^|; )(\d+):", told[1]))
    assert "2" in explained
    assert explained - {"2", "130"} == {code for code, cell in zip("01", rows()[name], strict=True) if cell}
