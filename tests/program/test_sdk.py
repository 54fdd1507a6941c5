"""An SDK that is too old is told in one sentence: it ended in `Exception calling application: '__job'`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_emr_serverless import DeclarationError
from pulumi_emr_serverless.program.sdk import OLDEST_SDK, require_sdk

OLDEST = ".".join(map(str, OLDEST_SDK))


@pytest.mark.parametrize("version", ["3.200.0", "3.9.1", "2.25.2", f"{OLDEST_SDK[0]}.{OLDEST_SDK[1] - 1}.9"])
def test_an_older_one_is_refused(version: str) -> None:
    """With the command that helps."""
    with pytest.raises(DeclarationError, match=f"pulumi {version} is too old .* pip install 'pulumi>={OLDEST},<4'"):
        require_sdk(version)


@pytest.mark.parametrize("version", [OLDEST, "3.272.0", "3.1000.0", "4.0.0a1", f"{OLDEST}+dirty", "unknown"])
def test_others_are_taken(version: str) -> None:
    """A version that cannot be read is not held against anybody."""
    require_sdk(version)


def test_the_package_asks_for_the_same() -> None:
    """Else pip would install one that is refused."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'"pulumi>={OLDEST_SDK[0]}.{OLDEST_SDK[1]},<4"' in text
