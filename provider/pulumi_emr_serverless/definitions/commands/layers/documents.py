"""YAML and JSON: workflows, pipelines, tasks, manifests, templates. Each text and each list of words may be a command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from pulumi_emr_serverless.definitions.commands import templates
from pulumi_emr_serverless.definitions.commands.layers.detect import BY_WORD
from pulumi_emr_serverless.definitions.commands.layers.inner import Inner, OtherKindError
from pulumi_emr_serverless.definitions.commands.marks import Expansions, Word
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Script
from pulumi_emr_serverless.definitions.commands.text import Text

_SERVICE = "emr-serverless"
_VARIABLES = frozenset({"env", "environment", "variables", "vars", "build_args"})
_SHELL_KEYS = {
    "powershell": "powershell",
    "pwsh": "powershell",
    "win_shell": "powershell",
    "win_command": "cmd",
    "bash": "shell",
}
_AZURE = frozenset({"vmImage", "inlineScript"})
"""Keys that Azure's pipelines alone have."""
_MACRO = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)", re.ASCII)
_SUB = re.compile(r"\$\{(!)?([\w:.]+)\}", re.ASCII)
_COMPOSE = re.compile(r"\$\$|\$\{([A-Za-z_]\w*)[^{}]*\}|\$([A-Za-z_]\w*)", re.ASCII)
_DEEPEST = 200


def yaml_layer(text: Text, expansions: Expansions, script: Script) -> Iterator[Inner]:
    """Every scalar that speaks of the command, with the variables that are set around it."""
    text = templates.masked(text, expansions)
    try:
        documents = [node for node in yaml.compose_all(text.text, Loader=yaml.SafeLoader) if node is not None]
    except (yaml.YAMLError, RecursionError):
        raise OtherKindError from None
    if not any(isinstance(node, yaml.MappingNode | yaml.SequenceNode) for node in documents):
        raise OtherKindError
    for document in documents:
        yield from _Walk(text, expansions, script, document).inner(document, (), 0)


class _Walk:
    def __init__(self, text: Text, expansions: Expansions, script: Script, root: yaml.Node) -> None:
        self.text = text
        self.expansions = expansions
        self.script = script
        keys = {key.value for key in _keys(root)}
        self.azure = bool(keys & _AZURE) or ("steps" in keys and "script" in keys and "run" not in keys)
        self.compose = "services" in _names(root)
        self.seen: set[int] = set()

    def inner(self, node: yaml.Node, keys: tuple[str, ...], depth: int, shell: str = "") -> Iterator[Inner]:
        if depth > _DEEPEST or id(node) in self.seen:
            return
        if isinstance(node, yaml.MappingNode):
            self.seen.add(id(node))
            yield from self._mapping(node, keys, depth, shell)
        elif isinstance(node, yaml.SequenceNode):
            self.seen.add(id(node))
            yield from self._sequence(node, keys, depth, shell)
        elif isinstance(node, yaml.ScalarNode) and MENTION in node.value:
            yield Inner(self._filled(node, keys), _language(keys, shell))

    def _mapping(self, node: yaml.MappingNode, keys: tuple[str, ...], depth: int, shell: str) -> Iterator[Inner]:
        named = {key.value: item for key, item in node.value if isinstance(key, yaml.ScalarNode)}
        own = named.get("shell")
        if isinstance(own, yaml.ScalarNode):
            shell = BY_WORD.get(own.value.split()[0] if own.value.split() else "", shell)
        for key, item in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in _VARIABLES:
                self._settings(item)
            yield from self.inner(item, (*keys, name), depth + 1, shell)

    def _sequence(self, node: yaml.SequenceNode, keys: tuple[str, ...], depth: int, shell: str) -> Iterator[Inner]:
        scalars = [item for item in node.value if isinstance(item, yaml.ScalarNode)]
        values = [item.value for item in scalars]
        if _SERVICE in values and MENTION in values:
            words = tuple(Word(self._argument(item), self.text.origin(item.start_mark.index)) for item in scalars)
            yield Inner(self.text.cut(node.start_mark.index, node.end_mark.index), words=words)
            return
        if len(scalars) == len(node.value) and any(MENTION in value for value in values):
            script = Text()  # the lines of one script, as GitLab has them
            for item in scalars:
                script.copy(self._filled(item, keys))
                script.put("\n", self.text.origin(item.end_mark.index))
            yield Inner(script, _language(keys, shell))
            return
        below = (*keys, "Fn::Sub") if node.tag == "!Sub" else keys
        for item in node.value:
            yield from self.inner(item, below, depth + 1, shell)

    def _filled(self, node: yaml.ScalarNode, keys: tuple[str, ...]) -> Text:
        """The text with marks for what the system fills in, whatever the shell's quotes around it are."""
        content = _content(self.text, node)
        if node.tag == "!Sub" or keys[-1:] == ("Fn::Sub",):
            return content.sub(_SUB, lambda match: f"${{{match[2]}}}" if match[1] else self._mark(match[2], match[0]))
        if self.azure:
            return content.sub(_MACRO, lambda match: self._mark(match[1], match[0]))
        if self.compose:
            return content.sub(
                _COMPOSE, lambda match: "$" if match[0] == "$$" else self._mark(match[1] or match[2], match[0])
            )
        return content

    def _argument(self, item: yaml.ScalarNode) -> str:
        """Kubernetes fills ``$(NAME)`` in where no shell does."""
        return _MACRO.sub(lambda match: self._mark(match[1], match[0]), str(item.value))

    def _mark(self, wanted: str, source: str) -> str:
        return self.expansions.mark(wanted.rpartition(".")[2].rpartition(":")[2] or wanted, source, "yaml")

    def _settings(self, node: yaml.Node) -> None:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        for key, item in pairs:
            if isinstance(key, yaml.ScalarNode) and isinstance(item, yaml.ScalarNode):
                at = self.text.origin(key.start_mark.index)
                self.script.assign(Assigned(key.value, at, at, (item.value,), conditions=((at, at),)))


