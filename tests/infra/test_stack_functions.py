from dataclasses import fields

import pytest

from handlers.wiring.api import ApiSettings
from handlers.wiring.clients import PROMPT, TRIES
from handlers.wiring.erasures import ErasuresSettings
from handlers.wiring.events import EventsSettings
from handlers.wiring.immediate import SEARCH_SECONDS, ImmediateSettings
from handlers.wiring.photos import PhotosSettings
from handlers.wiring.reconciliation import ReconciliationSettings
from handlers.wiring.settings import read

STAGES = ("local", "dev", "prod")
EVERY = [(stage, trigger) for stage in STAGES for trigger in ("queue", "direct")]
API, PHOTOS = "handlers.api.app.handler", "handlers.photos.handler"
ERASURES, IMMEDIATE = "handlers.erasures.handler", "handlers.immediate.handler"
EVENTS = "handlers.events.handler"
RECONCILIATION = "handlers.reconciliation.handler"
SETTINGS = {
    API: ApiSettings,
    PHOTOS: PhotosSettings,
    ERASURES: ErasuresSettings,
    IMMEDIATE: ImmediateSettings,
    EVENTS: EventsSettings,
    RECONCILIATION: ReconciliationSettings,
}
GATEWAY_WAITS = 30  # seconds
TELEMETRY = {"POWERTOOLS_SERVICE_NAME", "METRICS_NAMESPACE"}


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_each_function_is_given_exactly_the_settings_that_it_reads(synth, stage, trigger):
    for handler, settings in SETTINGS.items():
        template = synth(stage, trigger)
        variables = template.function(handler)["Environment"]["Variables"]
        assert set(variables) - TELEMETRY == {field.name.upper() for field in fields(settings)}
        read(settings, {name: template.text(value) for name, value in variables.items()})


def test_workers_share_the_quota_of_the_smallest_region(synth):
    calls = {
        stage: float(synth(stage).function(PHOTOS)["Environment"]["Variables"]["CALLS_PER_SECOND"]) for stage in STAGES
    }
    assert calls == {"local": 500.0, "dev": 2.5, "prod": 2.5}


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_no_function_makes_its_log_group_and_every_log_ends(synth, stage, trigger):
    template = synth(stage, trigger)
    groups = template.of_type("AWS::Logs::LogGroup")
    for function in template.of_type("AWS::Lambda::Function").values():
        logging = function["LoggingConfig"]
        assert template.text(logging["LogGroup"]).strip("<>") in groups
        assert logging["LogFormat"] == "JSON"
    for group in groups.values():
        assert group["RetentionInDays"] == (365 if stage == "prod" else 7)
        assert template.text(group.get("KmsKeyId", "")) == ("<Key.Arn>" if stage == "prod" else "")
    for _, statement in template.statements():
        assert "logs:CreateLogGroup" not in statement["Action"]


@pytest.mark.parametrize("stage", STAGES)
def test_functions_run_on_python_3_13_and_no_two_share_a_role(synth, stage):
    functions = synth(stage).of_type("AWS::Lambda::Function").values()
    assert {function["Runtime"] for function in functions} == {"python3.13"}
    if stage != "local":
        assert {tuple(function["Architectures"]) for function in functions} == {("arm64",)}
    assert len({str(function["Role"]) for function in functions}) == len(functions)


@pytest.mark.parametrize("stage", STAGES)
def test_functions_need_no_share_of_the_account_s_concurrency(synth, stage):
    for function in synth(stage).of_type("AWS::Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function


@pytest.mark.parametrize("stage", STAGES)
def test_lambda_lets_what_is_put_off_go_back_into_its_own_queue(synth, stage):
    assert synth(stage).function(PHOTOS)["RecursiveLoop"] == "Allow"
    assert synth(stage).function(ERASURES)["RecursiveLoop"] == "Allow"
    assert synth(stage).function(API)["RecursiveLoop"] == "Terminate"


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
@pytest.mark.parametrize("handler", [PHOTOS, IMMEDIATE])
def test_no_work_on_a_photo_outlives_its_claim(synth, stage, trigger, handler):
    function = synth(stage, trigger).function(handler)
    assert function["Timeout"] < lease_of(function)


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_a_message_comes_again_only_after_the_claim_of_a_worker_that_died_is_over(synth, stage, trigger):
    template = synth(stage, trigger)
    queue = template.of_type("AWS::SQS::Queue")["Uploads/Queue"]
    assert lease_of(template.function(PHOTOS)) < queue["VisibilityTimeout"]


def lease_of(function):
    """Seconds."""
    return int(function["Environment"]["Variables"]["LEASE_SECONDS"])


def test_recognition_at_once_ends_before_the_gateway_gives_up(synth):
    assert synth().function(IMMEDIATE)["Timeout"] < GATEWAY_WAITS


@pytest.mark.parametrize("stage", STAGES)
def test_recognition_at_once_decides_as_the_photo_function_does(synth, stage):
    given = [synth(stage).function(handler)["Environment"]["Variables"] for handler in (IMMEDIATE, PHOTOS)]
    for name in ("MATCH_THRESHOLD", "REVIEW_THRESHOLD", "MAX_FACES", "RESULT_DAYS"):
        assert given[0][name] == given[1][name]


@pytest.mark.parametrize(("handler", "seconds"), [(API, PROMPT["read_timeout"]), (IMMEDIATE, SEARCH_SECONDS)])
def test_whoever_waits_is_told_that_a_service_does_not_answer(synth, handler, seconds):
    assert TRIES * (PROMPT["connect_timeout"] + seconds) <= synth().function(handler)["Timeout"]
