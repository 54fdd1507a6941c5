"""The options of ``aws emr-serverless start-job-run``, found as the AWS CLI's own parser finds them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pulumi_emr_serverless.definitions.commands.marks import Expansions, UnreadableCommandError, Word, is_mark
from pulumi_emr_serverless.request import REQUEST_MEMBERS

MEMBERS = {"--" + re.sub(r"(?=[A-Z])", "-", name).lower(): name for name in REQUEST_MEMBERS}
INPUT_FILES = {"--cli-input-json": "json", "--cli-input-yaml": "yaml"}

_SWITCHES = {
    "--debug": "",
    "--v2-debug": "",
    "--no-verify-ssl": "set aws:insecure in the stack's configuration, if you must",
    "--no-paginate": "",
    "--no-sign-request": "set emrServerless:skipRequestSigning in the stack's configuration",
    "--no-cli-pager": "",
    "--cli-auto-prompt": "",
    "--no-cli-auto-prompt": "",
    "--version": "",
}
_GLOBAL = {
    "--profile": "set aws:profile in the stack's configuration",
    "--region": "set aws:region in the stack's configuration, or region of the JobRun",
    "--endpoint-url": "set aws:endpoints in the stack's configuration, or endpoint of the JobRun",
    "--query": "the JobRun has its answers as outputs: job_run_id, arn, ...",
    "--output": "the JobRun has its answers as outputs: job_run_id, arn, ...",
    "--ca-bundle": "set emrServerless:caBundle in the stack's configuration",
    "--color": "",
    "--cli-read-timeout": "set emrServerless:readTimeoutSeconds in the stack's configuration",
    "--cli-connect-timeout": "set emrServerless:connectTimeoutSeconds in the stack's configuration",
    "--cli-binary-format": "",
}
_SKELETON = {"--generate-cli-skeleton": "see emrs skeleton"}
_OPERATION = (*MEMBERS, *INPUT_FILES, *_SKELETON)
_NO_VALUE = re.compile(r"-(?!\d+\Z|\d*\.\d+\Z)\S+")
"""What argparse takes for an option, and so not for a value: it begins with a hyphen and has no blank in it."""


class Given(NamedTuple):
    """An option under its whole name, its value, and a note where it has no place in a definition."""

    at: int
    name: str
    value: Word | None
    note: str | None = None


def read_options(words: Sequence[Word], expansions: Expansions) -> Iterator[Given]:
    """The options in their order. A word that may add options, and nobody knows which, has no name.

    Raises:
        UnreadableCommandError: what the AWS CLI would refuse.

    """
    at = 0
    while at < len(words):
        word = words[at]
        given, equals, inline = word.text.partition("=")
        if is_mark(word.text):
            yield Given(word.at, "", word)
            at += 1
            continue
        name = _whole_name(given, word, expansions)
        if name in _SWITCHES:
            yield Given(word.at, name, None, _SWITCHES[name])
            at += 1
            continue
        value = Word(inline, word.at) if equals else words[at + 1] if at + 1 < len(words) else None
        if value is None or (not equals and _NO_VALUE.fullmatch(value.text)):
            raise UnreadableCommandError(word.at, f"{name} has no value")
        yield Given(word.at, name, value, (_GLOBAL | _SKELETON).get(name))
        at += 1 if equals else 2


def _whole_name(given: str, word: Word, expansions: Expansions) -> str:
    """Any unambiguous beginning of an option stands for it: first of those of every command, then of this one's."""
    if not given.startswith("--"):
        raise UnreadableCommandError(word.at, f"a word that belongs to no option: {expansions.shown(word.text)[:40]!r}")
    for known in ((*_SWITCHES, *_GLOBAL), _OPERATION):
        if given in known:
            return given
    for known in ((*_SWITCHES, *_GLOBAL), _OPERATION):
        meant = [name for name in known if name.startswith(given)] if given != "--" else []
        if len(meant) > 1:
            raise UnreadableCommandError(word.at, f"{given} can be {' or '.join(meant)}: write the whole option")
        if meant:
            return meant[0]
    near = difflib.get_close_matches(given, [*_OPERATION, *_GLOBAL, *_SWITCHES], n=1)
    raise UnreadableCommandError(
        word.at, f"start-job-run has no option {expansions.shown(given)[:60]}" + (f": did you mean {near[0]}?" if near else "")
    )
