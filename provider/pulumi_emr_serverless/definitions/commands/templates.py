"""What templates leave in a script: ``${{ github.x }}``, ``{{ jinja }}``, ``${terraform.x}``.

It is filled in before any shell reads the script, within single quotes too, so it is marked before a grammar sees it.
"""

from __future__ import annotations

import re

from pulumi_emr_serverless.definitions.commands.marks import Expansions
from pulumi_emr_serverless.definitions.commands.text import Text

_TEMPLATE = re.compile(
    r"\$\{\{(?P<actions>[^{}]*)\}\}"  # GitHub Actions
    r"|\{\{(?P<braces>[^{}]*)\}\}"  # Jinja, Go, Argo, Handlebars
    r"|(?P<statement>\{%[^%]*%\}|%\{\s*(?:if|else|endif|for|endfor)\b[^{}]*\})"  # Jinja's and Terraform's
    r"|<<\s*(?P<circle>(?:pipeline\.|parameters\.)[\w.-]+)\s*>>"  # CircleCI
    r"|\$\{(?P<path>[A-Za-z_][\w-]*(?:\[[\w\"'*-]+\])?(?:\.[\w*-]+(?:\[[\w\"'*-]+\])?)+)\}"  # Terraform, Groovy: no shell has a dot there
    r"|\$\{(?P<call>[A-Za-z_]\w*\([^{}]*\)[^{}]*)\}"
    r"|\$\{(?P<serverless>(?:self|opt|ssm|cf|env|sls|param|file):[A-Za-z/][^{}]*)\}"  # Serverless Framework
    r"|\$\{(?P<cloudformation>AWS::\w+)\}",
    re.ASCII,
)
_LAST_NAME = re.compile(r"[A-Za-z_]\w*(?=\W*\Z)", re.ASCII)


def masked(text: Text, expansions: Expansions) -> Text:
    """``text`` with a mark for each part that a template fills in."""
    return text.sub(_TEMPLATE, lambda match: _mark(match, expansions))


def _mark(match: re.Match[str], expansions: Expansions) -> str:
    if match["statement"]:
        mark = expansions.mark("template", match[0])
        expansions.statements.add(expansions.name_of(mark))
        return mark
    return expansions.mark(name_of_path(match[0]), match[0])


def name_of_path(source: str) -> str:
    """A short name for ``${{ vars.ROLE }}`` (ROLE) or ``${aws_iam_role.job.arn}`` (job_arn)."""
    inside = source.strip("${}<> \t")
    parts = re.findall(r"[A-Za-z_]\w*", re.split(r"[|,(]", inside)[0] or inside, re.ASCII)
    if not parts:
        return "value"
    generic = parts[-1] in ("id", "arn", "name", "bucket", "key", "value", "result", "output", "outputs")
    return "_".join(parts[-2:]) if generic and len(parts) > 2 else parts[-1]
