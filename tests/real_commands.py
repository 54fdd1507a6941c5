"""Commands as people write them, run for real with an ``aws`` that only notes how it was called.

What bash, make or Python makes of a file reaches the note; the AWS CLI's own parser then makes a request of it, in this
process, which goes no further than to botocore. That is what an imported command is held against.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

TOOL = r"""#!/bin/sh
# Notes the words of a start-job-run, and keeps the files that they name.
case " $* " in *" start-job-run "*) ;; *) echo 123456789012; exit 0 ;; esac
for word; do
  case $word in file://*)  # as it is now: the script may remove it
    number=$((number + 1)); cp "${word#file://}" "$NOTES/$$-$number"; word="file://$NOTES/$$-$number" ;;
  esac
  printf '%s\0' "$word"
done >> "$NOTES/words"
printf '\0\0' >> "$NOTES/words"
case "$*" in *"--output text"*) echo 00run ;; *) echo '{"jobRunId": "00run"}' ;; esac
"""
TERRAFORM = '#!/bin/sh\nfor word; do last=$word; done\neval "printf %s \\"\\$OUT_$last\\""\n'


class Case:
    """A file of the corpus, and the JSON beside it that says how it is run and what must come out."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.said: dict[str, Any] = json.loads(Path(f"{file}.json").read_text("utf-8"))

    def laid_out(self, folder: Path) -> Path:
        """The file, and those that it needs, in a folder of their own."""
        for name, content in self.said.get("files", {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        copy = folder / self.file.name
        copy.write_bytes(self.file.read_bytes())
        return copy

    def calls(self, folder: Path) -> list[list[str]]:
        """The words of each start-job-run, as the AWS CLI gets them."""
        if "argv" in self.said:
            return [self.said["argv"][1:]]
        command = self._command(folder)
        return (
            noted_calls(command, folder, {**self.said.get("environment", {})}, self.said.get("commands", {}))
            if command
            else []
        )

    def _command(self, folder: Path) -> list[str]:
        name, arguments = str(folder / self.file.name), self.said.get("arguments", [])
        by = self.said.get("ran_by")
        if "script" in self.said:
            return ["bash", "-c", self.said["script"]]
        if by == "bash":
            return ["bash", name, *arguments]
        if by == "make":
            return ["make", "-s", "-f", name, self.said["target"]]
        if by == "python":
            return [sys.executable, name]
        text = self.file.read_text("utf-8")
        found: Any = yaml.safe_load(text) if by == "yaml" else json.loads(text)
        for step in self.said["path"]:
            found = found[step]
        if isinstance(found, list) and "start-job-run" in found:
            return [*self.said.get("prefix", []), *map(self._filled, found)]
        return ["bash", "-c", self._filled("\n".join(found) if isinstance(found, list) else found)]

    def _filled(self, text: str) -> str:
        """As the system fills its templates in before it starts the shell."""
        for template, value in self.said.get("filled", {}).items():
            text = text.replace(template, value)
        return text


def cases(folder: Path) -> list[Case]:
    return [
        Case(file)
        for file in sorted(folder.iterdir())
        if not file.name.endswith(".json") or Path(f"{file}.json").exists()
    ]


def noted_calls(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], commands: Mapping[str, str]
) -> list[list[str]]:
    """Run ``job`` in ``folder``, with an ``aws`` before all others on the path."""
    tools, notes = folder / ".tools", folder / ".notes"
    tools.mkdir()
    notes.mkdir()
    scripts = dict.fromkeys(("aws", "aws.exe", "awslocal"), TOOL) | {"terraform": TERRAFORM}
    for name, text in (scripts | {name: f"#!/bin/sh\necho '{said}'\n" for name, said in commands.items()}).items():
        (tools / name).write_text(text)
        (tools / name).chmod(stat.S_IRWXU)
    subprocess.run(
        command,
        cwd=folder,
        env={
            "PATH": f"{tools}:{os.environ['PATH']}",
            "NOTES": str(notes),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    words = notes / "words"
    if not words.exists():
        return []
    calls = words.read_text("utf-8").split("\0\0\0")
    return [call.split("\0") for call in calls if call]


class RefusedError(Exception):
    """The AWS CLI takes the words for no command."""


def request_of(words: Sequence[str], folder: Path) -> dict[str, Any]:
    """The parameters of StartJobRun that the AWS CLI makes of the words; without the token that it makes up itself."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        return dict(_sent(words))
    finally:
        os.chdir(here)


def _sent(words: Sequence[str]) -> Iterator[tuple[str, Any]]:
    driver, sent = _driver()
    sent.clear()
    try:
        status = driver.main(list(words))
    except SystemExit as error:
        raise RefusedError(f"exit code {error.code}") from None
    if status or not sent:
        raise RefusedError(f"exit code {status}")
    for name, value in sent[-1].items():
        if name != "clientToken":
            yield name, value


@cache
def _driver() -> tuple[Any, list[dict[str, Any]]]:
    from awscli.clidriver import create_clidriver  # type: ignore[import-untyped] # the AWS CLI has no types

    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        os.environ.setdefault(name, value)
    driver = create_clidriver()
    sent: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append(dict(params))

    def answer(request: Any, **_: Any) -> AWSResponse:
        return _Answer(request.url)

    driver.session.register("provide-client-params.emr-serverless.StartJobRun", note)
    driver.session.register("before-send.emr-serverless.StartJobRun", answer)
    return driver, sent


class _Answer(AWSResponse):
    """Nothing leaves this process."""

    def __init__(self, url: str) -> None:
        super().__init__(url, 200, HTTPHeaders(), None)

    @property
    def content(self) -> bytes:
        return b'{"applicationId": "00f1", "jobRunId": "00run", "arn": "arn:aws:emr-serverless:us-east-1:1:/applications/00f1/jobruns/00run"}'
