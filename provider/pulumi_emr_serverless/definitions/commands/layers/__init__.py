"""Takes scripts out of what they are wrapped in, one layer after the other, and has them read.

Each layer undoes its own quoting and marks what it fills in itself: Terraform's ``${aws_x.y.id}``, Make's ``$(NAME)``. What a
text of unknown kind is, is tried in turn: the first layer that finds a command in it was right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pulumi_emr_serverless.definitions.commands.cmd import read_cmd
from pulumi_emr_serverless.definitions.commands.layers import detect
from pulumi_emr_serverless.definitions.commands.layers.dockerfile import dockerfile_layer
from pulumi_emr_serverless.definitions.commands.layers.documents import json_layer, yaml_layer
from pulumi_emr_serverless.definitions.commands.layers.groovy import groovy_layer
from pulumi_emr_serverless.definitions.commands.layers.hcl import hcl_layer
from pulumi_emr_serverless.definitions.commands.layers.inner import Inner, OtherKindError
from pulumi_emr_serverless.definitions.commands.layers.makefile import make_layer
from pulumi_emr_serverless.definitions.commands.layers.markdown import markdown_layer
from pulumi_emr_serverless.definitions.commands.layers.python import python_layer
from pulumi_emr_serverless.definitions.commands.marks import Expansions
from pulumi_emr_serverless.definitions.commands.powershell import read_powershell
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Command, Script
from pulumi_emr_serverless.definitions.commands.shell import read_shell
from pulumi_emr_serverless.definitions.commands.text import Text

Layer = Callable[[Text, Expansions, Script], Iterator[Inner]]

_LAYERS: dict[str, Layer] = {
    "json": json_layer,
    "json fragment": json_layer,
    "yaml": yaml_layer,
    "hcl": hcl_layer,
    "make": make_layer,
    "dockerfile": dockerfile_layer,
    "groovy": groovy_layer,
    "markdown": markdown_layer,
    "python": python_layer,
}
_SHELLS = {"shell": read_shell, "powershell": read_powershell, "cmd": read_cmd}
_DEEPEST = 5


def read_scripts(text: str, name: str, expansions: Expansions, script: Script) -> None:
    """Add everything that the scripts within ``text`` say to ``script``. ``name`` is that of its file, if it has one."""
    _read(Inner(Text.of(text), detect.kind_by_name(name)), expansions, script, 0)


def _read(inner: Inner, expansions: Expansions, script: Script, depth: int) -> None:
    if inner.words:
        script.add(
            Command(inner.words[0].at, inner.text.origin(len(inner.text)), list(inner.words), inner.told, is_cli=True)
        )
        return
    for kind in _kinds(inner, depth):
        if kind in _SHELLS:
            _SHELLS[kind](inner.text, expansions, script, inner.told)
            return
        known = script.length()
        try:
            parts = list(_LAYERS[kind](inner.text, expansions, script))
        except OtherKindError:
            parts = []
        for part in parts:
            _read(part, expansions, script, depth + 1)
        if script.length()[0] > known[0]:
            return
        script.cut(known)


def _kinds(inner: Inner, depth: int) -> list[str]:
    """What the text may be. One that does not speak of the command can only set something for it."""
    if inner.language in _SHELLS:
        return [inner.language]
    if depth >= _DEEPEST or MENTION not in inner.text.text:
        return [detect.shell_of(inner.text.text)]
    guessed = detect.kinds_of(inner.text.text)
    return [inner.language, *(kind for kind in guessed if kind != inner.language)] if inner.language else guessed
