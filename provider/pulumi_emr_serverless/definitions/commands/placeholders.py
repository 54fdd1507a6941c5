"""A README's placeholders, ``<application-id>``, told from the redirections that a shell would take them for.

Within quotes ``s3://<bucket>/x`` is one, but not what has blanks inside or a letter, a digit or ``?`` before it: ``a<b and
c>d``, ``Seq<String>`` and ``(?<year>...)`` are texts. Outside of quotes it is one as the value of an option, as a part of a
word (``arn:aws:iam::<account id>:role/x``), or as a word before the next option.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulumi_emr_serverless.definitions.commands.marks import Expansions
from pulumi_emr_serverless.definitions.commands.quoting import Less, Quotes
from pulumi_emr_serverless.definitions.commands.text import Edit, Text

_BLANKS = r"(?:[ \t]|\\[ \t]*\n)"
_QUOTED = re.compile(r"(?<![\w?])<([A-Za-z][A-Za-z0-9_-]*)>", re.ASCII)
_BARE = re.compile(r"<([A-Za-z](?:[A-Za-z0-9_ -]*[A-Za-z0-9_-])?)(?<! \d)>")
"""Not ``<file 2>``, which two redirections begin with."""
_GLUED_BEFORE = re.compile(r"[^\s;&|<>()]\Z")
_STREAM_BEFORE = re.compile(r"(?:^|[\s;&|(])\d+\Z")
_OPTION_BEFORE = re.compile(rf"--[A-Za-z][\w-]*(?:{_BLANKS}+|=)\Z", re.ASCII)
_GLUED_BEHIND = re.compile(r"[^\s;&|<>()]|<(?=[A-Za-z][\w -]*>)", re.ASCII)
_OPTION_BEHIND = re.compile(rf"{_BLANKS}+--[A-Za-z]")
_COMMAND = re.compile(r"emr-serverless\b")


def marked(text: Text, expansions: Expansions) -> Text:
    """``text`` with a mark for each placeholder of its commands."""
    return text.edited(_edits(text.text, expansions))


def _edits(text: str, expansions: Expansions) -> Iterator[Edit]:
    behind = 0
    for command in _COMMAND.finditer(text):
        if command.start() >= behind:
            quotes = Quotes(text, max(line_start(text, command.start(), behind), behind), command.start())
            for less in quotes.walk():
                if match := _placeholder(text, less):
                    quotes.at = max(quotes.at, match.end())
                    yield Edit(match.start(), match.end(), expansions.mark(match[1], match[0]))
            behind = quotes.at


def line_start(text: str, at: int, least: int = 0) -> int:
    """Where the line begins that goes on at ``at``, with the lines that end in a backslash before it."""
    start = text.rfind("\n", 0, at) + 1
    while start > least and text[text.rfind("\n", 0, start - 1) + 1 : start - 1].rstrip(" \t").endswith("\\"):
        start = text.rfind("\n", 0, start - 1) + 1
    return start


def _placeholder(text: str, less: Less) -> re.Match[str] | None:
    match = (_QUOTED if less.quoted else _BARE).match(text, less.at)
    if match is None or less.quoted:
        return match
    before = text[max(less.at - 200, 0) : less.at]
    is_part = (_GLUED_BEFORE.search(before) and not _STREAM_BEFORE.search(before)) or _GLUED_BEHIND.match(text, match.end())
    return match if is_part or _OPTION_BEFORE.search(before) or _OPTION_BEHIND.match(text, match.end()) else None
