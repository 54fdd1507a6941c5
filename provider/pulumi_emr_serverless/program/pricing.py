"""What a stack's configuration says to a program: prices of its runs, and keys that nobody reads."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.runtime import config

from pulumi_emr_serverless.aws import unknown_settings
from pulumi_emr_serverless.errors import InvalidConfigurationError
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.watching import PRICES_KEY, Prices, Resources


def setting(key: str) -> Any:
    """A value of the stack's configuration, as the providers see it: structured ones as JSON text."""
    namespace, _, name = key.partition(":")
    return pulumi.Config(namespace).get(name)


def unknown_keys() -> list[str]:
    """What is wrong with the keys of the configuration, a sentence each."""
    return unknown_settings({*config.CONFIG.get(), *config.get_config_env()}, [PRICES_KEY])


def prices() -> Prices | None:
    """The user's prices; None where there are none.

    Raises:
        InvalidConfigurationError: ``emrServerless:prices`` is not a set of prices.
    """
    given = setting(PRICES_KEY)
    try:
        return Prices.parse(given, where=PRICES_KEY)
    except InvalidConfigurationError as error:
        if pulumi.runtime.is_config_secret(PRICES_KEY):
            Redactor([given]).redact(error)
        raise


def cost(billed: Resources | None) -> float | None:
    known = prices()
    return None if known is None or billed is None else float(round(known.cost(billed).amount, 6))
