"""Definitions in files: what the AWS CLI takes, with every mistake at its line and column."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulumi_emr_serverless.definitions.files import (
    AnyVariable,
    CommandLineText,
    Definition,
    check_text,
    load_definition,
    load_definitions,
    merge,
)
from pulumi_emr_serverless.definitions.text import Format, Node, Place, UnreadableError, read, write
from pulumi_emr_serverless.errors import InvalidDefinitionError, InvalidRequestError
from pulumi_emr_serverless.request import UNKNOWN

CORPUS = Path(__file__).parents[1] / "corpus" / "definitions"


def plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    return [plain(item) for item in node.value] if isinstance(node.value, list) else node.value


def problems(text: str, form: Format = "yaml", variables: dict[str, Any] | None = None) -> list[str]:
    return [str(problem) for problem in check_text(text, "f", form, variables)[1]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_is_read_as_python_reads_it(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    """The places come from a second walk over the text; it must not see another document."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert plain(read(text, "json")) == json.loads(text)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff"))
SCALARS = TEXTS | st.sampled_from(["no", "012", "0o17", "1_000", "2026-01-31", "1:30", "~", "", "<<", "1e3", "=", ".5"])


@given(st.dictionaries(SCALARS, SCALARS | st.integers() | st.booleans() | st.none() | st.lists(SCALARS, max_size=2)))
def test_written_yaml_reads_back(value: dict[str, Any]) -> None:
    """What import-command writes is read by this package, and by tools with YAML 1.1."""
    text = write(value, "yaml")
    assert plain(read(text, "yaml")) == value
    assert yaml.safe_load(text) == value


@pytest.mark.parametrize(
    ("scalar", "value", "why"),
    [
        ("no", "no", "YAML 1.1's Norway problem; the AWS CLI reads 1.2"),
        ("on", "on", "the same"),
        ("True", True, "1.2 has three spellings of a boolean"),
        ("012", 12, "octal in 1.1, decimal in 1.2"),
        ("0o17", 15, "1.2's octal"),
        ("0x1f", 31, "hexadecimal"),
        ("1_000", "1_000", "no underscores in 1.2"),
        ("1:30", "1:30", "sexagesimal in 1.1"),
        ("2026-01-31", "2026-01-31", "a date as an argument stays the text that was typed"),
        ("1e3", 1000.0, "1.1 wants a dot there"),
        ("~", None, "null"),
        ('"5"', "5", "quotes make text"),
        ("!!str 5", "5", "and so does the tag"),
    ],
)
def test_yaml_scalars_are_those_of_1_2(scalar: str, value: object, why: str) -> None:
    """A file must mean here what it means to the AWS CLI."""
    assert plain(read(f"a: {scalar}", "yaml")) == {"a": value}, why


