"""emrs skeleton, validate, schema and import-command, through a small app of their own."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from pulumi_emr_serverless.cli.import_command import import_command
from pulumi_emr_serverless.cli.schema import schema
from pulumi_emr_serverless.cli.skeleton import skeleton
from pulumi_emr_serverless.cli.validate import validate
from pulumi_emr_serverless.definitions.command_import import import_command as read_command
from pulumi_emr_serverless.definitions.python_source import python_program, snake_case
from pulumi_emr_serverless.definitions.schema import shipped_schema_text
from pulumi_emr_serverless.definitions.skeleton import input_skeleton
from pulumi_emr_serverless.definitions.text import read
from pulumi_emr_serverless.errors import InvalidDefinitionError

CORPUS = Path(__file__).parent / "corpus"
COMMANDS = sorted(path for path in (CORPUS / "commands").iterdir() if path.suffix != ".json")

app = typer.Typer()
app.command()(skeleton)
app.command()(validate)
app.command()(schema)
app.command("import-command")(import_command)


def run(*arguments: str | Path, stdin: str = "") -> Any:
    return CliRunner().invoke(app, [str(each) for each in arguments], input=stdin)


def test_skeleton_prints_each_form() -> None:
    """Redirected into a file, it is where a definition begins."""
    assert json.loads(run("skeleton").stdout) == input_skeleton()
    assert "\n    " in run("skeleton").stdout, "indented as the AWS CLI does"
    assert "# [REQUIRED]" in run("skeleton", "--yaml").stdout
    assert json.loads(run("skeleton", "--output").stdout)["jobRunId"] == "jobRunId"
    assert run("skeleton", "--yaml", "--output").stdout.startswith("applicationId: applicationId\n")


def test_schema_prints_the_shipped_file() -> None:
    """Editors are pointed at what this prints."""
    assert run("schema").stdout == shipped_schema_text()


def test_validate_is_silent_on_stdout_for_good_files() -> None:
    """Exit code 0 and nothing to read: what CI wants."""
    result = run("validate", *sorted((CORPUS / "definitions").iterdir()))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 definitions are valid" in result.stderr


def test_validate_lists_findings_of_all_files(tmp_path: Path) -> None:
    """file:line:column: in front makes a link of each line, in editors and in CI."""
    one, two = tmp_path / "one.json", tmp_path / "two.yaml"
    one.write_text('{"name": "",\n "mod": "BATCH"}')
    two.write_text("name: ${stage}\nexecutionRoleArn: x\n")
    result = run("validate", one, two)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{one}:1:2", f"{one}:2:2", f"{two}:2:1"]
    found = json.loads(run("validate", one, two, "--json").stdout)
    assert [(each["path"], each["line"]) for each in found] == [("name", 1), ("mod", 2), ("executionRoleArn", 2)]


def test_validate_fills_variables_in_and_asks_for_all(tmp_path: Path) -> None:
    """A variable is checked when it is given, and taken for valid when it is not."""
    file = tmp_path / "a.yaml"
    file.write_text("executionRoleArn: ${role}\n")
    assert run("validate", file).exit_code == 0
    assert run("validate", file, "--var", "role=x").exit_code == 1
    assert "applicationId: is required" in run("validate", file, "--complete").stdout
    assert run("validate", file, "--var", "role").exit_code == 2, "the command itself is wrong"
    assert run("validate").exit_code == 2


@pytest.mark.parametrize("file", COMMANDS, ids=lambda path: path.name)
def test_commands_of_the_corpus(file: Path) -> None:
    """READMEs, scripts and workflows as people have them; each with what must come out."""
    expected = json.loads(Path(f"{file}.json").read_text("utf-8"))
    result = run("import-command", file, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found.pop("problems") == []
    assert found == expected


@pytest.mark.parametrize("file", COMMANDS, ids=lambda path: path.name)
def test_an_imported_command_is_a_definition_and_a_program(file: Path) -> None:
    """What is printed must be usable as it is: as JSON, as YAML, and as Python."""
    expected = json.loads(Path(f"{file}.json").read_text("utf-8"))
    result = run("import-command", file)
    assert json.loads(result.stdout) == expected["definition"]
    assert all(f"placeholder ${{{name}}}: " in result.stderr for name in expected["placeholders"])
    assert all(f"note: {note}" in result.stderr for note in expected["notes"])
    assert read(run("import-command", file, "--yaml").stdout, "yaml").keys.keys() == expected["definition"].keys()
    program = run("import-command", file, "--python").stdout
    ast.parse(program)
    assert "JobRun(" in program


def arguments(*words: str) -> str:
    return "aws emr-serverless start-job-run " + " ".join(words)


@pytest.mark.parametrize(
    ("text", "properties", "why"),
    [
        ("--name 'it'\\''s'", {"name": "it's"}, "a quote within single quotes"),
        ('--name "a\\"b\\$c"', {"name": 'a"b$c'}, "escapes within double quotes"),
        ("--name a\\ b", {"name": "a b"}, "an escaped blank"),
        ("--name=x # a comment", {"name": "x"}, "a comment ends the command"),
        ("--name x | jq .", {"name": "x"}, "and so does a pipe"),
        ("--name x 2>&1", {"name": "x"}, "or a redirection"),
        ("--tags 'a=1,b=x y'", {"tags": {"a": "1", "b": "x y"}}, "shorthand keeps numbers of maps as text"),
        ("--tags a='b,c'", {"tags": {"a": ["b", "c"]}}, "which the AWS CLI, too, reads as a list"),
        ("--tags 'a=\"b,c\"'", {"tags": {"a": "b,c"}}, "unless it is quoted for shorthand"),
        ("--tags '{\"a\": \"1\"}'", {"tags": {"a": "1"}}, "JSON wherever shorthand is"),
        ("--execution-timeout-minutes 5", {"executionTimeoutMinutes": 5}, "a number"),
        ("--execution-iam-policy policyArns=x", {"executionIamPolicy": {"policyArns": ["x"]}}, "a list of one"),
        ("--retry-policy maxAttempts=$N", {"retryPolicy": {"maxAttempts": "${N}"}}, "a placeholder keeps its place"),
        ("--job-driver $D", {"jobDriver": "${D}"}, "a whole structure from the shell"),
        ("--name 'a${b}' --mode $M", {"name": "a$${b}", "mode": "${M}"}, "what only looks like one is escaped"),
        ("--name 'a${b}'", {"name": "a${b}"}, "but not in a file that has none"),
        ("--cli-input-json '{\"name\": \"a\", \"mode\": \"BATCH\"}' --name b", {"name": "b", "mode": "BATCH"}, "options win"),
        ("--cli-input-yaml 'name: a'", {"name": "a"}, "YAML, too"),
        ("--client-token abc", {"clientToken": "abc"}, "a fixed token is kept"),
        ("--name `hostname`", {"name": None}, "a backquote outside of quotes ends it, as in Markdown"),
    ],
)  # fmt: skip
def test_details_of_shell_and_shorthand(text: str, properties: dict[str, Any], why: str) -> None:
    """A wrong reading runs another job than the one that was pasted."""
    if None in properties.values():
        with pytest.raises(InvalidDefinitionError, match="has no value"):
            read_command(arguments(text))
    else:
        assert read_command(arguments(text)).properties == properties, why


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("echo hello", "there is no 'aws emr-serverless start-job-run'"),
        ("aws emr-containers start-job-run --name x", "this is EMR on EKS"),
        (arguments("--name x\n") * 2, "there are 2 commands, in lines 1, 2: choose one by its number"),
        ("#\n" + arguments("--nam x"), "line 2: start-job-run has no option --nam: did you mean --name?"),
        (arguments("--name"), "--name has no value"),
        (arguments("x"), "a word that belongs to no option: 'x'"),
        (arguments("--name 'x"), "line 1, column 41: this single quote is never closed"),
        (arguments("--job-driver '{\"a\": 1,}'"), "--job-driver, its line 1, column 9"),
        (arguments("--tags 'a=1,,'"), "--tags, character 5: expected a value or a name and ="),
        (arguments("--job-driver file://nowhere.json"), "file://nowhere.json cannot be read: No such file"),
        (arguments("--job-driver file://$F"), "depends on the shell: write the file's path"),
    ],
)
def test_what_cannot_be_imported_says_why(text: str, message: str) -> None:
    """A pasted text is often cut or edited; the person has to find the place."""
    with pytest.raises(InvalidDefinitionError) as caught:
        read_command(text)
    assert message in str(caught.value)


def test_one_of_several_commands_and_stdin() -> None:
    """A script with two jobs is imported one job at a time."""
    script = arguments("--name a", "\n") + arguments("--name b", "\n")
    assert json.loads(run("import-command", "--number", "2", stdin=script).stdout) == {"name": "b"}
    assert run("import-command", "--yaml", "--json", stdin=script).exit_code == 2
    assert run("import-command", "nowhere.sh").exit_code == 2


def test_a_sentence_about_the_command_is_none() -> None:
    """READMEs speak of it before they show it."""
    text = "With `aws emr-serverless start-job-run` it's easy:\n\n    " + arguments("--name a")
    assert read_command(text).properties == {"name": "a"}


def test_findings_of_an_import_are_told() -> None:
    """The definition is printed all the same: what is wrong was wrong before."""
    result = run("import-command", stdin=arguments("--mode FAST"))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"mode": "FAST"}
    assert "problem: mode: 'FAST' must be BATCH or STREAMING" in result.stderr


def test_nothing_is_run(tmp_path: Path) -> None:
    """Scripts are pasted from anywhere."""
    target = tmp_path / "touched"
    run("import-command", stdin=arguments(f'--name "$(touch {target})"'))
    assert not target.exists()


def test_the_program_is_readable_and_declares_its_configuration() -> None:
    """It is the first program that a person sees of this package."""
    text = arguments(
        "--application-id $APP --execution-role-arn $ROLE --name nightly --execution-timeout-minutes $MINUTES",
        '--job-driver \'{"sparkSubmit": {"entryPoint": "s3://\'$BUCKET\'/{a}.py", "sparkSubmitParameters":',
        "\"--conf spark.executor.cores=4 --conf spark.x='$app'\"}}' --tags Team-A=b",
    )
    command = read_command(text)
    assert (
        python_program(command.properties, command.placeholders)
        == """\
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit

config = pulumi.Config()
app = config.require("app")  # ${APP}
role = config.require("role")  # ${ROLE}
minutes = config.require_int("minutes")  # ${MINUTES}
bucket = config.require("bucket")  # ${BUCKET}
app_2 = config.require("app2")  # ${app}

run = JobRun(
    "nightly",
    application_id=app,
    execution_role_arn=role,
    job_driver=spark_submit(
        f"s3://{bucket}/{{a}}.py",
        executor_cores=4,
        conf={
            "spark.x": app_2,
        },
    ),
    tags={
        "Team-A": "b",
    },
    execution_timeout_minutes=minutes,
    name="nightly",
)

pulumi.export("jobRunId", run.job_run_id)
"""
    )


@pytest.mark.parametrize(
    ("name", "snake"),
    [("S3_BUCKET", "s3_bucket"), ("s3Bucket", "s3_bucket"), ("policyArns", "policy_arns"), ("x-y.z", "x_y_z"),
     ("cloudWatchLoggingConfiguration", "cloud_watch_logging_configuration")],
)  # fmt: skip
def test_snake_case(name: str, snake: str) -> None:
    """The inputs' own spelling: a wrong one is an unknown argument."""
    assert snake_case(name) == snake
