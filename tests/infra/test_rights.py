from collections.abc import Mapping

import pytest

from tests.infra.templates import as_list
from tests.rights import API, ERASURES, EVENTS, IMMEDIATE, PHOTOS, RECONCILIATION, RIGHTS

STAGES = ("local", "dev", "prod")
USE_OF_KEY = {"<Key.Arn>": {"kms:Decrypt", "kms:GenerateDataKey"}}


@pytest.mark.parametrize("stage", STAGES)
def test_the_api_may_read_and_write_records_and_sign_uploads_and_nothing_else(synth, stage):
    assert synth(stage).rights(API) == RIGHTS[API] | (USE_OF_KEY if stage == "prod" else {})


@pytest.mark.parametrize("stage", STAGES)
def test_recognition_at_once_may_keep_and_search_one_kind_of_photo_and_has_no_queue(synth, stage):
    assert synth(stage).rights(IMMEDIATE) == RIGHTS[IMMEDIATE] | (USE_OF_KEY if stage == "prod" else {})


def in_bucket(rights: Mapping[str, set[str]], bucket: str) -> dict[str, set[str]]:
    """The same rights where the bucket is written in another way."""
    return {resource.replace("<Uploads/Bucket.Arn>", bucket): actions for resource, actions in rights.items()}


@pytest.mark.parametrize("stage", STAGES)
def test_the_photo_function_may_recognize_and_register_and_nothing_else(synth, stage):
    key = USE_OF_KEY if stage == "prod" else {}
    assert synth(stage).rights(PHOTOS) == RIGHTS[PHOTOS] | key


@pytest.mark.parametrize("stage", STAGES)
def test_invoked_directly_it_may_also_hand_its_failures_to_the_dead_letters(synth, stage):
    template = synth(stage, "direct")
    bucket = f"arn:<Partition>:s3:::{template.text(template.one('AWS::S3::Bucket')['BucketName'])}"
    key = USE_OF_KEY if stage == "prod" else {}
    assert (
        template.rights(PHOTOS)
        == in_bucket(RIGHTS[PHOTOS], bucket) | {"<Uploads/DeadLetters.Arn>": {"sqs:SendMessage"}} | key
    )


@pytest.mark.parametrize("trigger", ["queue", "direct"])
@pytest.mark.parametrize("stage", STAGES)
def test_the_eraser_may_find_and_delete_but_read_no_photo_and_search_nobody(synth, stage, trigger):
    template = synth(stage, trigger)
    bucket = "<Uploads/Bucket.Arn>"
    if trigger == "direct":
        bucket = f"arn:<Partition>:s3:::{template.text(template.one('AWS::S3::Bucket')['BucketName'])}"
    assert template.rights(ERASURES) == in_bucket(RIGHTS[ERASURES], bucket) | (USE_OF_KEY if stage == "prod" else {})


@pytest.mark.parametrize("stage", STAGES)
def test_the_announcer_may_read_the_stream_write_the_audit_and_tell_and_nothing_else(synth, stage):
    assert synth(stage).rights(EVENTS) == RIGHTS[EVENTS] | (USE_OF_KEY if stage == "prod" else {})


@pytest.mark.parametrize("stage", STAGES)
def test_the_reconciliation_may_list_and_remove_but_search_nobody_and_change_no_record(synth, stage):
    key = {"<Key.Arn>": {"kms:Decrypt"}} if stage == "prod" else {}
    assert synth(stage).rights(RECONCILIATION) == RIGHTS[RECONCILIATION] | key


@pytest.mark.parametrize("trigger", ["queue", "direct"])
@pytest.mark.parametrize("stage", STAGES)
def test_no_right_is_given_by_a_wildcard(synth, stage, trigger):
    for path, statement in synth(stage, trigger).statements():
        if statement["Effect"] == "Deny":
            continue
        assert not [action for action in as_list(statement["Action"]) if "*" in action], path
        # The key's own policy is the exception: there "*" means the key.
        assert "*" not in as_list(statement.get("Resource", [])) or path == "Key", path


@pytest.mark.parametrize("stage", STAGES)
def test_nobody_may_read_the_table_from_end_to_end(synth, stage):
    actions = {action for _, statement in synth(stage).statements() for action in as_list(statement["Action"])}
    assert "dynamodb:Query" in actions
    assert not {action for action in actions if action.startswith(("dynamodb:Scan", "dynamodb:PartiQL"))}


@pytest.mark.parametrize("stage", STAGES)
def test_roles_are_lambdas_alone_and_bring_no_managed_policies(synth, stage):
    for role in synth(stage).of_type("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_services_reach_the_key_as_they_document_it(synth):
    template = synth("prod")
    statements = {statement["Sid"]: statement for path, statement in template.statements() if path == "Key"}
    s3 = statements["UploadNotifications"]
    assert s3["Principal"] == {"Service": "s3.amazonaws.com"}
    assert set(s3["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert "Condition" not in s3  # as S3 documents it; the queue's policy names the account
    logs = statements["LogsOfThisAccount"]
    assert template.text(logs["Principal"]["Service"]) == "logs.<Region>.amazonaws.com"
    context = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert template.text(context) == "arn:<Partition>:logs:<Region>:<AccountId>:log-group:*"


def test_s3_needs_no_key_to_invoke_a_function(synth):
    assert "UploadNotifications" not in {
        statement.get("Sid") for path, statement in synth("prod", "direct").statements() if path == "Key"
    }
