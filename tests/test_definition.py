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
    Definition,
    check_text,
    load_definition,
    load_definitions,
    merge,
)
from pulumi_emr_serverless.definitions.text import Format, Node, Place, UnreadableError, read, write
from pulumi_emr_serverless.errors import InvalidDefinitionError, InvalidRequestError
from pulumi_emr_serverless.request import UNKNOWN

CORPUS = Path(__file__).parent / "corpus" / "definitions"


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
        ("", "json", (1, 1), "is not JSON"),
        ("[" * 100000, "json", (1, 1), "nested too deeply"),
        ('{"a": ' + "1" * 5000 + "}", "json", (1, 1), "too many digits"),
        ("a: 1\nb: 2\na: 3", "yaml", (3, 1), "'a' is here a second time, after line 1"),
        ("a:\n\tb: 1", "yaml", (2, 1), "is not YAML"),
        ("a: [1", "yaml", (1, 6), "is not YAML"),
        ("a: \x01", "yaml", (1, 4), "control character"),
        ("# only\n", "yaml", (1, 1), "is empty"),
        ("a: 1\n---\nb: 2", "yaml", (2, 1), "is not YAML: but found another document"),
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
        ("missing.json", None, r"missing.json:1:1: cannot be read: No such file"),
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
    with pytest.raises(InvalidDefinitionError, match="holds no definition"):
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
    with pytest.raises(InvalidDefinitionError, match="is not a directory"):
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
