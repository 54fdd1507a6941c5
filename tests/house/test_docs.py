"""The documentation is held against the code: programs compile, links lead somewhere, commands and keys exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import pulumi_emr_serverless
from engine.matrix import cells, left_out
from pulumi_emr_serverless import JobRun
from pulumi_emr_serverless.aws.configuration import connection, default_tags
from pulumi_emr_serverless.cli import app
from pulumi_emr_serverless.definitions.files import check_text
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.faults import KINDS
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.program.spark import SparkOptions
from pulumi_emr_serverless.request import violations
from pulumi_emr_serverless.watching.cost import PRICES_KEY

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(language: str) -> list[Any]:
    """Every fenced block of a language, named for its page and number."""
    found = []
    for file in PAGES:
        matching = [text for kind, text in BLOCK.findall(file.read_text("utf-8")) if kind == language]
        found += [pytest.param(text, id=f"{file.name}-{number}") for number, text in enumerate(matching, 1)]
    return found


@pytest.mark.parametrize("text", blocks("python"))
def test_python_compiles(text: str) -> None:
    """A program that is copied from a page must at least be one."""
    compile(text, "page", "exec")


def test_python_is_typed(tmp_path: Path) -> None:
    """Whoever pastes a sample into a project with a type checker must not begin with its complaints."""
    for number, sample in enumerate(blocks("python")):
        (tmp_path / f"sample{number}.py").write_text(str(sample.values[0]))
    check = ["--strict", "--config-file", "/dev/null", "--cache-dir", str(tmp_path / "cache"), str(tmp_path)]
    done = subprocess.run([sys.executable, "-m", "mypy", *check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_api_page_has_each_name() -> None:
    """What is not there, nobody finds without reading the code."""
    text = page("docs/api.md")
    names = {*pulumi_emr_serverless.__all__, *SparkOptions.__annotations__, *BEHAVIOUR_KEYWORDS, *JOB_OUTPUTS}
    assert [name for name in sorted(names - {"__version__"}) if f"`{name}" not in text] == []


BEHAVIOUR_KEYWORDS = {"triggers", "rerun", "on_delete", "cancel_grace_period_seconds", "region", "endpoint"}
JOB_OUTPUTS = {name for name, value in vars(JobRun).items() if isinstance(value, (property, cached_property))}


def test_the_emulator_page_does_what_it_shows(tmp_path: Path) -> None:
    """Its test and its program need nothing but this package, so they are run."""
    test, program = [text for kind, text in BLOCK.findall(page("docs/emulator.md")) if kind == "python"]
    (tmp_path / "test_page.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout
    exec(compile(program, "docs/emulator.md", "exec"), {})


def test_the_readme_shows_the_quickstart() -> None:
    """`make demo` runs the program above it, not one like it."""
    program = page("examples/quickstart/__main__.py").split('"""')[2].strip().replace("\n\nfrom ", "\nfrom ", 1)
    shown = next(text for kind, text in BLOCK.findall(page("README.md")) if kind == "python")
    assert shown.strip() == program


@pytest.mark.parametrize("text", blocks("yaml"))
def test_yaml_is_valid(text: str) -> None:
    """Every YAML block of the docs is a definition, or a program with job runs."""
    if "runtime: yaml" not in text:
        assert check_text(text, "page", "yaml", {"bucket": "b"})[1] == []
        return
    jobs = [one for one in yaml.safe_load(text)["resources"].values() if one["type"] == "emr-serverless:JobRun"]
    assert [str(found) for one in jobs for found in violations(one["properties"])] == []
    assert jobs


@pytest.mark.parametrize("text", blocks("json"))
def test_json_is_json(text: str) -> None:
    """A policy with a comma too many is found when it is too late."""
    json.loads(text)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_links_lead_somewhere(file: Path) -> None:
    """Relative links, and their anchors, exist."""
    text = BLOCK.sub("", file.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (file.parent / path).resolve() if path else file
        assert linked.exists(), f"{file.name} links to {target}"
        if anchor:
            assert anchor in _anchors(linked.read_text("utf-8")), f"{file.name} links to {target}"


def test_the_index_has_every_page() -> None:
    """A page that no list names is found by nobody."""
    pages = {file.name for file in ROOT.glob("docs/*.md")} - {"README.md"}
    assert pages <= set(re.findall(r"\]\(([\w-]+\.md)\)", page("docs/README.md")))


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _commands(text: str) -> list[str]:
    """Each `emrs ...` of a page: in code, or in a block for a shell."""
    lines = [line for kind, block in BLOCK.findall(text) if kind in ("sh", "console") for line in block.splitlines()]
    shell = [line.split(" #")[0] for line in lines]
    inline = re.findall(r"`(emrs [^`\n]+)`", BLOCK.sub("", text))
    return [found[0] for line in (*shell, *inline) if (found := re.search(r"\bemrs [^&>|)]*", line))]


COMMANDS = sorted({command.strip() for file in PAGES for command in _commands(file.read_text("utf-8"))})


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command: str) -> None:
    """Every `emrs` command shown is one that the command's own parser takes; without arguments, its name exists."""
    _, *words = shlex.split(command)
    group: Any = typer.main.get_command(app)
    if words and words[0].startswith("-"):
        assert words[0] in {option for parameter in group.params for option in parameter.opts}
        return
    name, *arguments = words or ["..."]
    if name != "...":
        assert name in group.commands, f"emrs has no {name}"
        if arguments:
            group.commands[name].make_context(name, arguments, resilient_parsing=False)


