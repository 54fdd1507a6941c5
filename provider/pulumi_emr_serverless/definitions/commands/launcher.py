"""Which words are an ``aws emr-serverless start-job-run``, however the AWS CLI is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pulumi_emr_serverless.definitions.commands.marks import Word, is_mark

_SERVICE, _OPERATION = "emr-serverless", "start-job-run"
_CLI = re.compile(r"(?:.*[/\\])?(?:aws|aws2|awsv2|awslocal|awscli)(?:\.exe|\.cmd)?|(?:.*/)?aws-cli(?::[\w.-]+)?(?:@[\w:.-]+)?")
"""``aws.exe``, ``/usr/local/bin/aws``, ``awslocal``, ``python -m awscli``, the image ``amazon/aws-cli:2.15.0``."""
_NAME = re.compile(r"[\w./-]*\w[\w./-]*", re.ASCII)


class Launch(NamedTuple):
    """A call of the AWS CLI, taken apart."""

    before: list[Word]
    """What comes before the CLI: ``sudo``, ``docker run --rm``, ``xargs -I{}``."""
    cli: Word | None
    options: list[Word]
    """The CLI's own options and those of the operation."""

    @property
    def filled_in(self) -> str | None:
        """What xargs or parallel exchange for a line of their input; empty where they add it at the end."""
        names = [re.split(r"[/\\]", word.text)[-1] for word in self.before]
        for tool, default in (("xargs", ""), ("parallel", "{}")):
            if tool in names:
                words = [word.text for word in self.before[names.index(tool) + 1 :]]
                return next((_replaced(words, at) for at, text in enumerate(words) if text[:2] == "-I"), default)
        return None


def _replaced(words: Sequence[str], at: int) -> str:
    return words[at][2:] or (words[at + 1] if at + 1 < len(words) else "{}")


def launch_of(words: Sequence[Word], *, is_cli: bool = False) -> Launch | None:
    """The call that ``words`` are, if they are one. ``is_cli``: something else has called the CLI with these words."""
    texts = [word.text for word in words]
    if _SERVICE not in texts or _OPERATION not in texts:
        return None
    service = texts.index(_SERVICE)
    try:
        operation = texts.index(_OPERATION, service)
    except ValueError:
        return None
    if operation > service + 1 and not texts[service + 1].startswith("--"):
        return None
    cli = next((at for at in range(service - 1, -1, -1) if _CLI.fullmatch(texts[at])), None)
    if cli is None:
        cli = next((at for at in range(service - 1, -1, -1) if is_mark(texts[at]) and words[at].several), None)
    if cli is None and service and not is_cli and _NAME.fullmatch(texts[service - 1]):
        cli = service - 1
    if cli is None and not is_cli:
        return None
    start = -1 if cli is None else cli
    options = [*words[start + 1 : service], *words[service + 1 : operation], *words[operation + 1 :]]
    return Launch(list(words[: max(start, 0)]), None if cli is None else words[cli], options)


def is_the_cli(word: Word) -> bool:
    """Whether the word names the AWS CLI, and not some script or variable in its place."""
    return _CLI.fullmatch(word.text) is not None
