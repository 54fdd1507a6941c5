"""Ways around the resource: options that come from elsewhere, parts of a stack, protection, an engine without checkpoints.

None of them may start a second run, end one behind the state's back, or show a traceback.
"""

from __future__ import annotations

from engine.harness import APPLICATION, ROLE, Stack, program

COMPANION = "pulumi-python:dynamic/emrserverless:LaunchToken"
NEXT_DAY = program(arguments=("--day", "2026-01-02"))

FROM_ELSEWHERE = f"""
import pulumi
from pulumi import ResourceOptions as Options
from pulumi_emr_serverless import JobRun, spark_submit

def job(**options):
    JobRun("nightly", Options(**options), application_id={APPLICATION!r}, execution_role_arn={ROLE!r},
           job_driver=spark_submit("s3://orchard/press.py"))

def component(name, **options):
    return pulumi.ComponentResource("test:index:House", name, None, Options(**options))

def given(option, value, result=pulumi.ResourceTransformResult):
    def transform(args):
        if args.type_.endswith(":JobRun"):
            setattr(args.opts, option, value)
            return result(args.props, args.opts)
    return transform

other = component("other")
"""
RETAIN, WITH, IMPORT = (
    f"{name} is not possible for a JobRun" for name in ("retain_on_delete", "deleted_with", "import_")
)
LEGACY = (
    "pulumi.runtime.register_stack_transformation(given('retain_on_delete', True, pulumi.ResourceTransformationResult))"
)
WAYS = (
    (f"{LEGACY}; job()", RETAIN),
    ("pulumi.runtime.register_resource_transform(given('retain_on_delete', True)); job()", RETAIN),
    ("pulumi.runtime.register_resource_transform(given('deleted_with', other)); job()", WITH),
    ("pulumi.runtime.register_resource_transform(given('import_', '00f/00g')); job()", IMPORT),
    ("job(transforms=[given('retain_on_delete', True)])", RETAIN),
    ("job(parent=component('room', parent=component('house', retain_on_delete=True)))", RETAIN),
    ("job(parent=component('house', deleted_with=other))", WITH),
)


def test_options_that_come_from_elsewhere(stack: Stack) -> None:
    """They were not seen: a replacement left two runs alive, or a destroy one in no state."""
    for way, words in WAYS:
        failed = stack.preview(text=f"{FROM_ELSEWHERE}{way}\n", expect=None)
        assert failed.code != 0, f"{way}:\n{failed.output}"
        assert words in failed.output
        assert "Traceback" not in failed.output
    stack.up(text=f"{FROM_ELSEWHERE}job(parent=component('house', retain_on_delete=True), retain_on_delete=False)\n")
    assert stack.alive() == [stack.run_id()]
    stack.destroy()
    assert not stack.alive()


def test_a_job_that_moves_where_runs_are_retained(stack: Stack) -> None:
    """Retained by a component, with an alias for the old place: the run and its state stay as they are."""
    stack.up()
    moved = program(
        options="pulumi.ResourceOptions(parent=house, aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])"
    )
    house = (
        "house = pulumi.ComponentResource('test:index:House', 'house', None, pulumi.ResourceOptions(OPTION))\n\nrun ="
    )
    failed = stack.up(text=moved.replace("run =", house.replace("OPTION", "retain_on_delete=True"), 1), expect=None)
    assert "retain_on_delete is not possible for a JobRun" in failed.output
    assert stack.alive() == [stack.run_id()]
    stack.up(text=moved.replace("run =", house.replace("OPTION", ""), 1))
    assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 1


def test_a_part_of_the_stack(stack: Stack) -> None:
    """A job without its companion starts nothing; a companion without its job waits for it."""
    job, companion = stack.urn(), stack.urn(type_=COMPANION)
    failed = stack.up("--target", job, expect=None)
    assert failed.code != 0
    assert "Traceback" not in failed.output
    stack.up("--target", companion)
    stack.up("--exclude", job)
    assert not stack.runs()
    stack.up("--target", job)
    (first,) = stack.alive()
    assert first == stack.run_id()
    stack.up("--target", companion, text=NEXT_DAY)
    stack.up("--exclude", job)
    assert stack.alive() == [first]
    stack.up("--target", job)
    assert stack.alive() == [stack.run_id()] != [first]
    stack.up("--expect-no-changes")
    assert len(stack.runs()) == 2


def test_a_protected_job(stack: Stack) -> None:
    """Its companion is protected with it, and so is its run: Pulumi refuses in its own words, before anything is ended."""
    protected = "pulumi.ResourceOptions(protect=True)"
    stack.up(text=program(options=protected))
    assert [each.get("protect") for each in stack.state()["resources"][-2:]] == [True, True]
    for failed in (
        stack.destroy(expect=None),
        stack.up(text="", expect=None),
        stack.up(text=program(options=protected, arguments=("--day", "2026-01-02")), expect=None),
    ):
        assert failed.code != 0
        assert "protect" in failed.output
        assert "Traceback" not in failed.output
        assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 1


def test_a_protected_companion(stack: Stack) -> None:
    """Where somebody protects it alone, its job goes and comes as it does else: with the companion it had."""
    stack.up()
    companion = stack.urn(type_=COMPANION)
    stack.pulumi("state", "protect", companion, "--yes")
    failed = stack.destroy(expect=None)
    assert failed.code != 0
    assert "protect" in failed.output
    assert "Traceback" not in failed.output
    assert not stack.alive()
    assert not stack.jobs()
    stack.up()
    assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 2


def test_an_engine_that_writes_no_checkpoints(stack: Stack) -> None:
    """Killed after the start, it would have forgotten the launch token: the retry was a second run."""
    skipping = {"PULUMI_SKIP_CHECKPOINTS": "true"}
    failed = stack.up(env=skipping, expect=None)
    assert failed.code != 0
    assert "PULUMI_SKIP_CHECKPOINTS is set: the launch token of this run would be in no state" in failed.output
    assert not stack.runs()
    stack.up()
    failed = stack.up(text=NEXT_DAY, env=skipping, expect=None)
    assert failed.code != 0
    assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 1


def test_settings_that_are_wrong_are_known_at_the_preview(stack: Stack) -> None:
    """A misspelt region started runs in another one; and no region was known when the first run was to start."""
    stack.pulumi("config", "set", "emrServerless:regoin", "eu-west-1")
    failed = stack.preview(expect=None)
    assert failed.code != 0
    assert "emrServerless:regoin: is no setting of this package. Did you mean emrServerless:region?" in failed.output
    stack.pulumi("config", "rm", "emrServerless:regoin")
    region = stack.env.pop("AWS_REGION")
    failed = stack.preview(expect=None)
    assert failed.code != 0
    assert "No AWS region: set it with" in failed.output
    assert "Traceback" not in failed.output
    stack.env["AWS_DEFAULT_REGION"] = region
    stack.up()
    del stack.env["AWS_DEFAULT_REGION"]
    stack.up("--expect-no-changes")


def test_without_credentials_nothing_is_ended(stack: Stack) -> None:
    """Nor started; the plan of the replacement says it."""
    stack.up()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del stack.env[name]
    stack.env["AWS_EC2_METADATA_DISABLED"] = "true"
    for failed in (stack.preview(text=NEXT_DAY, expect=None), stack.up(expect=None), stack.destroy(expect=None)):
        assert failed.code != 0
        assert "credentials" in failed.output
        assert "Traceback" not in failed.output
    assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 1
