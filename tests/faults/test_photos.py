"""Photos while everything fails: calls, answers, workers, and the order of events; as deployed, by either trigger."""

import io
import random
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.cloud import ACCOUNT, REGION
from local.deployment import Deployment
from tests import figures
from tests.e2e.pipeline import Pipeline
from tests.faults.accounts import audit, reconciled
from tests.faults.burst import each_once
from tests.faults.storm import Storm

ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"  # the CDK's own bucket
NAIVE = Path(__file__).with_name("naive.py")


@pytest.fixture
def storm_over(samples, seed, tmp_path):
    def storm_over(pipeline, *, together):
        chance = random.Random(f"{seed} {pipeline.stack}")
        return Storm(pipeline, samples, chance, together=together, seed=seed, logs=tmp_path)

    return storm_over


@pytest.fixture
def naive(cloud, deployed):
    """The direct trigger's small stack once more, with the control's code beside the function's own."""
    deployment = Deployment(cloud, name="Naive", app="-m tests.e2e.direct.app")
    deployment.deploy()
    pipeline, functions = Pipeline(cloud, deployment.stack), cloud.client("lambda")
    template = cloud.client("cloudformation").get_template(StackName=deployment.stack)["TemplateBody"]
    [code] = [
        resource["Properties"]["Code"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function" and name.startswith("Photos")
    ]
    bundle = io.BytesIO(pipeline.s3.get_object(Bucket=ASSETS, Key=code["S3Key"])["Body"].read())
    with zipfile.ZipFile(bundle, "a") as zipped:
        zipped.write(NAIVE, "naive.py")
    functions.update_function_code(FunctionName=pipeline.function, ZipFile=bundle.getvalue())
    functions.update_function_configuration(FunctionName=pipeline.function, Handler="naive.handler")
    return pipeline


def test_nothing_is_lost_and_nothing_is_doubled(cloud, deployed, direct, storm_over, long_form):
    scale, minutes = (10, 90) if long_form else (1, 15)
    queue = Pipeline(cloud, deployed.stack)
    storms = {
        storm_over(queue, together=100): (700 * scale, 70 * scale),
        storm_over(direct, together=10): (300 * scale, 30 * scale),
    }
    with ThreadPoolExecutor() as threads:
        raging = [
            threads.submit(storm.rage, count, kills=kills, minutes=minutes) for storm, (count, kills) in storms.items()
        ]
    for raged in raging:
        raged.result()
    accounts = [audit(storm.site, storm.tasks, storm.people) for storm in storms]
    assert [account.wrong for account in accounts] == [[], []]
    lost, doubled = (sum(getattr(account, name) for account in accounts) for name in ("lost", "doubled"))
    assert (lost, doubled) == (0, 0)
    orphans = sum(reconciled(storm.site)[0] for storm in storms)
    assert orphans == 0
    for storm, (_, kills) in storms.items():
        assert storm.kills >= kills
        assert len(storm.met) == sum("latency" not in rule for rule in each_once())
    faulted = sum(storm.met.total() for storm in storms) / sum(storm.calls for storm in storms)
    assert faulted >= 0.1
    doubled_events = sum(storm.doubled for storm in storms) / sum(storm.events for storm in storms)
    assert doubled_events >= 0.33
    assert sum(storm.redriven for storm in storms)
    figures.record(
        "reliability",
        photos=sum(len(storm.tasks) for storm in storms),
        lost=lost,
        doubled=doubled,
        orphans=orphans,
        kills=sum(storm.kills for storm in storms),
        faulted_calls_percent=round(100 * faulted, 1),
        doubled_events_percent=round(100 * doubled_events, 1),
    )


def test_a_naive_processor_would_be_caught(naive, storm_over):
    """Of the photos that it did bring to an end; it need not come to the end of all."""
    storm = storm_over(naive, together=25)
    storm.rage(50, kills=6, minutes=0.6, naive=True)
    accounts = audit(storm.site, storm.tasks, storm.people)
    assert accounts.missing + accounts.doubled > 0
    figures.record("reliability", control_doubled_or_lost=accounts.missing + accounts.doubled)
