"""Whatever is pasted, import-command ends in one sentence, in time."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_emr_serverless.definitions.commands import import_command
from pulumi_emr_serverless.definitions.python_source import python_program
from pulumi_emr_serverless.errors import EmrServerlessError, InvalidDefinitionError
from real_commands import cases

CASES = cases(Path(__file__).parents[1] / "corpus" / "real")
COMMAND = "aws emr-serverless start-job-run --name x "
SIGNS = [
    '"', "'", "`", "$(", ")", "${", "{", "}", "}}", "{{", "[", "]", "<<E\n", "<x>", "\\", "\n", "$", "#", "%", "^", ":", "\t", "é", "€",
]  # fmt: skip


def attempt(text: str, name: str = "", number: int | None = None) -> None:
    """Import as the command does it, to the end; any other exception is a traceback for somebody."""
    try:
        command = import_command(text, name=name, number=number, base=Path("/nowhere"))
    except EmrServerlessError:
        return
    python_program(command.properties, command.placeholders)
    assert all(command.origin(each) is not None for each in command.placeholders)


@given(st.sampled_from(CASES), st.randoms(use_true_random=False), st.sampled_from([None, 1, 2]), st.booleans())
def test_what_is_cut_or_mistyped_ends_in_a_sentence(
    case: object, chance: random.Random, number: int | None, named: bool
) -> None:
    """Pasted texts are cut, half selected and edited; a traceback helps nobody."""
    file: Path = case.file  # type: ignore[attr-defined] # hypothesis hands it on as an object
    text = file.read_text("utf-8")
    for _ in range(chance.choice([1, 1, 2, 3])):
        at = chance.randrange(len(text) + 1)
        text = chance.choice(
            [text[:at], text[at:], text[:at] + text[at + 1 :], text[:at] + chance.choice(SIGNS) + text[at:]]
        )
    attempt(text, file.name if named else "", number)


UNITS = [
    "X=$(", "`", '"', "'", "${", "(", "<a ", "<a>", "{", "a=(", "$", "\\\n", "\\ \n", f"# {COMMAND}\n", f"{COMMAND}\n",
    f"X=1\n{COMMAND}$X\n", "cat <<A\n", f'echo "{COMMAND}"\n', "{{", "${{ a", "<<", "- ", "a: ", "[", '{"a":', "```\n", "    a\n",
    "$A ", "--a b ", "%A%", "^\n", "`\n", "RUN a \\\n", "define a\n", "case x in ", "bash -c '", ")", "$'", "€",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_for_ever(unit: str) -> None:
    """What is pasted may come from anywhere. In seconds of this process, so that a busy machine fails nobody."""
    size = 400_000 if os.environ.get("PULUMI_EMRS_EXHAUSTIVE") else 15_000
    many = unit * (size // len(unit))
    for text in (COMMAND + many, f"{many}\n{COMMAND}", (unit + COMMAND) * (size // len(unit + COMMAND))):
        begun = time.process_time()
        attempt(text)
        assert time.process_time() - begun < 20


@pytest.mark.parametrize("text", ["x" * 600_000, COMMAND + "\x00", COMMAND + "\U000f0000", COMMAND + "\ud800"])
def test_what_is_no_script_is_refused(text: str) -> None:
    """A binary file, or one that is meant to confuse."""
    with pytest.raises(InvalidDefinitionError, match=r"characters|is no character of a script"):
        import_command(text)