@pytest.mark.parametrize(
    ("text", "form", "place", "problem"),
    [
        ('{"a": 1,}', "json", (1, 9), "is not JSON"),
        ('{"a": 1,\n "a": 2}', "json", (2, 2), "'a' is here a second time, after line 1"),
        ('{"a":\n  NaN}', "json", (2, 3), "NaN is no number"),
        ('{"a": "\\ud800"}', "json", (1, 7), "surrogate"),
        ("{'a': 1}", "json", (1, 2), "is not JSON"),
        ('{"a": 1} x', "json", (1, 10), "is not JSON: Extra data"),
        ("", "json", (1, 1), "^is empty$"),
        (" \n", "json", (1, 1), "^is empty$"),
        ("[" * 100000, "json", (1, 1), "nested too deeply"),
        ('{"a": ' + "1" * 5000 + "}", "json", (1, 1), "too many digits"),
        ("a: 1\nb: 2\na: 3", "yaml", (3, 1), "'a' is here a second time, after line 1"),
        ("a:\n\tb: 1", "yaml", (2, 1), "is not YAML"),
        ("a: [1", "yaml", (1, 6), "is not YAML"),
        ("a: \x01", "yaml", (1, 4), "control character"),
        ("# only\n", "yaml", (1, 1), "is empty"),
        ("a: 1\n---\nb: 2", "yaml", (2, 1), "^holds two documents; a definition is one$"),
        ("a: !thing 1", "yaml", (1, 4), "the tag !thing has no meaning"),
        ("a: !!int x", "yaml", (1, 4), "is not what the tag !!int says"),
        ("1: a", "yaml", (1, 1), "a key must be text"),
        ("a: &x [*x]", "yaml", (1, 4), "contains itself"),
        ("a: {<<: 1}", "yaml", (1, 9), "<< merges maps"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, form: Format, place: tuple[int, int], problem: str) -> None:
    """A definition is edited by hand; the editor jumps to file:line:column."""
    with pytest.raises(UnreadableError, match=problem) as caught:
        read(text, form)
    assert caught.value.place == place


def test_a_key_that_is_there_twice_hides_nothing(tmp_path: Path) -> None:
    """The rest of the file was read again and again, a mistake at a time."""
    file = tmp_path / "job.json"
    file.write_text('{"applicationId": "x",\n "applicationId": "00f1",\n "executionRoleArn": "nope", "moed": 1}')
    with pytest.raises(InvalidDefinitionError) as caught:
        load_definition(file)
    places = [line.removeprefix(f"{file}:").split(" ")[0] for line in str(caught.value).splitlines()]
    assert places == ["2:2:", "3:2:", "3:30:"]


def test_aliases_cannot_fill_the_memory() -> None:
    """A few lines of aliases of aliases are gigabytes; CI would die instead of saying so."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(UnreadableError, match="more than 100000 values"):
        read("\n".join(lines), "yaml")


def test_merge_keys_and_aliases_are_resolved() -> None:
    """People share properties between classifications with them, and the AWS CLI resolves them."""
    assert plain(read("a: &a {x: 1, y: 1}\nb: {<<: *a, y: 2}\nc: {<<: [{x: 3}, *a]}", "yaml")) == {
        "a": {"x": 1, "y": 1},
        "b": {"x": 1, "y": 2},
        "c": {"x": 3, "y": 1},
    }


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("name: x\nexecutionTimeOutMinutes: 5", "f:2:1: executionTimeOutMinutes: .*did you mean executionTimeoutMinutes", "a typo"),
        ("name: x\njobDriver:\n  sparkSubmit:\n    entrypoint: s3://b/j.py", "f:4:5: jobDriver.sparkSubmit.entrypoint: ", "deep"),
        ("jobDriver:\n  hive: {}", "f:2:3: jobDriver.hive.query: is required", "missing: where it belongs"),
        ("tags:\n  a: 5", "f:2:3: tags.a: .*write it in quotes", "a wrong type"),
        ("executionTimeoutMinutes: '60'", "f:1:1: executionTimeoutMinutes: must be a whole number", "text for a number"),
        ("triggers: [1]", "f:1:1: triggers: belongs to the JobRun", "ours, and the AWS CLI would refuse it"),
        ("- a", "f:1:1: a definition is a map", "no map at all"),
        ("executionRoleArn: ${role}", r"f:1:1: executionRoleArn: .*\(pass variables to fill in \$\{role\}\)", "a hint"),
    ],
)  # fmt: skip
def test_every_rule_is_reported_at_its_place(text: str, line: str, why: str) -> None:
    """Rules are the request's own; here they gain the place in the file."""
    found = problems(text)
    assert len(found) == 1, why
    assert re.match(line, found[0]), (found, why)


def test_sensitive_values_are_in_no_message() -> None:
    """Entry point arguments carry passwords, and messages go into CI logs."""
    text = json.dumps({"jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/j", "entryPointArguments": ["hunter2", 7]}}})
    assert problems(text, "json")
    assert "hunter2" not in "".join(problems(text, "json"))