def _names(node: yaml.Node) -> set[str]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {key.value for key, _ in pairs if isinstance(key, yaml.ScalarNode)}


def _keys(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    stack, seen = [node], set()
    while stack:
        each = stack.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, yaml.MappingNode):
            for key, item in each.value:
                if isinstance(key, yaml.ScalarNode):
                    yield key
                stack.append(item)
        elif isinstance(each, yaml.SequenceNode):
            stack += each.value


def _language(keys: tuple[str, ...], shell: str) -> str:
    return _SHELL_KEYS.get(keys[-1] if keys else "", shell)


def _content(text: Text, node: yaml.ScalarNode) -> Text:
    """The value of a scalar. Of a literal block, each character keeps its place in the file; of others, the value has one."""
    start, end = node.start_mark.index, node.end_mark.index
    if node.style == "|":
        raw = text.cut(start, end)
        lines = list(raw.lines())[1:]
        indents = [re.match(r"[ ]*", raw.text[at:to]).end() for at, to in lines if raw.text[at:to].strip()]  # type: ignore[union-attr] # it matches nothing, too
        least = min(indents, default=0)
        kept = Text()
        for at, to in lines:
            kept.copy(raw, min(at + least, to - 1) if raw.text[at:to].strip() else to - 1, to)
        if kept.text.rstrip("\n") == node.value.rstrip("\n"):
            return kept
    if node.style is None and text.text[start:end] == node.value:
        return text.cut(start, end)
    return Text().put(node.value, text.origin(start))


def json_layer(text: Text, expansions: Expansions, script: Script) -> Iterator[Inner]:  # noqa: ARG001 - JSON fills nothing in
    """JSON, or members of an object without the braces around them. Places are those of the whole."""
    document = _loaded(text.text)
    if not isinstance(document, dict | list):
        raise OtherKindError
    places = _Places(text)
    yield from _json_inner(document, places, 0)


class _Places:
    """Where texts of the document stand, found in their order."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.behind = 0

    def of(self, value: str) -> int:
        """JSON writes a text in many ways; its mention of the command is written in one."""
        at = self.text.text.find(MENTION if MENTION in value else json.dumps(value), self.behind)
        if at >= 0:
            self.behind = at + 1
        return self.text.origin(max(at, 0))


def _json_inner(value: Any, places: _Places, depth: int) -> Iterator[Inner]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        if MENTION in value:
            yield Inner(Text().put(value, places.of(value)))
    elif isinstance(value, list):
        if _SERVICE in value and MENTION in value and all(isinstance(item, str) for item in value):
            at = places.of(MENTION)
            yield Inner(Text().put(MENTION, at), words=tuple(Word(item, at) for item in value))
            return
        for item in value:
            yield from _json_inner(item, places, depth + 1)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _json_inner(item, places, depth + 1)


def _loaded(text: str) -> Any:
    for whole in (text, "{" + text.strip().rstrip(",") + "}"):
        try:
            return json.loads(whole)
        except (ValueError, RecursionError):
            continue
    return None
