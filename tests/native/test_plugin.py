"""The plugin's place in the package."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import pulumi_emr_serverless
from pulumi_emr_serverless.native.host import NativeHost

PACKAGE = Path(pulumi_emr_serverless.__file__).parent
ROOT = PACKAGE.parents[1]


def test_three_modules_touch_what_may_change() -> None:
    """When Pulumi changes `pulumi.provider.experimental`, it is clear where to look. import-linter cannot say it."""
    touching = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (isinstance(node, ast.ImportFrom) and str(node.module).startswith("pulumi.provider"))
        or (isinstance(node, ast.Import) and any(name.name.startswith("pulumi.provider") for name in node.names))
    }
    assert touching == {"native/plugin.py", "native/provider.py", "native/values.py"}


def printed(program: str) -> str:
    """What a program prints in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_dynamic_form_loads_nothing_of_it() -> None:
    """A Python program, and the process of its provider, must not wait for a form that they do not use."""
    text = (
        "import sys, pulumi_emr_serverless.provider, pulumi_emr_serverless.verbs, pulumi_emr_serverless.program.job_run\n"
        "print([name for name in sys.modules if 'experimental' in name or '.native' in name])"
    )
    assert printed(text) == "[]"


def test_the_schema_loads_nothing_heavy() -> None:
    """The process that a program's language asks for the schema is started by every command."""
    text = (
        "import sys, pulumi_emr_serverless.native.plugin as plugin; plugin.shipped_schema_text()\n"
        "print([name for name in ('boto3', 'botocore', 'pydantic') if name in sys.modules])"
    )
    assert printed(text) == "[]"


def test_the_folder_of_the_plugin_asks_for_what_the_package_needs() -> None:
    """Pulumi installs the folder's requirements, not the package: what is missing there fails at its first use."""
    needed = [Requirement(one) for one in metadata.requires("pulumi-emr-serverless") or ()]
    lines = (ROOT / "provider/requirements.txt").read_text("utf-8").splitlines()
    asked = {Requirement(line) for line in lines if not line.startswith("#")}
    only_for_emrs = ("rich", "typer")
    assert asked == {one for one in needed if one.marker is None and one.name not in only_for_emrs}


def test_the_folder_of_the_plugin_has_a_virtualenv_of_its_own() -> None:
    """Without one named, Pulumi would install into whichever is active: the user's."""
    runtime = yaml.safe_load((ROOT / "provider/PulumiPlugin.yaml").read_text("utf-8"))["runtime"]
    assert runtime == {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}


def test_without_an_engine_it_says_what_it_is() -> None:
    """It is on PATH, so somebody will run it."""
    command = [sys.executable, "-m", "pulumi_emr_serverless.native.plugin"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")  # as a module it does nothing
    done = subprocess.run([sys.executable, str(ROOT / "provider")], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is started by Pulumi's engine" in done.stderr


@pytest.mark.parametrize(
    ("key", "value"),
    [("emrServerless:region", "eu-west-1"), ("aws:region", None), ("emrServerless:profile", None)],
)
def test_configuration_is_the_providers_own(key: str, value: str | None) -> None:
    """The engine tells a provider no other package's configuration: pretending to look for it would mislead."""
    host = NativeHost("")
    host.configure({"region": "eu-west-1"}, ("token",))
    assert host.setting(key) == value
    assert host.secret_settings == ("emrServerless:token",)
