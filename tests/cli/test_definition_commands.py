"""emrs skeleton, validate, schema and import-command, through a small app of their own."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from pulumi_emr_serverless.cli.import_command import import_command
from pulumi_emr_serverless.cli.schema import schema
from pulumi_emr_serverless.cli.skeleton import skeleton
from pulumi_emr_serverless.cli.validate import validate
from pulumi_emr_serverless.definitions.commands import import_command as read_command
from pulumi_emr_serverless.definitions.commands.grammars import _language
from pulumi_emr_serverless.definitions.python_source import python_program, snake_case
from pulumi_emr_serverless.definitions.schema import shipped_schema_text
from pulumi_emr_serverless.definitions.skeleton import input_skeleton
from pulumi_emr_serverless.definitions.text import read
from pulumi_emr_serverless.errors import InvalidDefinitionError, MissingDependencyError
from pulumi_emr_serverless.request import REQUEST_MEMBERS

CORPUS = Path(__file__).parents[1] / "corpus"
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


def test_validate_reads_variables_as_their_members_want(tmp_path: Path) -> None:
    """In JSON a placeholder needs quotes, and what the shell passes is text."""
    file = tmp_path / "a.json"
    file.write_text('{"executionTimeoutMinutes": "${t}"}')
    assert run("validate", file, "--var", "t=60").exit_code == 0
    result = run("validate", file, "--var", "t=soon")
    assert (result.exit_code, result.stdout) == (
        1, f"{file}:1:29: executionTimeoutMinutes: --var t: 'soon' is no whole number\n")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "variable", "shown"),
    [
        ('{"tags": {"team": "${password}"}}', "password=hunter2\u0007", "tags.team: <hidden> must be 0 to 256"),
        ('{"executionTimeoutMinutes": "${api_token}"}', "api_token=hunter2", "--var api_token: <hidden> is no whole"),
        ('{"jobDriver": {"sparkSubmit": {"entryPoint": "${x}"}}}', f"x={'hunter2' * 600}", "<hidden>"),
    ],
    ids=["a name that sounds secret", "one that is read as a number", "a member that AWS calls sensitive"],
)
def test_validate_shows_no_secret_unless_asked(text: str, variable: str, shown: str, tmp_path: Path) -> None:
    """Its findings go to a log of CI, where a variable is often the one thing that must not."""
    file = tmp_path / "a.json"
    file.write_text(text)
    for form in ((), ("--json",)):
        command = ("validate", file, "--var", variable, *form)
        found = run(*command).stdout
        assert shown in found
        assert "hunter2" not in found
        assert "hunter2" in run(*command, "--show-secrets").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--var", "nope=1"], "no file has ${nope}: they have ${bucket}"),
        (["--var", "buckt=1"], "no file has ${buckt}: did you mean ${bucket}?"),
        (["--var", "bucket=a", "--var", "bucket="], "bucket is given twice"),
        (["--var", "=a"], "'=a' is not NAME=VALUE"),
        (["nowhere.json"], "nowhere.json: cannot be read: No such file"),
        (["-", "-"], "standard input can be read only once"),
    ],
)
def test_a_wrong_validate_command_checks_nothing(tmp_path: Path, arguments: list[str], said: str) -> None:
    """Exit code 2, which CI tells from findings; a misspelt variable would have passed as valid."""
    file = tmp_path / "a.yaml"
    file.write_text("nam: ${bucket}\n")
    result = run("validate", file, *arguments, stdin="name: a")
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_an_unused_variable_is_no_complaint_where_a_file_cannot_be_read(tmp_path: Path) -> None:
    """The broken file may be the one that uses it, and its finding is what helps."""
    file = tmp_path / "a.json"
    file.write_text('{"name": "${bucket}",}')
    result = run("validate", file, "--var", "bucket=b")
    assert (result.exit_code, "is not JSON" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    ("text", "exit_code", "found"),
    [
        ('{"name": "x"}', 0, ""),
        ("name: x", 0, ""),
        ('{"name": ""}', 1, "<stdin>:1:2: name: must not be empty\n"),
        ("name: x\nname: y", 1, "<stdin>:2:1: 'name' is here a second time, after line 1: remove one of them\n"),
        ("", 1, "<stdin>:1:1: is empty\n"),
    ],
)
def test_validate_reads_standard_input(text: str, exit_code: int, found: str) -> None:
    """What another command writes, import-command for one, is checked on its way."""
    result = run("validate", "-", stdin=text)
    assert (result.exit_code, result.stdout) == (exit_code, found)


def test_validate_takes_a_folder(tmp_path: Path) -> None:
    """A glob is the shell's, and Windows has none."""
    (tmp_path / "a.yaml").write_text("name: x")
    (tmp_path / "b.json").write_text('{"mode": "FAST"}')
    (tmp_path / "notes.txt").write_text("no definition")
    result = run("validate", tmp_path)
    assert (result.exit_code, result.stdout) == (
        1, f"{tmp_path / 'b.json'}:1:2: mode: 'FAST' must be BATCH or STREAMING\n")  # fmt: skip
    (tmp_path / "b.json").unlink()
    assert "1 definition is valid" in run("validate", tmp_path).stderr
    (tmp_path / "a.yaml").unlink()
    assert run("validate", tmp_path).exit_code == 2, "nothing to check is a mistake in the command"


