"""The one thing in a definition that is not the AWS CLI's: ``${name}``, for which a variable is filled in.

Before ``{name}`` two dollars are the text of one: ``$${name}`` is the text ``${name}``, ``$$${name}`` a dollar and the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_PLACEHOLDER = re.compile(r"(?<!\$)(\$+)\{([A-Za-z_]\w*)\}", re.ASCII)


class Piece(NamedTuple):
    """A part of a text: as it stands, or the name of a variable."""

    text: str
    is_name: bool = False


def pieces(text: str) -> list[Piece]:
    """``text`` taken apart, its dollars unescaped. No two texts follow one another."""
    found: list[Piece] = []
    literal, behind = "", 0
    for match in _PLACEHOLDER.finditer(text):
        pairs, single = divmod(len(match[1]), 2)
        literal += text[behind : match.start()] + "$" * pairs
        if single:
            found += [Piece(literal)] if literal else []
            found.append(Piece(match[2], is_name=True))
            literal = ""
        else:
            literal += f"{{{match[2]}}}"
        behind = match.end()
    literal += text[behind:]
    return [*found, Piece(literal)] if literal or not found else found


def escaped(text: str) -> str:
    """``text`` so that ``pieces`` finds no name in it and gives it back as it is."""
    return _PLACEHOLDER.sub(lambda match: match[1] + match[0], text)


def sole_name(text: str) -> str | None:
    """The name in a text that is nothing but ``${name}``."""
    match = _PLACEHOLDER.fullmatch(text)
    return match[2] if match and len(match[1]) == 1 else None


def placeholders(value: Any) -> list[str]:
    """The names in ``${name}`` within a value of any depth, each once, in order."""
    return list(dict.fromkeys(piece.text for text in _texts(value) for piece in pieces(text) if piece.is_name))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