@pytest.mark.parametrize(
    ("value", "variables", "result", "why"),
    [
        ("s3://${bucket}/${day}", {"bucket": "b", "day": 31}, "s3://b/31", "within text"),
        ("${minutes}", {"minutes": 60}, 60, "a whole scalar keeps the type"),
        ("${tags}", {"tags": {"a": "b"}}, {"a": "b"}, "also a structure"),
        ("${flag}", {"flag": True}, True, "and a boolean"),
        ("x-${flag}", {"flag": True}, "x-true", "which within text is written as JSON does"),
        ("$${bucket}", {"bucket": "b"}, "${bucket}", "an escape"),
        ("${spark.x} ${hiveconf:y} $z", {}, "${spark.x} ${hiveconf:y} $z", "what is no name stays"),
        ("${a}", None, "${a}", "without variables everything stays"),
        ("$${a}", None, "$${a}", "escapes too"),
        ("${a}", {"a": "${b}", "b": "x"}, "${b}", "values are not filled in again"),
        ("x${a}", {"a": UNKNOWN}, UNKNOWN, "what is not known makes the text unknown"),
    ],
)
def test_placeholders(value: str, variables: dict[str, Any] | None, result: Any, why: str) -> None:
    """The same file for every stage; a number must arrive as a number."""
    definition, _ = check_text(json.dumps({"name": value}), "f", "json", variables)
    assert definition is not None
    assert definition.properties == {"name": result}, why


def test_a_missing_variable_is_an_error_with_its_place() -> None:
    """An empty text in its place would run the job on another bucket's root."""
    assert problems('name: "a"\ntags:\n  x: s3://${bukket}/', variables={"bucket": "b"}) == [
        "f:3:6: tags.x: there is no variable bukket: pass it, or write $${...} for the text"
    ]
    assert problems("tags: {x: 'a${m}'}", variables={"m": ["x"]})[0].endswith(
        "variable m is neither text nor a number: it cannot stand within text"
    )


SUBMIT = "jobDriver: {sparkSubmit: {entryPoint: s3://b/j.py, %s}}"


@pytest.mark.parametrize(
    ("text", "found", "why"),
    [
        ("tags:", ["f:1:1: tags: null is no value; leave tags out"], "what YAML makes of nothing"),
        ("jobDriver: ~", ["f:1:1: jobDriver: null is no value; leave jobDriver out"], "the program may bring it"),
        ("tags: {a: null}", ["f:1:8: tags.a: null is no value; leave a out"], "an entry of a map"),
        (SUBMIT % "entryPointArguments: null",
         ["f:1:52: jobDriver.sparkSubmit.entryPointArguments: null is no value; leave entryPointArguments out"], "a list"),
        ("jobDriver: {hive: ~, sparkSubmit: {entryPoint: s3://b/x}}",
         ["f:1:13: jobDriver.hive: null is no value; leave hive out"], "absent to JobRun, and to AWS a second driver"),
        (SUBMIT % "entryPointArguments: [null]",
         ["f:1:74: jobDriver.sparkSubmit.entryPointArguments[0]: must be a string, not null"], "one finding, not two"),
        ("jobDriver: {sparkSubmit: {entryPoint: null}}",
         ["f:1:27: jobDriver.sparkSubmit.entryPoint: is required; null is no value"], "which cannot be left out"),
        ("nam: null", ["f:1:1: nam: null is no value; leave nam out"], "and no member either: the same remedy"),
        ("executionTimeoutMinutes: 60.0", ["f:1:1: executionTimeoutMinutes: 60.0 is not a whole number as AWS reads it; write 60"], "a float"),
        ("retryPolicy: {maxAttempts: 1e0}", ["f:1:15: retryPolicy.maxAttempts: 1.0 is not a whole number as AWS reads it; write 1"], "another"),
        ("executionTimeoutMinutes: 0.0", ["f:1:1: executionTimeoutMinutes: 0 must be 1 to 10080 for a BATCH run; only a STREAMING run can go without a limit"], "one finding, not two"),
        ("tags: {a: 5.0}", ["f:1:8: tags.a: must be a string, not a number; write it in quotes"], "text, as before"),
    ],
)  # fmt: skip
def test_what_the_aws_cli_refuses_of_types(text: str, found: list[str], why: str) -> None:
    """JobRun takes null for absent and 60.0 for 60, as programs and the engine write them; in a file AWS refuses both."""
    assert problems(text) == found, why


