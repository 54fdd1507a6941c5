"""Python: texts for a shell and lists of words, as ``subprocess``, Airflow and SDKs of cloud providers take them."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

from pulumi_emr_serverless.definitions.commands.layers.inner import Inner, OtherKindError
from pulumi_emr_serverless.definitions.commands.marks import Expansions, UnreadableCommandError, Word
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Script
from pulumi_emr_serverless.definitions.commands.text import Text

_PERCENT = re.compile(r"%%|%(?:\((\w+)\))?[sdirf]")
_FORMAT = re.compile(r"\{\{|\}\}|\{([\w.\[\]]*)[^{}]*\}")
_SHOWS = frozenset({"print", "info", "debug", "warning", "error", "log", "echo", "secho"})


def python_layer(text: Text, expansions: Expansions, script: Script) -> Iterator[Inner]:
    """Every text and every list that speaks of the command; docstrings tell it only."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of strange escapes in the file
            tree = ast.parse(textwrap.dedent(text.text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise OtherKindError from None
    reader = _Reader(text, expansions)
    try:
        found = list(reader.walk(tree, script))
    except RecursionError:
        raise UnreadableCommandError(0, "the Python is nested too deeply") from None
    if not found:
        raise OtherKindError
    yield from found


class _Reader:
    def __init__(self, text: Text, expansions: Expansions) -> None:
        self.text = text
        self.expansions = expansions
        self.starts = [at for at, _ in text.lines()] or [0]

    def walk(self, tree: ast.AST, script: Script) -> Iterator[Inner]:
        stack: list[tuple[ast.AST, str]] = [(tree, "")]
        while stack:
            node, told = stack.pop()
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self._assignment(node.targets[0].id, node, script)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                told = "a docstring"
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                told = f"what {name} shows" if name in _SHOWS else told
            if (inner := self._inner(node, told)) is not None:
                yield inner
                continue
            stack.extend((child, told) for child in reversed(list(ast.iter_child_nodes(node))))

    def _inner(self, node: ast.AST, told: str) -> Inner | None:
        if isinstance(node, ast.List | ast.Tuple):
            words = [self._value(item) for item in node.elts]
            if "emr-serverless" in words and MENTION in words:
                at = self._at(node)
                return Inner(Text().put(MENTION, at), "", told, tuple(Word(word, at) for word in words))
        if (
            isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp | ast.Call)
            and (text := self._known(node)) is not None
        ):
            return Inner(Text().put(textwrap.dedent(text), self._at(node)), "shell", told) if MENTION in text else None
        return None

    def _value(self, node: ast.expr) -> str:
        """The text, with a mark for what is no text in the program."""
        known = self._known(node)
        return self._mark(node) if known is None else known

    def _known(self, node: ast.AST) -> str | None:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return "".join(
                self._value(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values
            )
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and self._is_text(node):
            return self._value(node.left) + self._value(node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
            text = self._known(node.left)
            return None if text is None else _PERCENT.sub(lambda match: self._percent(match, node.right), text)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            text = self._known(node.func.value)
            return None if text is None else _FORMAT.sub(lambda match: self._formatted(match, node), text)
        return None

    def _percent(self, match: re.Match[str], values: ast.expr) -> str:
        name = match[1] or ("value" if isinstance(values, ast.Tuple) else _name_of(values))
        return "%" if match[0] == "%%" else self.expansions.mark(name, f"{match[0]} % {ast.unparse(values)}", "python")

    def _formatted(self, match: re.Match[str], call: ast.Call) -> str:
        given = next((ast.unparse(each.value) for each in call.keywords if each.arg == match[1]), match[0])
        return match[0][0] if match[0] in ("{{", "}}") else self.expansions.mark(match[1] or "value", given)

    def _is_text(self, node: ast.BinOp) -> bool:
        return any(
            isinstance(side, ast.JoinedStr)
            or (isinstance(side, ast.Constant) and isinstance(side.value, str))
            or (isinstance(side, ast.BinOp) and self._is_text(side))
            for side in (node.left, node.right)
        )

    def _mark(self, node: ast.expr) -> str:
        return self.expansions.mark(_name_of(node), ast.unparse(node), "python")

    def _assignment(self, name: str, node: ast.Assign, script: Script) -> None:
        value = node.value.value if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) else None
        at = self._at(node)
        script.assign(Assigned(name, at, at, None if value is None else (value,), conditions=((at, at),)))

    def _at(self, node: ast.AST) -> int:
        line = getattr(node, "lineno", 1) - 1
        return self.text.origin(self.starts[min(line, len(self.starts) - 1)])


def _name_of(node: ast.AST) -> str:
    """``bucket`` of ``config.bucket`` and of ``json.dumps(bucket)``, ``ROLE`` of ``os.environ["ROLE"]``."""
    for _ in range(20):
        if isinstance(node, ast.Call):
            node = node.args[0] if node.args else node.func
        elif isinstance(node, ast.Subscript):
            node = (
                node.slice if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else node.value
            )
        else:
            break
    if isinstance(node, ast.Constant):
        return str(node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else "value"