def test_warnings_are_told_and_strict_makes_findings_of_them(tmp_path: Path) -> None:
    """A job may well take {table} as it is; a team may want to be sure that none does."""
    file = tmp_path / "a.yaml"
    file.write_text("jobDriver: {sparkSubmit: {entryPoint: 's3://acme/x.py', entryPointArguments: ['{table}']}}")
    result = run("validate", file)
    assert result.exit_code == 0
    assert re.fullmatch(rf"{re.escape(str(file))}:1:\d+: warning: .*\{{table\}}\n", result.stdout)
    assert "1 definition is valid, with 1 warning" in result.stderr
    assert run("validate", file, "--strict").exit_code == 1
    assert [each["severity"] for each in json.loads(run("validate", file, "--json").stdout)] == ["warning"]


@pytest.mark.parametrize("text", ['{"mode": "FAST", "name": "a", "name": ""}', "mode: FAST\nname: a\nname: ''"])
def test_a_duplicate_key_hides_nothing(text: str) -> None:
    """Fixing one mistake a run is slow."""
    found = [line.split(": ", 1)[1] for line in run("validate", "-", stdin=text).stdout.splitlines()]
    assert sorted(found) == [
        "'name' is here a second time, after line 1: remove one of them" if text[0] == "{" else
        "'name' is here a second time, after line 2: remove one of them",
        "mode: 'FAST' must be BATCH or STREAMING",
        "name: must not be empty",
    ]  # fmt: skip


def test_a_file_is_told_of_what_a_file_may_have() -> None:
    """triggers, region and the like belong to the program."""
    (line,) = run("validate", "-", stdin="tiggers: [1]").stdout.splitlines()
    assert line.endswith(f"it has {', '.join(REQUEST_MEMBERS)}")
    assert "belongs to the JobRun in your program" in run("validate", "-", stdin="region: eu-west-1").stdout


ANSWER = {
    "jobRun": {
        "applicationId": "00f1abcd2efgh30h", "jobRunId": "00f1run", "name": "nightly", "arn": "arn:aws:emr-serverless:::x",
        "createdBy": "arn:aws:sts::123456789012:assumed-role/ci/x", "createdAt": "2026-01-31T00:00:00+00:00", "updatedAt": 1.5,
        "executionRole": "arn:aws:iam::123456789012:role/job", "state": "SUCCESS", "stateDetails": "", "releaseLabel": "emr-7.1.0",
        "configurationOverrides": {}, "jobDriver": {"sparkSubmit": {"entryPoint": "s3://acme/x.py", "entryPointArguments": []}},
        "tags": {"team": "data", "aws:cloudformation:stack-id": "x", "pulumi-emr-serverless:launch": "y"},
        "totalResourceUtilization": {"vCPUHour": 1.0}, "networkConfiguration": {}, "executionTimeoutMinutes": 720,
        "billedResourceUtilization": {}, "mode": "BATCH", "retryPolicy": {"maxAttempts": 1}, "attempt": 1,
    }
}  # fmt: skip
ASKED_FOR = {
    "applicationId": "00f1abcd2efgh30h",
    "executionRoleArn": "arn:aws:iam::123456789012:role/job",
    "jobDriver": {"sparkSubmit": {"entryPoint": "s3://acme/x.py", "entryPointArguments": []}},
    "tags": {"team": "data"},
    "executionTimeoutMinutes": 720,
    "name": "nightly",
    "mode": "BATCH",
    "retryPolicy": {"maxAttempts": 1},
}