@pytest.mark.parametrize("value", [None, 60.0], ids=str)
def test_variables_of_a_program_keep_their_meaning(value: object) -> None:
    """They are Python's: None is absent, and a number out of a configuration may be a float."""
    assert problems("executionTimeoutMinutes: ${t}", variables={"t": value}) == []


@pytest.mark.parametrize(
    ("text", "value", "result", "why"),
    [
        ("executionTimeoutMinutes: ${t}", "60", 60, "a number"),
        ("executionTimeoutMinutes: '${t}'", "60", 60, "in JSON it cannot stand without quotes"),
        ("executionTimeoutMinutes: ${t}", "soon", "executionTimeoutMinutes: --var t: 'soon' is no whole number", "none"),
        ("executionTimeoutMinutes: ${t}", "6.0", "executionTimeoutMinutes: --var t: '6.0' is no whole number", "as in a file"),
        ("executionTimeoutMinutes: ${t}", "", "executionTimeoutMinutes: --var t: '' is no whole number", "an empty one"),
        ("executionTimeoutMinutes: ${t}", "9" * 5000, f"--var t: '{'9' * 57}'... is no whole number", "one that Python refuses"),
        ("executionTimeoutMinutes: ${t}", "-5", "executionTimeoutMinutes: -5 must be 0 to 1000000; ", "read, and too small"),
        ("retryPolicy: {maxAttempts: '${t}'}", "3", {"maxAttempts": 3}, "deeper"),
        ("flexExecution: {enabled: '${t}'}", "true", {"enabled": True}, "a boolean"),
        ("flexExecution: {enabled: '${t}'}", "no", "flexExecution.enabled: --var t: 'no' is neither true nor false", "none"),
        ("name: ${t}", "60", "60", "text stays text"),
        ("tags: {a: '${t}'}", "true", {"a": "true"}, "in a map"),
        ("executionTimeoutMinutes: 1${t}", "0", "executionTimeoutMinutes: must be a whole number, not a string", "within text"),
    ],
)  # fmt: skip
def test_text_of_the_command_line_is_read_as_the_member_wants(text: str, value: str, result: Any, why: str) -> None:
    """A shell has no types, and import-command writes executionTimeoutMinutes: ${TIMEOUT}."""
    definition, found = check_text(text, "f", "yaml", {"t": CommandLineText(value)})
    assert definition is not None
    if found:
        assert len(found) == 1
        assert result in found[0].message, why
    else:
        assert list(definition.properties.values()) == [result], why
        assert "CommandLineText" not in repr(definition.properties)


def test_text_of_a_program_stays_text() -> None:
    """There the type is known, and "60" for 60 is a mistake."""
    assert "must be a whole number" in problems("executionTimeoutMinutes: ${t}", variables={"t": "60"})[0]


@pytest.mark.parametrize(
    ("text", "found", "why"),
    [
        ("name: x", "f:1:1: jobDriver: is required; a run needs sparkSubmit or hive", "the model of AWS lets it be absent"),
        ("jobDriver: null", "f:1:1: jobDriver: is required; a run needs sparkSubmit or hive; null is no value", "null is absent"),
        ("jobDriver: ${d}", None, "not known yet"),
        ("jobDriver: {}", "f:1:1: jobDriver: must have exactly one of sparkSubmit and hive", "one finding, not two"),
    ],
)  # fmt: skip
def test_a_complete_definition_has_something_to_run(text: str, found: str | None, why: str) -> None:
    """AWS takes the request apart from that, and then has nothing to start."""
    listed = check_text(text, "f", "yaml", AnyVariable(), complete=True)[1]
    assert [str(each) for each in listed if each.path.startswith("jobDriver")] == ([found] if found else []), why
    assert [each for each in problems(text, variables=AnyVariable()) if "is required" in each] == [], (
        "only when complete"
    )


