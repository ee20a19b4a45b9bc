# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import pytest

from domain.recognition import MAX_PEOPLE
from tests.infra.templates import template_of

STAGES = ("local", "dev", "prod")
HOLDS_DATA = (
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::GlobalTable",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::Rekognition::Collection",
    "AWS::S3::Bucket",
)


@pytest.mark.parametrize("stage", STAGES)
def test_prod_keeps_all_data_and_the_others_leave_nothing(synth, stage):
    for logical_id, resource in synth(stage).resources.items():
        if resource["Type"] in HOLDS_DATA:
            # Not kept either is what a failed first creation has made.
            assert resource["DeletionPolicy"] == ("RetainExceptOnCreate" if stage == "prod" else "Delete"), logical_id
            assert resource["UpdateReplacePolicy"] == ("Retain" if stage == "prod" else "Delete"), logical_id
        else:
            assert resource.get("DeletionPolicy", "Delete") == "Delete", logical_id


@pytest.mark.parametrize("stage", STAGES)
def test_prod_alone_is_protected_from_deletion_and_can_be_restored(synth, stage):
    template = synth(stage)
    (replica,) = template.one("AWS::DynamoDB::GlobalTable")["Replicas"]
    prod = stage == "prod"
    assert replica.get("DeletionProtectionEnabled", False) is prod
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is prod
    pool = template.one("AWS::Cognito::UserPool")
    assert pool.get("DeletionProtection", "INACTIVE") == ("ACTIVE" if prod else "INACTIVE")


def test_prod_stacks_refuse_to_be_deleted(new_app):
    from infra.stack import FacesStack
    from infra.stage import DEV, LOCAL, PROD

    app = new_app()
    protected = {stage.name: FacesStack(app, stage.name, stage=stage).termination_protection
                 for stage in (LOCAL, DEV, PROD)}  # fmt: skip
    assert protected == {"local": False, "dev": False, "prod": True}


def test_prod_protects_records_with_a_key_of_its_own_that_rotates(synth):
    template = synth("prod")
    assert template.one("AWS::KMS::Key")["EnableKeyRotation"] is True
    table = template.one("AWS::DynamoDB::GlobalTable")
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    (replica,) = table["Replicas"]
    assert template.text(replica["SSESpecification"]["KMSMasterKeyId"]) == "<Key.Arn>"


def test_a_key_of_the_account_is_used_instead_if_one_is_named(new_app):
    from infra.stack import FacesStack
    from infra.stage import PROD

    app = new_app()
    arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd"
    FacesStack(app, "Faces-prod", stage=PROD, key_arn=arn)
    template = template_of(app)
    assert not template.of_type("AWS::KMS::Key")
    assert {queue["KmsMasterKeyId"] for queue in template.of_type("AWS::SQS::Queue").values()} == {arn}
    assert {group["KmsKeyId"] for group in template.of_type("AWS::Logs::LogGroup").values()} == {arn}
    for handler in ("handlers.api.app.handler", "handlers.immediate.handler", "handlers.photos.handler"):
        assert template.rights(handler)[arn] == {"kms:Decrypt", "kms:GenerateDataKey"}


@pytest.mark.parametrize("stage", ["local", "dev"])
def test_the_others_pay_for_no_key(synth, stage):
    template = synth(stage)
    assert not template.of_type("AWS::KMS::Key")
    assert template.one("AWS::DynamoDB::GlobalTable")["SSESpecification"] == {"SSEEnabled": False}


@pytest.mark.parametrize("stage", STAGES)
def test_records_have_one_index_of_keys_and_expire_by_ttl(synth, stage):
    table = synth(stage).one("AWS::DynamoDB::GlobalTable")
    assert {key["AttributeName"]: key["KeyType"] for key in table["KeySchema"]} == {"pk": "HASH", "sk": "RANGE"}
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "gsi1"
    assert {key["AttributeName"]: key["KeyType"] for key in index["KeySchema"]} == {"gsi1pk": "HASH", "gsi1sk": "RANGE"}
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_a_stage_whose_log_would_lose_the_metrics_is_refused():
    from infra.stage import Stage

    with pytest.raises(ValueError, match=r"metrics would be lost: TRACE, DEBUG, INFO$"):
        Stage(name="quiet", log_level="WARN")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"match_threshold": 75.0}, "0 <= review_threshold <= match_threshold <= 100"),
        ({"review_threshold": -1.0}, "0 <= review_threshold <= match_threshold <= 100"),
        ({"match_threshold": 101.0}, "0 <= review_threshold <= match_threshold <= 100"),
        ({"max_faces": 0}, "max_faces: 1 to 48"),
        ({"max_faces": MAX_PEOPLE + 1}, f"max_faces: 1 to {MAX_PEOPLE}"),
        ({"max_concurrency": 10}, "40 faces at 0.5 calls a second take 80 seconds"),
    ],
)
def test_a_stage_that_could_not_work_is_refused(settings, message):
    from infra.stage import Stage

    with pytest.raises(ValueError, match=message):
        Stage(name="odd", **settings)


def test_an_unknown_stage_is_refused_with_the_list():
    from infra.stage import Stage, UnknownStageError

    with pytest.raises(UnknownStageError, match=r"no stage 'staging'; the stages are local, dev, prod$"):
        Stage.named("staging")
