"""The language of sparkSubmitParameters, and the canonical form that client tokens are derived from."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.spark import (
    SWITCHES,
    VALUE_OPTIONS,
    canonical_parameters,
    diff_parameters,
    join_parameters,
    split_parameters,
)

WORD = st.one_of(
    st.sampled_from(
        [*sorted(SWITCHES | VALUE_OPTIONS), "-c", "-v", "-x", "--unknown", "--conf=a=1", "--jars=x", "--u=1"]
    ),
    st.sampled_from(["a=1", "a=2", "b=1", "s3://b/j.jar", "plain", "", "-", "--", "=", "a b", "'", '"', "$x", "\\"]),
    st.text(max_size=6),
)
WORDS = st.lists(WORD, max_size=9)


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("", [], "no parameters are no words"),
        (" \t\n ", [], "white space alone is none either"),
        ("--conf a=1  --verbose", ["--conf", "a=1", "--verbose"], "runs of blanks separate once"),
        ("--conf a='1 2'", ["--conf", "a=1 2"], "a quote may begin within a word"),
        ('--conf "a=\\"1\\" $x"', ["--conf", 'a="1" $x'], "double quotes undo the escapes that a shell undoes"),
        (r'"\n\$"', [r"\n$"], "and leave the others alone, as a shell does and shlex does not"),
        (r"'\'", ["\\"], "single quotes undo nothing"),
        ("''", [""], "an empty word is a word"),
        ("--conf a=1 \\\n  --conf b=2", ["--conf", "a=1", "--conf", "b=2"], "a continued line is one line"),
        ("a\\\nb", ["ab"], "and joins what it parts"),
        ('"a\\\nb"', ["ab"], "in double quotes too"),
        ("--conf a=ü☃", ["--conf", "a=ü☃"], "letters of every script belong to words"),
        ("a#b #c", ["a#b", "#c"], "there are no comments in parameters"),
    ],
)
def test_splits_as_a_shell_does(text: str, words: list[str], why: str) -> None:
    """Every decision about parameters stands on the words; one wrong word is another run."""
    assert split_parameters(text) == words, why


@pytest.mark.parametrize(
    "text",
    [
        "a 'b  c' \"d e\"",
        r'"\n\"" \x',
        "'\\'",
        "a\\\nb",
        '"a\\\nb" c',
        "--conf a='1 2'",
        "''",
        "a\\ b 'it'\\''s'",
        '"\\$x \\`y"',
    ],
)
def test_a_real_shell_agrees(text: str) -> None:
    """The table above is an opinion until a shell has said so."""
    printed = subprocess.run(["sh", "-c", f"printf '%s\\0' {text}"], capture_output=True, text=True, check=True).stdout
    assert split_parameters(text) == printed.split("\0")[:-1]


@given(st.text(alphabet=st.characters(exclude_characters="\\", codec="utf-8")))
def test_agrees_with_shlex_where_no_backslash_is(text: str) -> None:
    """shlex is the reference; only what it does to backslashes differs from a POSIX shell."""
    try:
        expected = shlex.split(text)
    except ValueError:
        with pytest.raises(InvalidSparkSubmitError):
            split_parameters(text)
    else:
        assert split_parameters(text) == expected


@given(st.lists(st.text()))
def test_joined_words_split_into_themselves(words: list[str]) -> None:
    """Quoting has to survive every character, or a value with a blank becomes an option."""
    assert split_parameters(join_parameters(words)) == words


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("--conf a='1", "character 10: this single quote is never closed"),
        ('--conf "a=1', "character 8: this double quote is never closed"),
        ("--conf a=1\n  --conf 'b", "line 2, column 10: this single quote"),
        ("--conf a=1\\", "character 11: a backslash ends the text"),
    ],
)
def test_an_unclosed_quote_is_an_error_with_its_place(text: str, place: str) -> None:
    """Parameters are long lines; without the place one counts quotes by eye."""
    with pytest.raises(InvalidSparkSubmitError, match=place):
        split_parameters(text)


def test_the_error_does_not_repeat_the_text() -> None:
    """Parameters carry passwords, and an error is written into CI logs."""
    with pytest.raises(InvalidSparkSubmitError) as caught:
        split_parameters("--conf spark.password='hunter2")
    assert "hunter2" not in str(caught.value)


GOLDEN = [
    ("", "", "nothing"),
    ("  --conf   b=2\n--conf a=1 ", "--conf a=1 --conf b=2", "white space and the order of keys"),
    ("-c a=1", "--conf a=1", "the short name"),
    ("--conf=a=1 --jars=x", "--conf a=1 --jars x", "the spelling with ="),
    ("--conf 'a=1' --conf \"b=x y\"", "--conf a=1 --conf 'b=x y'", "quotes"),
    ("--conf a=1 --conf a=2", "--conf a=1 --conf a=2", "a repetition stays"),
    ("--conf a=2 --conf a=1", "--conf a=2 --conf a=1", "and keeps its order, as the last one wins"),
    ("--conf b=1 --conf a=2 --conf b=0", "--conf a=2 --conf b=1 --conf b=0", "others move around it"),
    ("--verbose --class C", "--verbose --class C", "switches first"),
    ("--class C -v", "--verbose --class C", "under their long name"),
    ("--jars a --conf k=v --class C", "--class C --conf k=v --jars a", "options by name"),
    ("--new x --conf a=1", "--conf a=1 --new x", "an unknown option with its value"),
    ("--new --conf a=1", "--new --conf a=1", "an unknown switch"),
    ("--new x --new", "--new --new x", "the same one with and without a value: spark-submit refuses both"),
    ("--new=x --conf a=1", "--new=x --conf a=1", "an unknown spelling stays as it is"),
    ("--conf a=1 app.py --conf b=1 -v", "--conf a=1 app.py --conf b=1 -v", "what follows a word is that word's"),
    ("--jars x --conf", "--jars x --conf", "an option without its value ends it"),
    ("--conf a", "--conf a", "a property without a value is AWS's to refuse"),
    ("--driver-memory 4g", "--driver-memory 4g", "an option is not the property that it sets"),
    ("--conf spark.x=ü", "--conf 'spark.x=ü'", "quoted beyond ASCII"),
    ('--conf "a=it\'s"', "--conf 'a=it'\"'\"'s'", "a quote within a quote"),
    ("--conf a= --conf b=''", "--conf a= --conf b=", "an empty value"),
]


@pytest.mark.parametrize(("text", "canonical", "why"), GOLDEN)
def test_canonical_form_is_pinned(text: str, canonical: str, why: str) -> None:
    """PERSISTED FORMAT: tokens are hashes of it. A row that changes starts every such job a second time."""
    assert canonical_parameters(text) == canonical, why
    assert canonical_parameters(canonical) == canonical, why


@given(WORDS)
def test_canonical_form_is_its_own(words: list[str]) -> None:
    """The state holds the canonical form of some version; taking it again must not change a token."""
    once = canonical_parameters(join_parameters(words))
    assert canonical_parameters(once) == once


@given(WORDS, WORDS)
def test_a_diff_is_empty_exactly_for_the_same_meaning(old: list[str], new: list[str]) -> None:
    """A replacement that the plan cannot explain is as bad as an explanation without one."""
    before, after = join_parameters(old), join_parameters(new)
    assert (diff_parameters(before, after) == []) == (canonical_parameters(before) == canonical_parameters(after))
    assert diff_parameters(before, canonical_parameters(before)) == []


CONF = st.tuples(st.sampled_from("abc"), st.sampled_from("123"))


@given(st.lists(CONF, unique_by=lambda pair: pair[0]), st.randoms(use_true_random=False))
def test_order_of_different_keys_does_not_count(confs: list[tuple[str, str]], random: object) -> None:
    """People sort and regroup their --conf lines; nothing should run for that."""
    texts = [f"--conf {key}={value}" for key, value in confs] + ["--verbose", "--jars x"]
    shuffled = texts.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis hands out a random.Random
    assert canonical_parameters(" ".join(texts)) == canonical_parameters(" ".join(shuffled))


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("--conf spark.executor.cores=2", "--conf spark.executor.cores=4", ["--conf spark.executor.cores 2 -> 4"]),
        ("", "--conf spark.x=1", ["--conf spark.x: added 1"]),
        ("--jars a.jar", "", ["--jars removed"]),
        ("", "--verbose", ["--verbose: added"]),
        ("--verbose", "-v -v", ["--verbose --verbose -> --verbose --verbose"]),
        ("--conf a='x y'", "--conf a=z", ["--conf a 'x y' -> z"]),
        ("--conf a=", "--conf a=1", ["--conf a '' -> 1"]),
        ("--conf a=1 --conf a=2", "--conf a=1", ["--conf a 1 2 -> 1"]),
        ("app.py 1", "app.py 2", ["other words app.py 1 -> app.py 2"]),
        ("--conf a=1 -c b=2", "--conf=b=2   --conf 'a=1'", []),
        ("--conf fs.s3a.secret.key=x", "--conf fs.s3a.secret.key=y", ["--conf fs.s3a.secret.key changed"]),
        ("", "--conf jdbc.password=x", ["--conf jdbc.password: added"]),
        ("--driver-java-options -Dtoken=x", "--driver-java-options -Dtoken=y", ["--driver-java-options changed"]),
    ],
)
def test_a_diff_reads_as_one_would_say_it(old: str, new: str, lines: list[str]) -> None:
    """These lines are what a person approves before a job runs again."""
    assert diff_parameters(old, new) == lines
