import pytest

STAGES = ("local", "dev", "prod")
ERASURES = "handlers.erasures.handler"


@pytest.mark.parametrize("stage", STAGES)
def test_erasures_wait_in_a_queue_of_their_own_and_none_holds_up_another(synth, stage):
    template = synth(stage)
    feed = template.of_type("AWS::Lambda::EventSourceMapping")["Erasures/Feed"]
    assert template.text(feed["EventSourceArn"]) == "<Erasures/Queue.Arn>"
    assert template.text(feed["FunctionName"]) == "<Eraser>"
    assert feed["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert feed["BatchSize"] == 1


@pytest.mark.parametrize("stage", STAGES)
def test_a_message_that_nobody_could_process_is_kept_as_a_dead_letter_for_two_weeks(synth, stage):
    template = synth(stage)
    queues = template.of_type("AWS::SQS::Queue")
    redrive = queues["Erasures/Queue"]["RedrivePolicy"]
    assert template.text(redrive["deadLetterTargetArn"]) == "<Erasures/DeadLetters.Arn>"
    assert redrive["maxReceiveCount"] == 5
    days = {path: queues[path]["MessageRetentionPeriod"] / 86400 for path in ("Erasures/Queue", "Erasures/DeadLetters")}
    assert days == {"Erasures/Queue": 10, "Erasures/DeadLetters": 14}
    assert queues["Erasures/Queue"]["VisibilityTimeout"] >= 6 * template.function(ERASURES)["Timeout"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_schedule_looks_after_erasures_and_ended_consents(synth, stage):
    template = synth(stage)
    rule = template.of_type("AWS::Events::Rule")["Erasures/Schedule"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(15 minutes)", "ENABLED")
    assert [template.text(target["Arn"]) for target in rule["Targets"]] == ["<Eraser.Arn>"]


def test_the_workers_together_stay_below_rekognition_s_quota(synth):
    variables = synth().function(ERASURES)["Environment"]["Variables"]
    feed = synth().of_type("AWS::Lambda::EventSourceMapping")["Erasures/Feed"]
    erasers = float(variables["CALLS_PER_SECOND"]) * feed["ScalingConfig"]["MaximumConcurrency"]
    variables = synth().function("handlers.reconciliation.handler")["Environment"]["Variables"]
    assert erasers + float(variables["CALLS_PER_SECOND"]) <= 5


def test_all_vectors_are_compared_with_the_table_once_a_day(synth):
    rule = synth().of_type("AWS::Events::Rule")["Reconciliation"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 day)", "ENABLED")
    assert [synth().text(target["Arn"]) for target in rule["Targets"]] == ["<Reconciler.Arn>"]


def test_the_receipt_knows_whether_there_are_backups(synth):
    days = {stage: synth(stage).function(ERASURES)["Environment"]["Variables"]["BACKUP_DAYS"] for stage in STAGES}
    assert days == {"local": "0", "dev": "0", "prod": "35"}