@pytest.mark.parametrize("answer", [ANSWER, ANSWER["jobRun"]], ids=["whole", "member"])
def test_what_get_job_run_answers_is_a_definition(answer: dict[str, Any]) -> None:
    """A run that someone started by hand is where many definitions come from."""
    result = run("import-command", stdin=json.dumps(answer))
    assert (result.exit_code, json.loads(result.stdout)) == (0, ASKED_FOR)
    told = run("validate", "-", stdin=json.dumps(answer))
    assert told.exit_code == 1
    assert "emrs import-command makes one of it" in told.stdout


def test_the_skeleton_says_what_to_do_with_it() -> None:
    """It holds both drivers and both retry members, of which a run takes one."""
    assert "delete what you do not need" in " ".join(run("skeleton", "--help").stdout.split())


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
    assert all(f"placeholder ${{{name}}}" in result.stderr for name in expected["placeholders"])
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
        ("--name x < in > out", {"name": "x"}, "to and from files"),
        ("--name x <in >out", {"name": "x"}, "however it is spaced"),
        ("--name x <in> out", {"name": "x"}, "even like a placeholder, where no option lacks its value"),
        ("--name x --debug <in 2>&1", {"name": "x"}, "or behind a switch"),
        ("--name x <<EOF", {"name": "x"}, "or with a text of its own"),
        ("--name $'abc'", {"name": "abc"}, "bash's own quotes"),
        ("--name $'it\\'s'", {"name": "it's"}, "in which a quote can be escaped"),
        (r"--name $'\a\b\e\E\f\n\r\t\v\\\'\"\?'", {"name": "\a\b\x1b\x1b\f\n\r\t\v\\'\"?"}, "as can these"),
        (r"--name $'\x41\x4a!\101\7\cA\c\\'", {"name": "AJ!A\a\x01\x1c"}, "bytes in hex and octal, control characters"),
        (r"--name $'\xc3\xa9\303\251\u20ac\u41 \U1F600'", {"name": "éé€A 😀"}, "bytes that make characters, and code points"),
        (r"--name $'a\0b'c", {"name": "ac"}, "bash ends such a text at NUL"),
        (r"--name $'\q\x'", {"name": "\\q\\x"}, "and keeps the backslash of what is no escape"),
        ("""--name a$'\\t'"$'b'\"""", {"name": "a\t$'b'"}, "a piece of a word; within double quotes it is text"),
        ('--name $"abc $X"', {"name": "abc ${X}"}, "a text for translation is one in double quotes"),
        ("--name \"$(echo $'it\\'s' ')')\" --mode x", {"name": "${echo}", "mode": "x"}, "quotes within a substitution"),
        ("--name ${A:-${B:-c}}", {"name": "${A}"}, "a default with a default"),
        ("--name <job-name> --mode BATCH", {"name": "${job_name}", "mode": "BATCH"}, "a placeholder as READMEs write it"),
        ("--name \\\n <your job name> \\\n--mode <m>", {"name": "${your_job_name}", "mode": "${m}"}, "on lines of their own"),
        ("--name=<job-name>", {"name": "${job_name}"}, "behind ="),
        ("--name a-<stage>/<n>.py --mode x", {"name": "a-${stage}/${n}.py", "mode": "x"}, "as a part: no shell would take it"),
        ("--name <stage>-a", {"name": "${stage}-a"}, "or as the first part"),
        ("--name x <more-options> --mode m", {"name": "x", "mode": "m"}, "whole options, which are left out and told"),
        ("--name 's3://<bucket>/a'", {"name": "s3://${bucket}/a"}, "and within quotes"),
        ('--name "<a>$a"', {"name": "${a}${a_2}"}, "another name than a variable's"),
        ("--tags '{\"a\": <value>}'", {"tags": {"a": "${value}"}}, "and as a value of JSON"),
        ("--name 'a<b and c>d, < e >, x<T>, (?<n>.), <1>'", {"name": "a<b and c>d, < e >, x<T>, (?<n>.), <1>"},
         "but not what may be an expression or a type"),
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
        ("--name `hostname`", {"name": "${hostname}"}, "backquotes are a substitution"),
        ("--nam x --mo BATCH", {"name": "x", "mode": "BATCH"}, "an unambiguous beginning of an option"),
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
        (arguments("--name x\n") * 2, "there are 2 commands, in lines 1, 2: choose one with --number N"),
        ("#\n" + arguments("--nane x"), "line 2: start-job-run has no option --nane: did you mean --name?"),
        (arguments("--name"), "--name has no value"),
        (arguments("x"), "a word that belongs to no option: 'x'"),
        (arguments("--name 'x"), "line 1, column 41: this single quote is never closed"),
        (arguments("--job-driver '{\"a\": 1,}'"), "--job-driver, its line 1, column 9"),
        (arguments("--tags 'a=1,,'"), "--tags, character 5 of 'a=1,,': expected a value or a name and ="),
        (
            "#\n" + arguments("\\\n --name x \\\n --tags \\\n team"),
            "line 4: --tags, character 1 of 'team': expected a name and =",
        ),
        (arguments("--tags a=$B,,"), "--tags, character 8 of 'a=${B},,': expected"),
        (arguments("--tags " + 30 * "a=b/" + ",,"), "character 122 of '...=b/a=b/a=b/a=b/a=b/,,': expected"),
        (arguments("--name \\\n 'a' \\\n b"), "line 3: a word that belongs to no option: 'b'"),
        (arguments("--name \\\n a \\\n --mode"), "line 3: --mode has no value"),
        (arguments("--name $'x"), "line 1, column 41: this $' is never closed"),
        (arguments(r"--name $'\xff'"), "line 1, column 41: the bytes of this $' are no UTF-8"),
        (arguments(r"--name $'\ud800'"), "line 1, column 41: this $' has an escape of no character"),
        (arguments(r"--name $'\U7fffffff'"), "line 1, column 41: this $' has an escape of no character"),
        (arguments("--job-driver file://nowhere.json"), "file://nowhere.json cannot be read: No such file"),
        (arguments("--job-driver file://$F"), "depends on the shell: write the file's path"),
    ],
)
def test_what_cannot_be_imported_says_why(text: str, message: str) -> None:
    """A pasted text is often cut or edited; the person has to find the place."""
    with pytest.raises(InvalidDefinitionError) as caught:
        read_command(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("before", "option", "told", "why"),
    [
        ("", "--name $X", "placeholder ${X}\n", "nothing is known: nothing is repeated"),
        ("#\nX=00f1\n", "--name $X", "placeholder ${X}: line 2 sets it to 00f1\n", "the very value to configure"),
        ("X='a  b'\n", '--name "$X"', "${X}: line 1 sets it to a b\n", "without its quotes"),
        ('  export X="a-$Y"\n', "--name $X", "${X}: line 1 sets it to a-${Y}\n", "with what it depends on"),
        ("local -r X=a Y=b\n", "--name $Y", "${Y}: line 1 sets it to b\n", "each of a declaration"),
        ("set -e; X=a; \n", "--name $X", "${X}: line 1 sets it to a\n", "behind another command"),
        ("$ X=<app-id>\n$ ", "--name $X", "${X}: line 1 sets it to <app-id>\n", "behind a prompt"),
        ("X=a\nX=b\n", "--name $X", "${X}: lines 1, 2 set it, at last to b\n", "dev and prod, say"),
        ("X=a\nX+=b\n", "--name $X", "${X}: lines 1, 2 set it\n", "what it becomes is for the shell to say"),
        ("Y=1 X=a ", "--name $X", "placeholder ${X}\n", "an environment of this command alone, too late for $X"),
        ("X=a true\n", "--name $X", "placeholder ${X}\n", "or of another"),
        ("DB_PASSWORD=a\n", "--name $DB_PASSWORD", "${DB_PASSWORD}: line 1 sets it\n", "a secret is not repeated"),
        ("# X=a\n", "--name $X", "placeholder ${X}\n", "a comment sets nothing"),
        ("f() {\n", "--name $X\n}\nX=a\nX=b\nf", "${X}: lines 4, 5 set it, at last to b\n", "set before the function is called"),
        ("X=$(", "--name $X)", "placeholder ${X}\n", "what is set to the command's output comes too late"),
        ("X='a\n", "--name $X", "placeholder ${X}\n", "cut: nothing can be said"),
        (f"X={100 * 'a'}\n", "--name $X", f"sets it to {77 * 'a'}...\n", "a long text is for the script to show"),
        ("case $S in\n dev) X=a ;;\n *) X=b ;;\nesac\n", "--name $X", "${X}: lines 2, 3 set it, at last to b\n", "cases"),
        ("if $P; then X=a; else X=b; fi\n", "--name $X", "${X}: line 1 sets it to b\n", "branches of one line"),
        ("", "--name ${X:-today}", "placeholder ${X}: today by default\n", "a default"),
        ("", "--name ${X=}", "placeholder ${X}: empty by default\n", "an empty one"),
        ("X=a\n", "--name ${X:-b}", "placeholder ${X}: b by default; line 1 sets it to a\n", "both"),
        ("X=a/\n", "--name ${X%/}", "${X}: ${X%/}; line 1 sets X to a/\n", "a change on the way"),
        ("X=a\n", "--name $X-${X:-b}", "${X_2}: ${X:-b}; b by default; line 1 sets X to a\n", "a second name for one variable"),
        ("", "--name $(hostname)", "placeholder ${hostname}: $(hostname)\n", "a command"),
        ("", "--name <job-name>", "placeholder ${job_name}: <job-name>\n", "a README's placeholder"),
        ("X=a-$(date +%F)\n", "--name $X", "note: ${X}: a-$(date +%F) says something else each time", "now seen"),
        ("", "--name $RANDOM", "note: ${RANDOM}: ${RANDOM} says something else each time", "as is this"),
        ("", "--name x $X", "note: ${X}: left out, as nobody knows which options it adds\n", "options from elsewhere"),
        ("X=(--mode BATCH)\nif $P; then X+=(--tags 'a=b'); fi\n", '--name x "${X[@]}"',
         "note: line 2 may add (--tags a=b) to X: left out, as it depends on the script\n", "an array that a branch adds to"),
        ("X=(--mode BATCH)\nX+=($Y)\n", '--name x "${X[@]}"',
         "note: ${X[@]}: left out, as nobody knows which options it adds; lines 1, 2 set X\n", "an array with something unknown"),
        ("X=(--mode\n", "--name $X", "placeholder ${X}\n", "an array that is cut"),
        ("X=$(cat options)\n", "--name x $X", "it adds; line 1 sets it to $(cat options)\n", "options from elsewhere"),
        ("", "--name x <more-options> --mode BATCH", "note: <more-options>: left out, as nobody", "or for the reader"),
    ],
)  # fmt: skip
def test_what_the_script_says_of_a_placeholder(before: str, option: str, told: str, why: str) -> None:
    """A list of names helps nobody: the person needs each value, and it often stands two lines above."""
    result = run("import-command", stdin=before + arguments(option))
    assert told in result.stderr, why


def test_a_value_of_the_script_stays_out_of_what_is_printed() -> None:
    """It may be a secret or one stage's; a program is committed."""
    script = "X=hunter2\n" + arguments("--name $X")
    assert json.loads(run("import-command", stdin=script).stdout) == {"name": "${X}"}
    assert "hunter2" not in run("import-command", "--python", stdin=script).stdout
    described = json.loads(run("import-command", "--json", stdin=script).stdout)
    assert described["assignments"] == {"X": {"lines": [1], "value": "hunter2"}}


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program needs no grammar of bash; who imports a command learns in one line where it comes from."""
    _language.cache_clear()
    monkeypatch.setitem(sys.modules, "tree_sitter_bash", None)
    result = run("import-command", stdin=arguments("--name a"))
    assert isinstance(result.exception, MissingDependencyError)
    assert "pip install 'pulumi-emr-serverless[import]'" in str(result.exception)


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
        "\"--conf spark.executor.cores=4 --conf spark.x='\"'$app'\"'\"}}' --tags Team-A=b",
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
