# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import pytest

TRIGGERS = ("queue", "direct")


def _trigger(name):
    from infra.constructs.upload_pipeline import Trigger

    return Trigger(name)


def test_one_statement_makes_a_bucket_whose_uploads_reach_the_function(stack, function, synthesized):
    from infra.constructs.upload_pipeline import UploadPipeline

    UploadPipeline(stack, "Uploads", processor=function)
    template = synthesized()
    bucket = template.one("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "CorsConfiguration" not in bucket
    assert template.whole("Uploads/Bucket")["DeletionPolicy"] == "Retain"
    expiring = {rule["Prefix"]: rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"]
                if "Prefix" in rule}  # fmt: skip
    assert expiring == {"uploads/": 30}
    feed = template.one("AWS::Lambda::EventSourceMapping")
    assert (feed["BatchSize"], feed["ScalingConfig"]) == (1, {"MaximumConcurrency": 2})
    queue = template.of_type("AWS::SQS::Queue")["Uploads/Queue"]
    assert queue["VisibilityTimeout"] == 6 * 20


@pytest.mark.parametrize("encrypted", [False, True], ids=["service key", "own key"])
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_neither_trigger_is_a_circle_with_or_without_a_key_though_the_function_knows_the_bucket(
    stack, function, synthesized, trigger, encrypted
):
    from aws_cdk import aws_kms

    from infra.constructs.upload_pipeline import UploadPipeline

    key = aws_kms.Key(stack, "Key") if encrypted else None
    uploads = UploadPipeline(stack, "Uploads", processor=function, trigger=_trigger(trigger), encryption_key=key)
    function.add_environment("BUCKET", uploads.bucket_name)
    function.add_environment("QUEUE", uploads.queue.queue_url)
    uploads.grant_read_photos(function)
    template = synthesized()
    assert template.circle() == []
    assert len(template.of_type("AWS::Lambda::Function")) == 1


GRANTS = {
    "grant_upload": ("s3:PutObject", {"kms:Decrypt", "kms:GenerateDataKey"}),
    "grant_read_photos": ("s3:GetObjectVersion", {"kms:Decrypt"}),
    "grant_delete_photos": ("s3:DeleteObjectVersion", set()),
}


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("grant", GRANTS)
def test_grants_reach_uploads_and_their_key_alone(stack, function, synthesized, trigger, grant):
    from aws_cdk import aws_kms

    from infra.constructs.upload_pipeline import UploadPipeline

    key = aws_kms.Key(stack, "Key")
    uploads = UploadPipeline(stack, "Uploads", processor=function, trigger=_trigger(trigger), encryption_key=key)
    getattr(uploads, grant)(_another(function, "Other"))
    template = synthesized()
    name = template.text(template.one("AWS::S3::Bucket").get("BucketName", ""))
    bucket = f"arn:<Partition>:s3:::{name}" if trigger == "direct" else "<Uploads/Bucket.Arn>"
    action, key_actions = GRANTS[grant]
    key_rights = {"<Key.Arn>": key_actions} if key_actions else {}
    assert template.rights("other.handler") == {f"{bucket}/uploads/*": {action}} | key_rights


@pytest.mark.parametrize("grant", ["grant_read_photos", "grant_delete_photos"])
def test_grants_can_be_narrowed_to_some_of_the_uploads(stack, function, synthesized, grant):
    from infra.constructs.upload_pipeline import UploadPipeline

    uploads = UploadPipeline(stack, "Uploads", processor=function)
    getattr(uploads, grant)(_another(function, "Other"), under="holiday/")
    assert synthesized().rights("other.handler") == {"<Uploads/Bucket.Arn>/uploads/holiday/*": {GRANTS[grant][0]}}


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_who_deletes_photos_for_good_finds_their_versions_and_needs_no_key(stack, function, synthesized, trigger):
    from aws_cdk import aws_kms

    from infra.constructs.upload_pipeline import UploadPipeline

    key = aws_kms.Key(stack, "Key")
    uploads = UploadPipeline(stack, "Uploads", processor=function, trigger=_trigger(trigger), encryption_key=key)
    uploads.grant_erase_photos(_another(function, "Other"))
    template = synthesized()
    name = template.text(template.one("AWS::S3::Bucket").get("BucketName", ""))
    bucket = f"arn:<Partition>:s3:::{name}" if trigger == "direct" else "<Uploads/Bucket.Arn>"
    assert template.rights("other.handler") == {
        f"{bucket} [uploads/*]": {"s3:ListBucketVersions"},
        f"{bucket}/uploads/*": {"s3:DeleteObjectVersion"},
    }


def test_an_imported_key_is_used_and_its_policy_left_to_its_owner(stack, function, synthesized):
    from aws_cdk import aws_kms

    from infra.constructs.upload_pipeline import UploadPipeline

    key = aws_kms.Key.from_key_arn(stack, "Key", stack.format_arn(service="kms", resource="key", resource_name="1234"))
    UploadPipeline(stack, "Uploads", processor=function, encryption_key=key)
    template = synthesized()
    assert not template.of_type("AWS::KMS::Key")
    arn = "arn:<Partition>:kms:<Region>:<AccountId>:key/1234"
    assert {template.text(queue["KmsMasterKeyId"]) for queue in template.of_type("AWS::SQS::Queue").values()} == {arn}
    assert template.rights("index.handler")[arn] == {"kms:Decrypt", "kms:GenerateDataKey"}


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_bucket_of_the_same_app_gets_the_notification_and_no_other_change(stack, function, synthesized, trigger):
    from aws_cdk import aws_s3

    from infra.constructs.upload_pipeline import UploadPipeline

    bucket = aws_s3.Bucket(stack, "Mine", bucket_name=f"mine-{stack.account}")
    UploadPipeline(stack, "Uploads", processor=function, bucket=bucket, trigger=_trigger(trigger))
    template = synthesized()
    assert set(template.one("AWS::S3::Bucket")) == {"BucketName", "NotificationConfiguration"}
    assert template.circle() == []


def test_directly_a_bucket_without_a_given_name_is_refused(stack, function):
    from aws_cdk import aws_s3

    from infra.constructs.upload_pipeline import Trigger, UploadPipeline

    bucket = aws_s3.Bucket(stack, "Mine")
    with pytest.raises(ValueError, match="a bucket with a name given to it"):
        UploadPipeline(stack, "Uploads", processor=function, bucket=bucket, trigger=Trigger.DIRECT)


def test_a_bucket_that_notifies_somebody_already_is_refused(stack, function):
    from aws_cdk import aws_s3

    from infra.constructs.upload_pipeline import UploadPipeline

    bucket = aws_s3.Bucket(stack, "Mine")
    UploadPipeline(stack, "First", processor=function, bucket=bucket)
    with pytest.raises(ValueError, match="notifies somebody already"):
        UploadPipeline(stack, "Second", processor=function, bucket=bucket)


def test_an_imported_function_must_come_with_its_timeout(stack, synthesized):
    from aws_cdk import Duration, aws_lambda

    from infra.constructs.upload_pipeline import UploadPipeline

    arn = stack.format_arn(service="lambda", resource="function:theirs")
    theirs = aws_lambda.Function.from_function_arn(stack, "Theirs", arn)
    with pytest.raises(ValueError, match="set processor_timeout"):
        UploadPipeline(stack, "Without", processor=theirs)
    UploadPipeline(stack, "With", processor=theirs, processor_timeout=Duration.seconds(9))
    assert synthesized().of_type("AWS::SQS::Queue")["With/Queue"]["VisibilityTimeout"] == 54


def test_what_can_be_chosen_is_chosen(stack, function, synthesized):
    from aws_cdk import Duration, RemovalPolicy

    from infra.constructs.upload_pipeline import UploadPipeline

    UploadPipeline(
        stack,
        "Uploads",
        processor=function,
        prefix="in/",
        expire_after={},
        allowed_origins=["https://console.example"],
        processor_timeout=Duration.seconds(30),
        max_concurrency=7,
        batch_size=3,
        max_receive_count=2,
        removal_policy=RemovalPolicy.DESTROY,
    )
    template = synthesized()
    bucket = template.one("AWS::S3::Bucket")
    (announcement,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
    assert announcement["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "in/"}]
    assert not [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "Prefix" in rule]
    assert bucket["CorsConfiguration"]["CorsRules"][0]["AllowedOrigins"] == ["https://console.example"]
    feed = template.one("AWS::Lambda::EventSourceMapping")
    assert (feed["BatchSize"], feed["ScalingConfig"]) == (3, {"MaximumConcurrency": 7})
    queue = template.of_type("AWS::SQS::Queue")["Uploads/Queue"]
    assert queue["VisibilityTimeout"] == 180
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 2
    assert template.whole("Uploads/Bucket")["DeletionPolicy"] == "Delete"
    assert "<Uploads/Bucket.Arn>/in/*" in template.rights("index.handler")


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_two_pipelines_of_one_stack_do_not_collide(stack, function, synthesized, trigger):
    from infra.constructs.upload_pipeline import UploadPipeline

    for name in ("Photos", "Documents"):
        UploadPipeline(stack, f"{name}Uploads", processor=_another(function, name), trigger=_trigger(trigger))
    template = synthesized()
    names = [str(bucket.get("BucketName")) for bucket in template.of_type("AWS::S3::Bucket").values()]
    assert len(set(names)) == 2
    assert template.circle() == []


def test_its_metrics_tell_of_waiting_and_dead_uploads(stack, function):
    from infra.constructs.upload_pipeline import UploadPipeline

    uploads = UploadPipeline(stack, "Uploads", processor=function)
    assert uploads.metric_waiting().metric_name == "ApproximateNumberOfMessagesVisible"
    assert uploads.metric_oldest_age().metric_name == "ApproximateAgeOfOldestMessage"
    metrics = (uploads.metric_waiting(), uploads.metric_oldest_age(), uploads.metric_dead_letters())
    queues = {(metric.dimensions or {})["QueueName"] for metric in metrics}
    assert queues == {uploads.queue.queue_name, uploads.dead_letter_queue.queue_name}


def _another(function, name):
    from aws_cdk import aws_lambda

    return aws_lambda.Function(
        function.stack,
        name,
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler=f"{name.lower()}.handler",
        code=aws_lambda.Code.from_inline("def handler(event, context): ..."),
    )


def test_what_is_kept_under_the_quiet_prefix_triggers_nothing_and_is_read_and_deleted_like_uploads(
    stack, function, synthesized
):
    from infra.constructs.upload_pipeline import UploadPipeline

    uploads = UploadPipeline(stack, "Uploads", processor=function, quiet_prefix="kept/")
    keeper, reader = _another(function, "Keeper"), _another(function, "Reader")
    uploads.grant_keep(keeper, under="holiday/")
    uploads.grant_read_photos(reader)
    uploads.grant_delete_photos(reader, under="holiday/")
    template = synthesized()
    assert template.rights("keeper.handler") == {
        "<Uploads/Bucket.Arn>/kept/holiday/*": {
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:PutObject",
        }
    }
    assert template.rights("reader.handler") == {
        "<Uploads/Bucket.Arn>/uploads/*": {"s3:GetObjectVersion"},
        "<Uploads/Bucket.Arn>/kept/*": {"s3:GetObjectVersion"},
        "<Uploads/Bucket.Arn>/uploads/holiday/*": {"s3:DeleteObjectVersion"},
        "<Uploads/Bucket.Arn>/kept/holiday/*": {"s3:DeleteObjectVersion"},
    }
    notification = template.one("AWS::S3::Bucket")["NotificationConfiguration"]["QueueConfigurations"]
    assert [rule["Value"] for one in notification for rule in one["Filter"]["S3Key"]["Rules"]] == ["uploads/"]


def test_a_trigger_may_be_named_by_its_value_and_must_be_one(stack, function):
    from infra.constructs.upload_pipeline import Trigger, UploadPipeline

    named = UploadPipeline(stack, "Named", processor=function, trigger="queue")  # type: ignore[arg-type]  # as where no types are checked
    given = UploadPipeline(stack, "Given", processor=function, trigger=Trigger.QUEUE)
    assert named.bucket_name == named.bucket.bucket_name
    assert given.bucket_name == given.bucket.bucket_name
    with pytest.raises(ValueError, match="'cron' is not a valid Trigger"):
        UploadPipeline(stack, "Wrong", processor=function, trigger="cron")  # type: ignore[arg-type]  # the same


def test_a_quiet_prefix_that_would_trigger_is_refused(stack, function):
    from infra.constructs.upload_pipeline import UploadPipeline

    with pytest.raises(ValueError, match="would trigger"):
        UploadPipeline(stack, "Uploads", processor=function, quiet_prefix="uploads/kept/")


def test_without_a_quiet_prefix_nothing_can_be_kept(stack, function):
    from infra.constructs.upload_pipeline import UploadPipeline

    with pytest.raises(ValueError, match="quiet_prefix"):
        UploadPipeline(stack, "Uploads", processor=function).grant_keep(function)
