"""The language of Spark parameters: what a text means, and how one is written from keywords.

- ``parameters`` splits, compares and joins ``sparkSubmitParameters`` as spark-submit reads them. Its canonical form is
  part of client tokens, and so a persisted format.
- ``refusals`` says what spark-submit will not take.
- ``sizes`` knows that 8g and 8192m are one.
- ``keywords`` is the table of the keywords of ``spark_submit``.

Texts only: it imports nothing of the package but its errors.
"""

from pulumi_emr_serverless.spark.keywords import driver_keywords, keywords_of, parameters_of, shown
from pulumi_emr_serverless.spark.parameters import (
    SWITCHES,
    VALUE_OPTIONS,
    Option,
    canonical_parameters,
    diff_parameters,
    join_parameters,
    parse_parameters,
    sounds_secret,
    split_parameters,
)
from pulumi_emr_serverless.spark.refusals import Complaint, complaints
from pulumi_emr_serverless.spark.sizes import MEMORY_PROPERTIES, comparable_parameters, same_size

__all__ = [
    "MEMORY_PROPERTIES",
    "SWITCHES",
    "VALUE_OPTIONS",
    "Complaint",
    "Option",
    "canonical_parameters",
    "comparable_parameters",
    "complaints",
    "diff_parameters",
    "driver_keywords",
    "join_parameters",
    "keywords_of",
    "parameters_of",
    "parse_parameters",
    "same_size",
    "shown",
    "sounds_secret",
    "split_parameters",
]
