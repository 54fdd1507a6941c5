"""What spark-submit will not take of its parameters."""

from __future__ import annotations

import pytest

from pulumi_emr_serverless.spark import SWITCHES, VALUE_OPTIONS, complaints


@pytest.mark.parametrize(
    ("text", "problems", "why"),
    [
        ("--conf spark.executor.cores=4 -c spark.x= --verbose", [], "nothing to complain of"),
        ("--conf=spark.x=1 --jars=a.jar --executor-memory 8g", [], "the spelling with ="),
        ("--conf 'spark.x=a b' --class com.acme.Main", [], "quotes"),
        ("--conf spark.executor.cores", [("--conf spark.executor.cores has no =", True)], "Spark throws 'Spark config without ='"),
        ("--conf spark.x = 1", [("--conf spark.x has no =", True),
                                ("has a word that belongs to no option: spark-submit runs it instead of the entry point", False)], "blanks around ="),
        ("--executor-memry 8g", [("--executor-memry is no option of spark-submit", True)], "spark-submit: unrecognized option"),
        ("--executor-memry=8g", [("--executor-memry is no option of spark-submit", True)], "however it is written"),
        ("--brand-new 8g --verbose", [("--brand-new is no option of spark-submit that is known here", False)], "a newer Spark may know it"),
        ("--class", [("--class has no value", True)], "spark-submit: missing argument"),
        ("--conf spark.x=1 --class", [("--class has no value", True)], "at the end"),
        ("--class --conf spark.x=1", [("--class has no value: the option --conf follows", True),
                                      ("has a word that belongs to no option: spark-submit runs it instead of the entry point", False)],
         "spark-submit takes --conf for the class"),
        ("--conf fs.s3a.x=1", [("--conf fs.s3a.x begins not with 'spark.', and spark-submit ignores it", False)], "ignored with a warning in the log"),
        ("s3://acme/checkpoints", [("has a word that belongs to no option: spark-submit runs it instead of the entry point", False)],
         "an argument of the job in the wrong place"),
        ("--conf 'spark.x=1", [("this single quote is never closed", False)], "how AWS splits it is not documented"),
    ],
)  # fmt: skip
def test_complaints(text: str, problems: list[tuple[str, bool]], why: str) -> None:
    """Each of them costs a run; only what is certain may refuse one."""
    assert [(each.problem, each.certain) for each in complaints(text)] == problems, why


@pytest.mark.parametrize("option", sorted(VALUE_OPTIONS | SWITCHES))
def test_no_known_option_is_complained_of(option: str) -> None:
    """A false error keeps a good job from running."""
    value = " spark.x=1" if option == "--conf" else " x" if option in VALUE_OPTIONS else ""
    assert list(complaints(option + value)) == []


def test_a_misspelt_option_is_answered_with_the_right_one() -> None:
    """The person has to find it in a line of 2000 characters."""
    (complaint,) = complaints("--executor-memry 8g")
    assert complaint.remedy == "did you mean --executor-memory?"


def test_no_value_is_in_a_complaint() -> None:
    """Parameters carry passwords, and complaints go into logs."""
    texts = [
        "--conf hunter2/x",
        "--hunter2=hunter2 hunter2",
        "--class hunter2 hunter2",
        "--new hunter2",
        "hunter2",
        "--conf x.y=hunter2",
    ]
    shown = " ".join(f"{each.problem} {each.remedy}" for text in texts for each in complaints(text))
    assert "hunter2" not in shown.replace("--hunter2 is no option", "")
