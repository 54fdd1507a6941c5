"""``emrs init``: a Pulumi project of one's own, from nothing or from a command that is there."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_emr_serverless._version import __version__

if TYPE_CHECKING:
    from pulumi_emr_serverless.cli.new_project import Program, Setting
    from pulumi_emr_serverless.definitions.commands import ImportedCommand

_PACKAGE = "pulumi-emr-serverless"


def init(  # noqa: PLR0913 - a command has as many parameters as it has options
    folder: Annotated[Path, typer.Argument(help="Where the project goes; it is made if need be.")] = Path(),
    *,
    name: Annotated[
        str | None, typer.Option(help="The project's name; default: the folder's.", metavar="NAME", show_default=False)
    ] = None,
    command: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="A script, README or workflow with the AWS CLI command to run instead of an example.",
            metavar="FILE",
        ),
    ] = None,
    number: Annotated[int | None, typer.Option(help="Which command of several, from 1.", min=1)] = None,
    jobs: Annotated[
        bool, typer.Option("--jobs", help="Job definitions in jobs/*.yaml, instead of keywords in the program.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: files, first, emulator, local, aws.")
    ] = False,
) -> None:
    """Begin a Pulumi project with a job run, and say which commands come next. Nothing is run.

    It has Pulumi.yaml, a program, requirements.txt, .gitignore, and Pulumi.local.yaml: the configuration of a stack that needs
    no AWS account, only emrs local. A file that is there is never changed.

    Exit code 0: the files are written; 1: the command given with --from cannot be used; 2: the command itself is wrong, or one
    of the files is there already. Nothing is written then.

    Example: emrs init etl --from run.sh
    """
    from pulumi_emr_serverless.cli import new_project  # noqa: PLC0415 - so that emrs --help is quick
    from pulumi_emr_serverless.cli.local import DEFAULT_PORT, EXAMPLE_ROLE  # noqa: PLC0415 - as above

    project = name or new_project.project_name(folder.resolve().name)
    if project != new_project.project_name(project):
        raise typer.BadParameter(f"{project!r}: Pulumi takes up to 100 letters, digits, - _ and .", param_hint="--name")
    if number is not None and command is None:
        raise typer.BadParameter("is about a command given with --from", param_hint="--number")
    if command is not None:
        program = new_project.imported(project, _command(command, number), command.name, as_definition=jobs)
    else:
        program = new_project.example_of_definitions(project) if jobs else new_project.example(project)
    virtualenv = _virtualenv(folder)
    here = new_project.Surroundings(virtualenv, _requirement(), f"http://127.0.0.1:{DEFAULT_PORT}", EXAMPLE_ROLE)
    written = _write(folder, new_project.files_of(project, program, here))
    steps = _Steps(folder, program, virtualenv, written)
    typer.echo(json.dumps(steps.document(), indent=2) if as_json else steps.text())


def _command(file: Path, number: int | None) -> ImportedCommand:
    from pulumi_emr_serverless.cli.imported import explain, problems_of, read_file  # noqa: PLC0415 - as above
    from pulumi_emr_serverless.definitions.commands import import_command  # noqa: PLC0415 - as above

    found = import_command(read_file(str(file), "--from"), number=number, base=file.parent, name=file.name)
    problems = problems_of(found)
    explain(found, problems)
    if problems:
        typer.echo("Nothing was written.", err=True)
        raise typer.Exit(1)
    return found


def _virtualenv(folder: Path) -> str:
    """The one that this command runs in, where it is the project's; else one that Pulumi makes."""
    prefix = Path(sys.prefix).resolve()
    if sys.prefix != sys.base_prefix and prefix.is_relative_to(folder.resolve()):
        return prefix.relative_to(folder.resolve()).as_posix()
    return ".venv"