def test_a_definition_knows_its_placeholders() -> None:
    """validate tells a variable that is misspelt from one that is used."""
    definition, _ = check_text("name: '${a}-${b}-$${c}'\ntags: {x: '${a}'}", "f", "yaml", AnyVariable())
    assert definition is not None
    assert definition.placeholders == ("a", "b")


def test_any_variable_knows_every_name() -> None:
    """validate checks a definition whose variables come from elsewhere."""
    assert problems("executionRoleArn: ${role}", variables=AnyVariable()) == []


def test_the_corpus_loads() -> None:
    """Real-looking files of each kind; 'answer: no' is text to the AWS CLI and so it is here."""
    loaded = load_definitions(CORPUS)
    assert list(loaded) == ["clickstream", "partitions", "sales_etl"]
    assert loaded["partitions"].properties["tags"] == {"answer": "no"}
    submit = loaded["clickstream"].properties["jobDriver"]["sparkSubmit"]
    assert submit["entryPointArguments"] == ["--from", "2026-01-31", "010"]
    overrides = loaded["clickstream"].properties["configurationOverrides"]["applicationConfiguration"]
    assert overrides[1]["properties"] == {"spark.dynamicAllocation.enabled": "true", "rootLogger.level": "warn"}
    assert loaded["clickstream"].place("retryPolicy.maxFailedAttemptsPerHour") == Place(29, 3)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b'{"name": ""}', r"a.json:1:2: name: must not be empty"),
        ("a.json", b'\xef\xbb\xbf{"name": "x", "mod": "BATCH"}', r"a.json:1:15: mod: "),
        ("a.yaml", b"name: \xff", r"a.yaml:1:7: is not UTF-8"),
        ("a.txt", b'{"name": 1,}', r"a.txt:1:12: is not JSON"),
        ("missing.json", None, r"missing.json: cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    """One error type, one line a problem, whatever is wrong with the file."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidDefinitionError, match=message):
        load_definition(tmp_path / name)


def test_directories_report_all_their_files(tmp_path: Path) -> None:
    """Fixing one file a run is slow; two files of one name would hide one job."""
    with pytest.raises(InvalidDefinitionError, match=f"^{re.escape(str(tmp_path))}: holds no definition"):
        load_definitions(tmp_path)
    (tmp_path / "a.json").write_text('{"nam": "x"}')
    (tmp_path / "b.yaml").write_text("mode: FAST")
    (tmp_path / "b.yml").write_text("mode: BATCH")
    (tmp_path / ".hidden.json").write_text("no JSON")
    with pytest.raises(InvalidDefinitionError) as caught:
        load_definitions(tmp_path)
    assert [line.split(": ")[0].rpartition("/")[2] for line in str(caught.value).splitlines()] == [
        "a.json:1:2",
        "b.yaml:1:1",
        "b.yml:1:1",
    ]
    with pytest.raises(InvalidDefinitionError, match="none: is not a directory"):
        load_definitions(tmp_path / "none")


def test_overrides_replace_whole_members() -> None:
    """As the AWS CLI's options do: tags of an option do not mix with those of the file."""
    definition = Definition(
        "f", {"name": "a", "tags": {"x": "1"}}, {("tags",): Place(2, 1), ("tags", "x"): Place(3, 1)}
    )
    merged = merge(definition, {"tags": {"y": "2"}, "name": None, "triggers": [1]})
    assert merged.properties == {"name": "a", "tags": {"y": "2"}, "triggers": [1]}
    assert merged.place("tags.x") == Place(1, 1)
    assert definition.properties["tags"] == {"x": "1"}, "the file's own stays as it was"
    with pytest.raises(InvalidRequestError, match=r"job_driver cannot be overridden: did you mean jobDriver\?"):
        merge(definition, {"job_driver": {}})
