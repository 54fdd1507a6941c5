"""EventBridge: how a team hears of a failed run without a process that waits for it."""

from __future__ import annotations

import json

from emulator.support import APPLICATION, Start, client
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.server import Server


def test_a_rule_sees_the_states_of_a_run(server: Server, control: Control, start: Start) -> None:
    """The pattern is that of AWS's page (using-eventbridge.html), the target a queue."""
    control.reset(everything=True)
    control.freeze()
    sqs, events = client("sqs", server.endpoint), client("events", server.endpoint)
    queue = sqs.create_queue(QueueName="failed")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {
        "source": ["aws.emr-serverless"],
        "detail-type": ["EMR Serverless Job Run State Change"],
        "detail": {"state": ["RUNNING", "FAILED"]},
    }
    events.put_rule(Name="failed", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="failed", Targets=[{"Id": "queue", "Arn": arn}])
    control.set_fate(outcome="FAILED")
    run_id = start(name="nightly", retryPolicy={"maxAttempts": 2})
    control.advance(60)
    control.runs()
    told = [json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]]
    states = [(one["detail"]["previousState"], one["detail"]["state"], one["detail"]["attempt"]) for one in told]
    # The failure of the first attempt is an event of another kind: it is tried again.
    assert sorted(states) == [("RUNNING", "FAILED", 2), ("SCHEDULED", "RUNNING", 1), ("SCHEDULED", "RUNNING", 2)]
    (failed,) = [one for one in told if one["detail"]["state"] == "FAILED"]
    assert failed["source"] == "aws.emr-serverless"
    assert (
        failed["detail"].items() >= {"jobRunId": run_id, "applicationId": APPLICATION, "jobRunName": "nightly"}.items()
    )
