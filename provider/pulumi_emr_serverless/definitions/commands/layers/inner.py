"""What a layer hands on: a script, or a text in another layer, that it was wrapped around."""

from __future__ import annotations

from typing import NamedTuple

from pulumi_emr_serverless.definitions.commands.marks import Word
from pulumi_emr_serverless.definitions.commands.text import Text


class Inner(NamedTuple):
    """``language`` is that of a layer or a shell; empty where the text itself has to say."""

    text: Text
    language: str = ""
    told: str = ""
    words: tuple[Word, ...] = ()
    """The words of a command that no shell has to find: of a list in JSON, YAML or Python."""


class OtherKindError(Exception):
    """The text is not of this layer's kind after all."""