def _asked_keys() -> set[str]:
    """Every configuration key that the code looks for."""
    asked: set[str] = {PRICES_KEY}
    connection(asked.add, {})
    default_tags(asked.add)
    return asked


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_configuration_keys_exist(file: Path) -> None:
    """A key that nobody reads does nothing, and says nothing."""
    shown = set(re.findall(r"(?<![\w:])((?:aws|emrServerless):[a-z]\w+)", file.read_text("utf-8")))
    assert shown <= _asked_keys(), file.name


def test_every_configuration_key_is_documented() -> None:
    """A setting that is in no page is one that nobody sets."""
    documented = page("docs/configuration.md")
    assert [key for key in sorted(_asked_keys()) if key not in documented] == []


def test_the_iam_page_has_every_action_that_is_called() -> None:
    """A policy from the page must not fail in the middle of a replacement."""
    called = set(re.findall(r'_call\(\s*"(\w+)"', page("provider/pulumi_emr_serverless/aws/emr_serverless.py")))
    text = page("docs/iam.md")
    (policy,) = [json.loads(block) for kind, block in BLOCK.findall(text) if kind == "json"]
    runs, role = policy["Statement"]
    assert {action.removeprefix("emr-serverless:") for action in runs["Action"]} == called
    assert role["Action"] == "iam:PassRole"
    for action in called:
        assert f"`{action}`" in text


def _table_codes(name: str, heading: str) -> list[str]:
    section = page(name).split(f"| {heading} |")[1].split("\n\n")[0]
    first_cells = [line.split("|")[1] for line in section.splitlines()[2:]]
    return [code for cell in first_cells for code in re.findall(r"`(\w+)", cell)]


def test_the_emulator_page_has_every_option_and_fault() -> None:
    """They change with the emulator; a name that is gone fails in a user's tests."""
    assert _table_codes("docs/emulator.md", "Option") == [line.split("=")[0] for line in Options.overview()]
    assert _table_codes("docs/emulator.md", "Fault") == list(KINDS)
    public = {name for name in vars(Control) if not name.startswith("_")}
    assert set(_table_codes("docs/emulator.md", "`Control`")) == public


def test_option_values_of_the_emulator_page_begin_with_the_default() -> None:
    """Somebody reads there what the emulator does without being told."""
    for line in Options.overview():
        name, rest = line.split("=", 1)
        default = rest.split("(default ")[1].split(")")[0]
        assert f"| `{name}` | `{default}`" in page("docs/emulator.md")


def test_the_house_is_drawn_as_it_stands() -> None:
    """Who looks for the place of something begins in CONTRIBUTING; a module that it does not name is hard to find."""
    text = page("CONTRIBUTING.md")
    package = ROOT / "provider" / "pulumi_emr_serverless"
    assert [file.name for file in sorted(package.glob("*.py")) if file.name not in text] == []
    drawn = set(re.findall(r"\b([a-z_]+\.py)\b", text.split("tests/  ")[0]))
    assert drawn - {file.name for file in package.rglob("*.py")} == set()


def _table(name: str, heading: str) -> list[list[str]]:
    """The cells of each row of the table with this heading."""
    lines = page(name).split(heading)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_kill_matrix_was_played_as_it_is_now() -> None:
    """A cell without a row was never played; one with other numbers is a promise that was broken."""
    rows = _table("docs/kill-matrix-table.md", "| flow | point | signal | recovery | runs wanted | runs started |")
    played = [(cell.flow.name, cell.point.name, cell.blow.name, cell.recovery) for cell in cells()]
    assert sorted(tuple(row[:4]) for row in rows) == sorted(played)
    assert [row for row in rows if row[4] != row[5]] == []
    assert f"all {len(played)}" in page("docs/kill-matrix.md")


def test_the_cells_that_are_left_out_are_counted() -> None:
    """Whoever doubts the matrix looks here first."""
    counted = {reason: int(count) for count, reason in _table("docs/kill-matrix.md", "| cells | why |")}
    assert counted == left_out()
    assert f"Of the {sum(counted.values()) + len(list(cells()))} combinations" in page("docs/kill-matrix.md")
