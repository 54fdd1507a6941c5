"""``emrs local``: EMR Serverless, and moto's other services, on this machine."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pulumi_emr_serverless.emulator.call_lines import line_of
from pulumi_emr_serverless.emulator.fates import Fates, fate_of_text
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.world import DEFAULT_SEEDS, Seed, World

if TYPE_CHECKING:
    from pulumi_emr_serverless.emulator.server import Server
    from pulumi_emr_serverless.emulator.spark.runner import Settings

DEFAULT_PORT = 4577
EXAMPLE_ROLE = "arn:aws:iam::123456789012:role/emr-serverless-job"

_OPTIONS_HELP = "A behaviour that AWS does not document, as NAME=VALUE; repeatable.\n\n" + "\n\n".join(
    Options.overview()
)


def local(  # noqa: PLR0913 - a command has as many parameters as it has options
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 is any free one.")] = DEFAULT_PORT,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print one JSON object: endpoint, env, applicationId, applications, executionRoleArn."
        ),
    ] = False,
    application: Annotated[
        list[str] | None,
        typer.Option(
            help="The ID of a Spark application that is there from the start, instead of the usual ones; repeatable.",
            metavar="ID",
        ),
    ] = None,
    region: Annotated[str, typer.Option(help="The region of these applications.")] = "us-east-1",
    speed: Annotated[float, typer.Option(help="How many times faster than usual runs go through their states.")] = 1.0,
    quotas: Annotated[bool, typer.Option("--quotas", help="Enforce the API quotas that AWS documents.")] = False,
    option: Annotated[list[str] | None, typer.Option(help=_OPTIONS_HELP, metavar="NAME=VALUE")] = None,
    fate: Annotated[
        list[str] | None,
        typer.Option(
            help="How jobs end whose name matches, such as 'nightly*=FAILED:out of memory', or stay, as in "
            "'stream*=RUNNING'; without a pattern, all. Repeatable: the last that matches holds.",
            metavar="PATTERN=OUTCOME:DETAILS",
        ),
    ] = None,
    calls: Annotated[bool, typer.Option("--calls", help="Print a line for each call to EMR Serverless.")] = False,
    spark: Annotated[
        bool, typer.Option("--spark", help="Run Spark jobs on this machine, with your code; needs Java and pyspark.")
    ] = False,
    spark_slots: Annotated[
        int | None, typer.Option(help="So many Spark jobs at once; default: one a core.", min=1, metavar="N")
    ] = None,
    spark_files: Annotated[
        list[Path] | None,
        typer.Option(help="A folder whose files Spark jobs may name; repeatable.", metavar="FOLDER"),
    ] = None,
) -> None:
    """Run EMR Serverless on this machine, with S3, CloudWatch Logs, IAM and STS on the same port.

    Prints the environment that points AWS clients at it, and runs until Ctrl-C:

        eval "$(emrs local &)"

    Exit code 0: it was ended; 1: the port is taken, or the extra "local" is not installed; 2: the command itself is wrong.
    """
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        _leave_the_terminal()
    else:
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    world = _world(application, region, speed, option)
    _set_fates(world.fates, fate)
    settings = _spark(host, spark_slots, spark_files) if spark else None
    server = _started(host, port, world, quotas=quotas, spark=settings)
    if calls:
        server.emulator.call_log.listener = lambda call: typer.echo(line_of(call), err=True)
    description = _description(server, region)
    if as_json:
        sys.stdout.write(json.dumps(description) + "\n")
        sys.stdout.flush()
    else:
        _show(description)
    stop.wait()
    # A second Ctrl-C ends it at once, even if a client does not let go.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    server.stop()


def _leave_the_terminal() -> None:
    """A shell that starts it in the background, as in ``eval "$(emrs local &)"``, means it to outlive a Ctrl-C.

    Such a shell makes it ignore SIGINT. In a session of its own it also hears nothing of a terminal that is closed.
    """
    with suppress(PermissionError):  # it leads its group: the shell has already set it apart
        os.setsid()


def _set_fates(fates: Fates, texts: list[str] | None) -> None:
    for text in texts or ():
        try:
            pattern, fate = fate_of_text(text)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--fate") from None
        fates.set(fate, pattern)


def _world(applications: list[str] | None, region: str, speed: float, option: list[str] | None) -> World:
    if speed <= 0:
        raise typer.BadParameter("the speed is a positive number", param_hint="--speed")
    try:
        options = Options.parse(option or [])
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--option") from None
    for one in applications or ():
        if not re.fullmatch("[0-9a-z]{1,64}", one):
            raise typer.BadParameter(f"{one!r} is no ID: 1 to 64 of 0-9 and a-z", param_hint="--application")
    seeds = tuple(map(Seed, applications)) if applications else DEFAULT_SEEDS
    here = tuple(replace(seed, region=region) for seed in seeds)
    return World(fates=Fates(speed), options=options, seeds=here)


def _spark(host: str, slots: int | None, folders: list[Path] | None) -> Settings:
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise typer.BadParameter(
            f"it runs code, so it listens on this machine alone, not on {host}", param_hint="--spark"
        )
    for folder in folders or ():
        if not folder.is_dir():
            raise typer.BadParameter(f"{folder} is not a folder", param_hint="--spark-files")
    _need_moto()
    from pulumi_emr_serverless.emulator.spark.installation import (  # noqa: PLC0415 - only for Spark
        MissingError,
        default_cache,
        installed,
    )
    from pulumi_emr_serverless.emulator.spark.runner import Settings  # noqa: PLC0415 - only for Spark

    try:
        installation = installed(default_cache(), lambda sentence: typer.echo(sentence, err=True))
    except MissingError as error:
        _fail(str(error))
    return Settings(installation, slots or os.cpu_count() or 1, folders or ())


def _need_moto() -> None:
    if find_spec("moto") is None:
        _fail("emrs local needs moto: pip install 'pulumi-emr-serverless[local]'")


def _started(host: str, port: int, world: World, *, quotas: bool, spark: Settings | None) -> Server:
    try:
        from pulumi_emr_serverless.emulator.emulator import Emulator  # noqa: PLC0415 - botocore is heavy
        from pulumi_emr_serverless.emulator.server import Server, account_of  # noqa: PLC0415 - so is moto
    except ImportError:
        _fail("emrs local needs moto: pip install 'pulumi-emr-serverless[local]'")
    emulator = Emulator(world, enforce_quotas=quotas, account_of=account_of)
    try:
        return Server(emulator, host=host, port=port, spark=spark).start()
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            _fail(
                f"Port {port} of {host} is in use: stop what listens there, or choose another with --port (0 is any)."
            )
        _fail(f"Cannot listen on port {port} of {host}: {error}")


def _description(server: Server, region: str) -> dict[str, Any]:
    return {
        "endpoint": server.endpoint,
        "env": {
            "AWS_ENDPOINT_URL": server.endpoint,
            "AWS_ENDPOINT_URL_EMR_SERVERLESS": server.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
        },
        "applicationId": server.emulator.world.seeds[0].application_id,
        "applications": {seed.application_id: seed.engine for seed in server.emulator.world.seeds},
        "executionRoleArn": EXAMPLE_ROLE,
    }


def _show(description: dict[str, Any]) -> None:
    prose = [
        f"EMR Serverless, S3, CloudWatch Logs, IAM and STS on {description['endpoint']}",
        *(f"  application    {id_} ({engine}, started)" for id_, engine in description["applications"].items()),
        f"  execution role {description['executionRoleArn']} (any role will do)",
        f"  what goes on   {description['endpoint']}/_emrs/",
        _end(),
    ]
    typer.echo("\n".join(prose), err=True)
    for name, value in description["env"].items():
        sys.stdout.write(f"export {name}={value}\n")
    sys.stdout.flush()
    if not sys.stdout.isatty():
        # Whoever reads this through a pipe, as `eval` does, waits for its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end() -> str:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        return f"It runs until: kill {os.getpid()}"
    return f"Press Ctrl-C to stop, or: kill {os.getpid()}"


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
