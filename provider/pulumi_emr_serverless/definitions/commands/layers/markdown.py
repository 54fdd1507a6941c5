"""READMEs: fenced and indented blocks of code, and commands within a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pulumi_emr_serverless.definitions.commands.grammars import dependency
from pulumi_emr_serverless.definitions.commands.layers.detect import BY_WORD
from pulumi_emr_serverless.definitions.commands.layers.inner import Inner, OtherKindError
from pulumi_emr_serverless.definitions.commands.marks import Expansions
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Script
from pulumi_emr_serverless.definitions.commands.text import Text

_INLINE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]*start-job-run[^`\n]*)\1")


def markdown_layer(text: Text, expansions: Expansions, script: Script) -> Iterator[Inner]:  # noqa: ARG001 - Markdown fills nothing in
    """Every block of code. Those without the command may set what another one uses."""
    lines = list(text.lines())
    blocks = [token for token in _tokens(text.text) if token.type in ("fence", "code_block")]
    if not any(MENTION in block.content for block in blocks) and not _INLINE.search(text.text):
        raise OtherKindError
    for block in blocks:
        word = (block.info.split() or [""])[0].strip("{}.").lower()
        yield Inner(_content(text, lines, block), BY_WORD.get(word, ""))
    covered = [block.map for block in blocks]
    for match in _INLINE.finditer(text.text):
        line = text.text.count("\n", 0, match.start())
        if not any(start <= line < end for start, end in covered):
            yield Inner(text.cut(*match.span(2)), "shell", "a sentence")


def _tokens(text: str) -> Any:
    return dependency("markdown_it").MarkdownIt("commonmark").parse(text)


def _content(text: Text, lines: list[tuple[int, int]], block: Any) -> Text:
    """The lines of the block, each where it stands in the file, without the indentation that Markdown takes away."""
    start, end = block.map
    own = lines[start + 1 : end] if block.type == "fence" else lines[start:end]
    content = Text()
    for (at, to), line in zip(own, block.content.splitlines(keepends=True), strict=False):
        raw = text.text[at:to]
        if not raw.rstrip("\n").endswith(line.rstrip("\n")):
            return Text().put(block.content, text.origin(lines[start][0]))
        content.copy(text, at + len(raw.rstrip("\n")) - len(line.rstrip("\n")), to)
    return content
