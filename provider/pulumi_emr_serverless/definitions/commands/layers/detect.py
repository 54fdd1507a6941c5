"""What a text is: by the name of its file, or else by what stands in it."""

from __future__ import annotations

import re
from pathlib import PurePath

_BY_SUFFIX = {
    ".sh": "shell", ".bash": "shell", ".zsh": "shell", ".ksh": "shell", ".ps1": "powershell", ".psm1": "powershell",
    ".bat": "cmd", ".cmd": "cmd", ".yml": "yaml", ".yaml": "yaml", ".json": "json", ".tf": "hcl", ".hcl": "hcl", ".mk": "make",
    ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown", ".groovy": "groovy", ".jenkinsfile": "groovy",
    ".py": "python", ".dockerfile": "dockerfile", ".containerfile": "dockerfile",
}  # fmt: skip
_BY_NAME = {
    "makefile": "make", "gnumakefile": "make", "dockerfile": "dockerfile", "containerfile": "dockerfile",
    "jenkinsfile": "groovy", "justfile": "shell",
}  # fmt: skip
BY_WORD = {
    "sh": "shell", "bash": "shell", "zsh": "shell", "shell": "shell", "console": "shell", "shell-session": "shell",
    "shellsession": "shell", "terminal": "shell", "powershell": "powershell", "pwsh": "powershell", "ps1": "powershell",
    "ps": "powershell", "posh": "powershell", "cmd": "cmd", "bat": "cmd", "batch": "cmd", "dos": "cmd", "yaml": "yaml",
    "yml": "yaml", "json": "json", "hcl": "hcl", "terraform": "hcl", "tf": "hcl", "make": "make", "makefile": "make",
    "dockerfile": "dockerfile", "docker": "dockerfile", "groovy": "groovy", "jenkinsfile": "groovy", "python": "python",
    "py": "python", "markdown": "markdown", "md": "markdown",
}  # fmt: skip
"""Names of languages as Markdown's fences and CI systems' ``shell:`` have them."""

_FENCE = re.compile(r"(?m)^[ \t>]*(?:```|~~~)")
_DOCKER = re.compile(r"(?m)^[ \t]*(?:RUN|CMD|ENTRYPOINT)[ \t]+\S")
_GROOVY = re.compile(
    r"(?m)\b(?:sh|bat|powershell|pwsh)\b[ \t]*\(?[ \t]*(?:script[ \t]*:[ \t]*)?(?:\"\"\"|'''|\"(?=[^\"\n]*start-job-run)|'(?=[^'\n]*start-job-run))"
    r"|^[ \t]*(?:pipeline|node|stage)\b[^\n]*\{[ \t]*$"
)
_HCL = re.compile(
    r"(?m)^[ \t]*[\w.\"-]+[ \t]*=[ \t]*(?:<<[-~]?[A-Za-z]\w*[ \t]*$|\"[^\n]*emr-serverless|\[)"
    r"|^[ \t]*(?:resource|data|provisioner|locals|module|variable|terraform)\b[^\n]*\{[ \t]*$"
)
_HCL_SPACED = re.compile(
    r"(?m)^[ \t]*[\w.\"-]+[ \t]+=[ \t]+(?:<<[-~]?[A-Za-z]\w*[ \t]*$|\"|\[)|^[ \t]*(?:resource|provisioner)[ \t]+\""
)
_MAKE_RULE = re.compile(
    r"(?!(?:def|class|if|elif|else|for|while|with|try|case|do|then)\b)[\w./%$(){}-]+(?:[ \t]+[\w./%$(){}-]+)*[ \t]*::?(?:[^=\n][^\n]*)?\n?\Z"
)
_POWERSHELL = re.compile(
    r"(?mi)[ \t]`[ \t]*$|^[ \t]*\$(?:env:)?\w+[ \t]*=|^[ \t]*(?:param[ \t]*\(|function[ \t]+\w+-\w+|Set-StrictMode|Write-Host|\$ErrorActionPreference)"
    r"|\$env:\w|=[ \t]*@[\"'][ \t]*$|^[^\"\n]*(?:\"[^\"\n]*\"[^\"\n]*)*[ \t]'[\[{][ \t]*\\\""
)
_CMD = re.compile(
    r"(?mi)^[ \t]*@?for[ \t]+/f\b|[ \t\"]\^[ \t]*$|^[ \t]*@?(?:echo[ \t]+off|rem\b|setlocal|set[ \t]+\"?\w+=[^\n]*$)|^[ \t]*::"
)
_PERCENT = re.compile(r"%[A-Za-z_]\w*%")
_PYTHON = re.compile(
    r"(?m)^[ \t]*(?:import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b|def[ \t]+\w+\([^\n]*:[ \t]*$)|\bsubprocess\.\w+\(|\bos\.system\(|BashOperator\("
)
_SHEBANG = re.compile(r"#![^\n]*?\b(bash|sh|zsh|dash|ksh|pwsh|python3?)\b")


def kind_by_name(name: str) -> str:
    path = PurePath(name.lower())
    base = path.name.partition(".")[0]
    return (
        _BY_SUFFIX.get(path.suffix)
        or _BY_NAME.get(path.name)
        or (_BY_NAME.get(base, "") if base == "dockerfile" else "")
    )


def kinds_of(text: str) -> list[str]:
    """What the text may be, the likeliest first; the last is always a shell."""
    shebang = _SHEBANG.match(text)
    if shebang:
        return [{"pwsh": "powershell", "python": "python", "python3": "python"}.get(shebang[1], "shell"), "shell"]
    signs = {
        "json": text.lstrip()[:1] in ("{", "["),
        "dockerfile": _DOCKER.search(text),
        "markdown": _FENCE.search(text),
        "python": _PYTHON.search(text),
        "groovy": _GROOVY.search(text),
        "hcl": _HCL_SPACED.search(text) and _HCL.search(text),
        "make": _has_recipe(text),
        "yaml": re.search(r"(?m)^[ \t]*(?:- )*[\w.\"'/$-]+(?: [\w-]+)?:(?:[ \t]|$)|^[ \t]*- ", text),
        "json fragment": re.search(r'(?m)^[ \t]*"[\w.-]+"[ \t]*:', text),
    }
    return [kind for kind, found in signs.items() if found] + [shell_of(text)]


def _has_recipe(text: str) -> bool:
    """Whether a line that begins with a tab stands below the line of a rule."""
    rule = False
    for line in text.split("\n"):
        if line[:1] == "\t":
            if rule:
                return True
        elif line.strip() and line[:1] != "#":
            rule = len(line) < 500 and _MAKE_RULE.match(line) is not None
    return re.search(r"(?m)^define +\w", text) is not None


def shell_of(text: str) -> str:
    """Which shell a script is for."""
    if _CMD.search(text) or (_PERCENT.search(text) and not re.search(r"\\\n|[$']", text)):
        return "cmd"
    return "powershell" if _POWERSHELL.search(text) and not re.search(r"(?m)[ \t]\\$", text) else "shell"
