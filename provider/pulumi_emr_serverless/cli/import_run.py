"""``emrs import-run``: an existing run as a definition or a program."""

from __future__ import annotations

from pulumi_emr_serverless.cli import imported as i
from pulumi_emr_serverless.cli import run_options as o


def import_run(  # noqa: PLR0913 - a command has as many parameters as it has options
    run: o.RunArgument,
    *,
    as_yaml: i.YamlOption = False,
    as_python: i.PythonOption = False,
    as_json: i.JsonOption = False,
    show_secrets: o.ShowSecretsOption = False,
    application: o.ApplicationOption = None,
    stack: o.StackOption = None,
    cwd: o.CwdOption = None,
    region: o.RegionOption = None,
    profile: o.ProfileOption = None,
) -> None:
    """Turn a run that AWS knows into a definition that would start such a run again, without what AWS adds to it.

    Calls GetJobRun. What the stack of this folder keeps secret of the run becomes ${name}, unless --show-secrets asks for it.

    Exit code 0: there is a definition; 1: AWS does not show the run, or what it shows breaks a rule of StartJobRun; 2: the
    command itself is wrong, or names a run or a stack that there is not.

    Example: emrs import-run 00f1abcd2efgh30h/00f1abcd2efgh30i --yaml > nightly.yaml
    """
    from pulumi_emr_serverless.definitions.answers import definition_of, with_placeholders  # noqa: PLC0415 - so that emrs --help is quick
    from pulumi_emr_serverless.definitions.commands import ImportedCommand  # noqa: PLC0415 - as above

    i.refuse_several_forms(as_yaml=as_yaml, as_python=as_python, as_json=as_json)
    place = o.Place(application, stack, cwd, region, profile, show_secrets)
    (found,) = place.find([run])
    seen = place.aws(found).get(found.application_id, found.job_run_id)
    properties, placeholders = with_placeholders(definition_of(seen.request), place.secrets_of(found))
    notes = [f"of the run {found.id}, which is {seen.state}"]
    i.show(ImportedCommand(properties, placeholders, notes), as_yaml=as_yaml, as_python=as_python, as_json=as_json)
