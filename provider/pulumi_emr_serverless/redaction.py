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
_WORD_THAT_TELLS = 6
"""From here on a word of lower-case letters counts that is a part of a secret, unlike "logs" or "jobs"."""
_BEGINNING = 16
"""Of a value this long its beginning is found as well, where AWS, or a line, has cut it off."""
_FEWEST_OF_A_BEGINNING, _FEWEST_BEYOND_A_SCHEME = 12, 6

_BEFORE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
_AFTER = r"(?![A-Za-z0-9])"
_NAMED = r"""(?:(?<=["'`=])|(?<=: )|(?<=got ))"""
_NAMED_ENDS = r"""(?=["'`,;.]|$|\s)"""
_WORDS = re.compile(r"""[^\s"'`,;{}\[\]()<>\\]+""")
_SEGMENTS = re.compile(r"[/:@?&=+|]")
_SCHEME = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:|[a-z][a-z0-9+.-]*://", re.IGNORECASE)

_SAYS_NOTHING = frozenset({"allow", "deny", "2012-10-17", "false", "https", "policy"})
"""Parts of a secret that every other text may have too: IAM's, URLs' and JSON's own words."""


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
        # Beginnings before parts: once a word of one is gone, the rest of it is not recognised.
        return self._parts.sub(REDACTED, self._without_beginnings(self._wholes.sub(REDACTED, text)))

    def redact(self, error: Exception) -> None:
        """Take the secrets out of what an error says of itself."""
        error.args = tuple(self.redacted(each) if isinstance(each, str) else each for each in error.args)
        for name, value in vars(error).items():
            if isinstance(value, str):
                setattr(error, name, self.redacted(value))

    @cached_property
    def _wholes(self) -> re.Pattern[str]:
        return _any_of({spelling: _whole(spelling) for secret in self._secrets for spelling in _spellings(secret)})

    @cached_property
    def _parts(self) -> re.Pattern[str]:
        parts = dict.fromkeys(part for secret in self._secrets for part in _parts_of(secret))
        return _any_of({spelling: _alone(spelling) for part in parts for spelling in _spellings(part)})

    @cached_property
    def _beginnings(self) -> Mapping[str, int]:
        """Long secrets, and how much of each tells."""
        found = dict[str, int]()
        for secret in self._secrets:
            for spelling in _spellings(secret):
                scheme = _SCHEME.match(spelling)
                fewest = max(_FEWEST_OF_A_BEGINNING, (scheme.end() if scheme else 0) + _FEWEST_BEYOND_A_SCHEME)
                if len(spelling) >= max(fewest, _BEGINNING):
                    found[spelling] = fewest
        return found

    def _without_beginnings(self, text: str) -> str:
        for secret, fewest in self._beginnings.items():
            at = text.find(secret[:fewest])
            while at >= 0:
                text = f"{text[:at]}{REDACTED}{text[_end_of_beginning(text, at, secret) :]}"
                at = text.find(secret[:fewest], at + len(REDACTED))
        return text


def _end_of_beginning(text: str, at: int, secret: str) -> int:
    """Where a secret that begins in a text is cut off, and the word ends: it may be of another that begins alike."""
    end = at
    while end - at < len(secret) and text[end : end + 1] == secret[end - at]:
        end += 1
    while text[end : end + 1].isalnum():
        end += 1
    return end


def _texts(value: object) -> Iterator[str]:
    """The texts of a value, as a message would have them."""
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


def _parts_of(secret: str) -> Iterator[str]:
    """What of a secret tells it by itself."""
    document = _document(secret)
    if document is not None:
        for leaf in dict.fromkeys(_texts(document)):
            yield from filter(_tells, (leaf, *_parts_of(leaf)))
        return
    yield from filter(_tells, secret.splitlines())
    for word in _WORDS.findall(secret):
        scheme = _SCHEME.match(word)
        rest = word[scheme.end() :] if scheme else word
        name, _, value = rest.partition("=")
        if value and len(value) >= _ALONE:
            yield value
        elif name.startswith("-"):
            continue  # the name of an option
        yield from filter(_tells, (value or rest, *_SEGMENTS.split(value or rest)))


def _document(text: str) -> object:
    """The structure that a text holds as JSON, or None."""
    if text[:1] not in ("{", "["):
        return None
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document


def _tells(part: str) -> bool:
    """Whether a part is more than a word that any other text may have."""
    needed = _WORD_THAT_TELLS if part.isalpha() and part.islower() else _ALONE
    return len(part) >= needed and part.lower() not in _SAYS_NOTHING


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


def _whole(text: str) -> str:
    """The expression for a whole secret."""
    if len(text) >= _ANYWHERE:
        return re.escape(text)
    if len(text) >= _ALONE:
        return _alone(text)
    return f"{_NAMED}{re.escape(text)}{_NAMED_ENDS}" if text.strip() else ""


def _alone(text: str) -> str:
    return f"{_BEFORE}{re.escape(text)}{_AFTER}"


def _any_of(patterns: Mapping[str, str]) -> re.Pattern[str]:
    """One expression for all patterns, by what they find: the longest goes first."""
    found = [patterns[text] for text in sorted(patterns, key=len, reverse=True)]
    return re.compile("|".join(filter(None, found)) or r"(?!)")
