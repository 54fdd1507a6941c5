"""What spark-submit will not take of its parameters, known before a run is paid for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import NamedTuple

from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.spark.parameters import ALIASES, OPTION_WITH_VALUE, SWITCHES, VALUE_OPTIONS, split_parameters

_KNOWN = frozenset({*VALUE_OPTIONS, *SWITCHES, *ALIASES})
_NEAR = 0.85
"""How much alike an unknown option and a known one are where one is a misspelling of the other, and not news of Spark's."""


class Complaint(NamedTuple):
    """What is wrong, in words without any value; ``certain``: the run can only fail of it."""

    problem: str
    remedy: str = ""
    certain: bool = True


def complaints(text: str) -> Iterator[Complaint]:
    """Read the parameters as Spark's SparkSubmitOptionParser does, which fails at the first option that it cannot take.

    Names of options and properties are in the complaints, their values never.
    """
    try:
        words = split_parameters(text)
    except InvalidSparkSubmitError as error:
        yield Complaint(str(error).partition(": ")[2], certain=False)
        return
    at = 0
    while at < len(words):
        name = ALIASES.get(words[at], words[at])
        inline = OPTION_WITH_VALUE.fullmatch(name)
        if inline and inline[1] in VALUE_OPTIONS:
            yield from _value(inline[1], inline[2])
            at += 1
        elif name in VALUE_OPTIONS:
            yield from _value(name, words[at + 1] if at + 1 < len(words) else None)
            at += 2
        elif name in SWITCHES:
            at += 1
        elif name.startswith("-"):
            yield _unknown(name)
            at += 1 if "=" in name or words[at + 1 : at + 2] == [] or words[at + 1].startswith("-") else 2
        else:
            yield Complaint(
                "has a word that belongs to no option: spark-submit runs it instead of the entry point",
                "quote values with blanks in them, and put arguments of the job into entryPointArguments",
                certain=False,
            )
            return


def _value(name: str, value: str | None) -> Iterator[Complaint]:
    if value is None:
        yield Complaint(f"{name} has no value")
    elif value in _KNOWN:
        yield Complaint(f"{name} has no value: the option {value} follows")
    elif name == "--conf":
        key, equals, _ = value.partition("=")
        shown = f" {key}" if re.fullmatch(r"[\w.-]{1,100}", key, re.ASCII) else ""
        if not equals:
            yield Complaint(f"--conf{shown} has no =", "write --conf property=value")
        elif not key.startswith("spark."):
            yield Complaint(
                f"--conf{shown} begins not with 'spark.', and spark-submit ignores it",
                "Hadoop's properties go as spark.hadoop.<name>",
                certain=False,
            )


def _unknown(name: str) -> Complaint:
    option = name.partition("=")[0]
    shown = option if re.fullmatch(r"--?[A-Za-z][\w-]{0,40}", option, re.ASCII) else "an option"
    near = difflib.get_close_matches(option[:60], sorted(_KNOWN), n=1, cutoff=_NEAR)
    if near:
        return Complaint(f"{shown} is no option of spark-submit", f"did you mean {near[0]}?")
    return Complaint(f"{shown} is no option of spark-submit that is known here", certain=False)
