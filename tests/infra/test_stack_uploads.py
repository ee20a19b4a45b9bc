import pytest

STAGES = ("local", "dev", "prod")
EVERY = [(stage, trigger) for stage in STAGES for trigger in ("queue", "direct")]


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_photos_are_private_versioned_encrypted_and_travel_by_tls_alone(synth, stage, trigger):
    template = synth(stage, trigger)
    bucket = template.one("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    default = rule["ServerSideEncryptionByDefault"]
    if stage == "prod":
        assert default["SSEAlgorithm"] == "aws:kms"
        assert template.text(default["KMSMasterKeyID"]) == "<Key.Arn>"
        assert rule["BucketKeyEnabled"] is True
    else:
        assert default["SSEAlgorithm"] == "AES256"
    assert _denies_plain_http(template.policy("AWS::S3::BucketPolicy", "Bucket", "Uploads/Bucket"))


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_queues_are_encrypted_and_travel_by_tls_alone(synth, stage, trigger):
    template = synth(stage, trigger)
    for path, queue in template.of_type("AWS::SQS::Queue").items():
        if stage == "prod":
            assert template.text(queue["KmsMasterKeyId"]) == "<Key.Arn>"
        else:
            assert queue["SqsManagedSseEnabled"] is True
        assert _denies_plain_http(template.policy("AWS::SQS::QueuePolicy", "Queues", path))


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_an_upload_that_nobody_can_process_is_kept_as_a_dead_letter_for_two_weeks(synth, stage, trigger):
    template = synth(stage, trigger)
    queues = template.of_type("AWS::SQS::Queue")
    redrive = queues["Uploads/Queue"]["RedrivePolicy"]
    assert template.text(redrive["deadLetterTargetArn"]) == "<Uploads/DeadLetters.Arn>"
    assert redrive["maxReceiveCount"] == 5
    days = {path: queues[path]["MessageRetentionPeriod"] / 86400 for path in ("Uploads/Queue", "Uploads/DeadLetters")}
    assert days == {"Uploads/Queue": 10, "Uploads/DeadLetters": 14}


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_the_queue_waits_six_times_as_long_as_the_function_may_run(synth, stage, trigger):
    template = synth(stage, trigger)
    visibility = template.of_type("AWS::SQS::Queue")["Uploads/Queue"]["VisibilityTimeout"]
    assert visibility >= 6 * template.function("handlers.photos.handler")["Timeout"]


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_the_queue_feeds_the_photo_function_and_takes_back_only_what_failed(synth, stage, trigger):
    template = synth(stage, trigger)
    feed = template.of_type("AWS::Lambda::EventSourceMapping")["Uploads/Feed"]
    assert template.text(feed["EventSourceArn"]) == "<Uploads/Queue.Arn>"
    assert template.text(feed["FunctionName"]) == "<Photos>"
    assert feed["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert feed["ScalingConfig"]["MaximumConcurrency"] >= 2
    assert feed["BatchSize"] == 1


@pytest.mark.parametrize("stage", STAGES)
def test_by_the_queue_s3_of_this_account_alone_may_announce_uploads(synth, stage):
    template = synth(stage)
    notification = template.one("AWS::S3::Bucket")["NotificationConfiguration"]
    (announcement,) = notification["QueueConfigurations"]
    assert announcement["Event"] == "s3:ObjectCreated:*"
    assert announcement["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]
    assert template.text(announcement["Queue"]) == "<Uploads/Queue.Arn>"
    (allowed,) = (
        statement
        for statement in template.policy("AWS::SQS::QueuePolicy", "Queues", "Uploads/Queue")
        if statement["Effect"] == "Allow"
    )
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize("stage", STAGES)
def test_the_queue_s_policy_is_there_before_s3_tries_the_queue(synth, stage):
    template = synth(stage)
    assert "Uploads/Queue/Policy" in map(template.path, template.whole("Uploads/Bucket")["DependsOn"])


@pytest.mark.parametrize("stage", STAGES)
def test_another_trigger_later_keeps_the_bucket_and_what_is_in_it(synth, stage):
    queue, direct = synth(stage), synth(stage, "direct")
    assert queue.one("AWS::S3::Bucket")["BucketName"] == direct.one("AWS::S3::Bucket")["BucketName"]
    [queued], [invoked] = (
        [logical for logical, resource in template.resources.items() if resource["Type"] == "AWS::S3::Bucket"]
        for template in (queue, direct)
    )
    assert queued == invoked


@pytest.mark.parametrize("stage", STAGES)
def test_directly_s3_invokes_on_behalf_of_this_account_s_own_bucket_alone(synth, stage):
    template = synth(stage, "direct")
    bucket = template.one("AWS::S3::Bucket")
    (call,) = bucket["NotificationConfiguration"]["LambdaConfigurations"]
    assert "QueueConfigurations" not in bucket["NotificationConfiguration"]
    assert call["Event"] == "s3:ObjectCreated:*"
    assert call["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]
    assert template.text(call["Function"]) == "<Photos.Arn>"
    permission = template.of_type("AWS::Lambda::Permission")["Uploads/Invocation"]
    assert permission["Principal"] == "s3.amazonaws.com"
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert template.text(permission["SourceArn"]) == f"arn:<Partition>:s3:::{template.text(bucket['BucketName'])}"
    assert "Uploads/Invocation" in map(template.path, template.whole("Uploads/Bucket")["DependsOn"])


@pytest.mark.parametrize("stage", STAGES)
def test_directly_an_upload_is_tried_three_times_before_it_is_a_dead_letter(synth, stage):
    template = synth(stage, "direct")
    retries = template.one("AWS::Lambda::EventInvokeConfig")
    assert template.text(retries["FunctionName"]) == "<Photos>"
    assert retries["MaximumRetryAttempts"] == 2
    assert template.text(retries["DestinationConfig"]["OnFailure"]["Destination"]) == "<Uploads/DeadLetters.Arn>"


@pytest.mark.parametrize("stage", STAGES)
def test_directly_nobody_but_its_own_function_feeds_the_queue(synth, stage):
    statements = synth(stage, "direct").policy("AWS::SQS::QueuePolicy", "Queues", "Uploads/Queue")
    assert {statement["Effect"] for statement in statements} == {"Deny"}


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_photos_expire_by_purpose_and_registration_photos_never(synth, stage, trigger):
    rules = synth(stage, trigger).one("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "Prefix" in rule} == {
        "uploads/recognition/": 30,
        "uploads/verification/": 30,
        "immediate/recognition/": 30,
    }
    (quarantine,) = (rule for rule in rules if "TagFilters" in rule)
    assert quarantine["TagFilters"] == [{"Key": "quarantine", "Value": "true"}]
    assert quarantine["ExpirationInDays"] == 1
    (leftovers,) = (rule for rule in rules if "Prefix" not in rule and "TagFilters" not in rule)
    assert leftovers["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert leftovers["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert leftovers["ExpiredObjectDeleteMarker"] is True
    assert "ExpirationInDays" not in leftovers
    assert {rule["Status"] for rule in rules} == {"Enabled"}


@pytest.mark.parametrize("stage", STAGES)
def test_browsers_may_post_photos_from_the_allowed_origins_alone(synth, stage):
    bucket = synth(stage).one("AWS::S3::Bucket")
    if stage == "prod":
        assert "CorsConfiguration" not in bucket
    else:
        (rule,) = bucket["CorsConfiguration"]["CorsRules"]
        assert rule["AllowedMethods"] == ["POST"]
        assert rule["AllowedOrigins"] == ["http://localhost:8080"]


def _denies_plain_http(statements) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == {"AWS": "*"}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in statements
    )
