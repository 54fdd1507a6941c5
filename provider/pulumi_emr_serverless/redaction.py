"""Texts without the secrets in them: AWS repeats in its own words what it was asked, and a job prints what it was given.

A secret is found by its value, in the spellings that AWS, JSON, URLs and shells give it. What cannot be told from other
text, a digit or a letter or two, is left: callers hide it by the place where it stands.
"""

from __future__ import annotations

import html
import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

REDACTED = "[secret]"
"""What stands in the place of a secret: Pulumi's own word for it."""

_ALONE = 4
"""A shorter value is found only where a message quotes it or gives it a name."""
_ANYWHERE = 8
"""A shorter value is found only where it stands alone: "data" is no part of "metadata"."""
_BEGINNING = 16
"""Of a value this long its beginning is found as well, where AWS, or a line, has cut it off."""
_FEWEST_OF_A_BEGINNING, _FEWEST_BEYOND_A_SCHEME = 12, 6

_BEFORE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
_AFTER = r"(?![A-Za-z0-9])"
_WORDS = re.compile(r"""[^\s"'`,;{}\[\]()<>\\]+""")
_SEGMENTS = re.compile(r"[/:@?&=+|]")
_SCHEME = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:|[a-z][a-z0-9+.-]*://", re.IGNORECASE)

_SAYS_NOTHING = frozenset(
    {
        "allow", "deny", "2012-10-17", "true", "false", "null", "none", "http", "https", "role", "policy", "spark",
    }
)  # fmt: skip
"""Parts of a secret that every other text has too: IAM's, URLs' and JSON's own words."""


class Redactor:
    """Takes secrets out of texts.

    Args:
        values: the secrets: texts, numbers, or structures of them. Of a text each telling part counts as well: a value
            of a list of options, a leaf of a JSON document, a segment of a URL. What is true, false or null cannot be
            found in a text.
    """

    def __init__(self, values: Iterable[object] = ()) -> None:
        self._secrets = tuple(dict.fromkeys(text for value in values for text in _texts(value)))

    @property
    def secrets(self) -> tuple[str, ...]:
        return self._secrets

    def redacted(self, text: str) -> str:
        """The text with ``REDACTED`` where a secret stood."""
        if not self._secrets or not text:
            return text
        # Beginnings first: once a word of one is gone, the rest of it is not recognised.
        return self._expression.sub(REDACTED, self._without_beginnings(text))

    def redact(self, error: Exception) -> None:
        """Take the secrets out of what an error says of itself."""
        error.args = tuple(self.redacted(each) if isinstance(each, str) else each for each in error.args)
        for name, value in vars(error).items():
            if isinstance(value, str):
                setattr(error, name, self.redacted(value))

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        patterns = {
            spelling: pattern
            for secret in self._secrets
            for find, part in ((_pattern, secret), *((_pattern_of_a_part, part) for part in _parts(secret)))
            for spelling in _spellings(part)
            if (pattern := find(spelling))
        }
        longest_first = sorted(patterns, key=len, reverse=True)
        return re.compile("|".join(patterns[spelling] for spelling in longest_first) or r"(?!)")

    @cached_property
    def _beginnings(self) -> tuple[tuple[str, int], ...]:
        """Long secrets, and how much of each tells."""
        found = dict[str, int]()
        for secret in self._secrets:
            for spelling in _spellings(secret):
                scheme = _SCHEME.match(spelling)
                fewest = max(_FEWEST_OF_A_BEGINNING, (scheme.end() if scheme else 0) + _FEWEST_BEYOND_A_SCHEME)
                if len(spelling) > max(fewest, _BEGINNING):
                    found[spelling] = fewest
        return tuple(found.items())

    def _without_beginnings(self, text: str) -> str:
        for secret, fewest in self._beginnings:
            at = text.find(secret[:fewest])
            while at >= 0:
                end = fewest
                while end < len(secret) and text.startswith(secret[end], at + end):
                    end += 1
                text = text[:at] + REDACTED + text[at + end :]
                at = text.find(secret[:fewest], at + len(REDACTED))
        return text


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from filter(None, dict.fromkeys((value, value.strip(), value.rstrip("/"))))
    elif isinstance(value, float) and value.is_integer():
        yield from (str(int(value)), str(value))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _parts(secret: str) -> Iterator[str]:
    """What of a secret tells it by itself."""
    if secret[:1] in ("{", "["):
        try:
            document = json.loads(secret)
        except (ValueError, RecursionError):
            pass
        else:
            for leaf in dict.fromkeys(_texts(document)):
                yield from (leaf, *_parts(leaf))
            return
    yield from secret.splitlines()
    for word in _WORDS.findall(secret):
        scheme = _SCHEME.match(word)
        rest = word[scheme.end() :] if scheme else word
        _, equals, value = rest.partition("=")
        if equals and value:
            rest = value
        elif rest.startswith("-"):
            continue  # the name of an option
        yield from (rest, *_SEGMENTS.split(rest))


def _spellings(text: str) -> Iterable[str]:
    """How others write a text."""
    escaped = json.dumps(text)[1:-1]
    return dict.fromkeys(
        (
            text,
            " ".join(text.split()),
            escaped,
            json.dumps(escaped)[1:-1],
            json.dumps(text, ensure_ascii=False)[1:-1],
            repr(text)[1:-1],
            urllib.parse.quote(text, errors="replace"),
            urllib.parse.quote(text, safe="", errors="replace"),
            urllib.parse.quote_plus(text, errors="replace"),
            text.replace("'", "'\"'\"'"),
            html.escape(text),
        )
    )


def _pattern(text: str) -> str:
    """Where a whole secret is taken for itself."""
    if len(text) >= _ANYWHERE:
        return re.escape(text)
    if len(text) >= _ALONE:
        return f"{_BEFORE}{re.escape(text)}{_AFTER}"
    return rf"""(?:(?<=["'`=])|(?<=: )|(?<=got )){re.escape(text)}(?=["'`,;.]|$|\s)""" if text.strip() else ""


def _pattern_of_a_part(text: str) -> str:
    """As ``_pattern``, where the whole secret is more: a part must tell something, and stand alone."""
    if len(text) < _ALONE or text.lower() in _SAYS_NOTHING:
        return ""
    return f"{_BEFORE}{re.escape(text)}{_AFTER}"