def _requirement() -> str:
    """What pip gets this very package by: PEP 610 keeps where it was installed from, if not from an index."""
    try:
        direct = json.loads(distribution(_PACKAGE).read_text("direct_url.json") or "null")
    except PackageNotFoundError:
        direct = None
    if not direct:
        return f"{_PACKAGE}~={__version__}"
    vcs = direct.get("vcs_info", {})
    scheme, revision = (f"{vcs['vcs']}+", f"@{vcs.get('commit_id', '')}") if vcs else ("", "")
    return f"{_PACKAGE} @ {scheme}{direct['url']}{revision}"


def _write(folder: Path, files: dict[str, str]) -> list[str]:
    """Write all of them or none; a .gitignore that is there stays. Returns what was written."""
    wanted = {path: text for path, text in files.items() if path != ".gitignore" or not (folder / path).exists()}
    there = [path for path in wanted if (folder / path).exists()]
    if there:
        raise typer.BadParameter(f"{', '.join(there)}: there already; nothing was written", param_hint="FOLDER")
    try:
        for path, text in wanted.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            with (folder / path).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        raise typer.BadParameter(f"{error.filename}: {error.strerror}", param_hint="FOLDER") from None
    return list(wanted)


@dataclass(frozen=True)
class _Steps:
    """What is there now, and which commands come next."""

    folder: Path
    program: Program
    virtualenv: str
    written: list[str]

    def document(self) -> dict[str, Any]:
        return {
            "files": self.written,
            "first": self._first(),
            "emulator": self._emulator(),
            "local": self._local(),
            "aws": self._aws(),
        }

    def text(self) -> str:
        lines = [f"Written: {', '.join(self.written)}"]
        if ".gitignore" not in self.written:
            lines.append(f"Your .gitignore stays as it is; it should have: {' '.join(self._ignored())}")
        if shutil.which("pulumi") is None:
            lines.append("There is no Pulumi on the PATH: see https://www.pulumi.com/docs/install/")
        sections = {
            "First:": self._first(),
            f"On this machine, without an AWS account, while `{self._emulator()}` runs in another terminal:": self._local(),
            "On AWS:": self._aws(),
        }
        for title, commands in sections.items():
            if commands:
                lines += ["", title, *(f"  {command}" for command in commands)]
        return "\n".join(lines)

    def _ignored(self) -> tuple[str, ...]:
        from pulumi_emr_serverless.cli.new_project import ignored  # noqa: PLC0415 - as above

        return ignored(self.virtualenv)

    def _emulator(self) -> str:
        application = self.program.application_id
        return f"emrs local --application {application}" if application else "emrs local"

    def _first(self) -> list[str]:
        inside = [] if self.folder.resolve() == Path.cwd() else [f"cd {shlex.quote(str(self.folder))}"]
        made = [] if (self.folder / self.virtualenv).exists() else ["pulumi install"]
        return [*inside, *made, *([] if _knows_a_backend() else ["pulumi login --local"])]

    def _local(self) -> list[str]:
        from pulumi_emr_serverless.cli.new_project import LOCAL_STACK, unset_locally  # noqa: PLC0415 - as above

        return [f"pulumi stack init {LOCAL_STACK}", *map(_set, unset_locally(self.program).items()), "pulumi up"]

    def _aws(self) -> list[str]:
        settings = map(_set, self.program.settings.items())
        region = "pulumi config set aws:region <region, like eu-west-1>"
        return ["pulumi stack init dev", region, *settings, "pulumi up"]


def _set(named: tuple[str, Setting]) -> str:
    key, setting = named
    secret = "--secret " if setting.secret else ""
    return f"pulumi config set {secret}{key} {shlex.quote(setting.value) if setting.value else f'<{key}>'}"


def _knows_a_backend() -> bool:
    """Whether Pulumi will know where states are kept, as far as its files and the environment tell."""
    if os.environ.get("PULUMI_BACKEND_URL") or os.environ.get("PULUMI_ACCESS_TOKEN"):
        return True
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return bool(json.loads((home / "credentials.json").read_text("utf-8")).get("current"))
    except (OSError, ValueError, AttributeError):
        return False
