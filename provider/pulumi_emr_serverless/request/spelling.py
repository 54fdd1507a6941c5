"""AWS's names of members, and Python's: a message is in the words of whoever wrote the program."""

from __future__ import annotations

import re
from functools import cache

from pulumi_emr_serverless.request.rules import member_names

_WORD_OR_QUOTED = re.compile(r"'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|[A-Za-z][A-Za-z0-9_]*")


def spelled_in_python(message: str) -> str:
    """A message with the members' names in snake_case. What stands in quotes is a value, and stays."""
    return _WORD_OR_QUOTED.sub(lambda word: _snake_names().get(word[0], word[0]), message)


def spelled_by_aws(path: str) -> str:
    """A path with the members' names in the API's spelling."""
    return _WORD_OR_QUOTED.sub(lambda word: _api_names().get(word[0], word[0]), path)


@cache
def _snake_names() -> dict[str, str]:
    return {name: re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower() for name in member_names()}


@cache
def _api_names() -> dict[str, str]:
    return {snake: name for name, snake in _snake_names().items()}
