"""A small CDK app of its own: the direct trigger as somebody else would use it, from the public constructs."""

from __future__ import annotations

import aws_cdk as cdk

from infra.constructs.face_collection import FaceCollection
from infra.constructs.upload_pipeline import Trigger, UploadPipeline
from infra.functions import PythonFunction, target_of
from infra.stage import Stage
from infra.storage import RecordTable

STAGE = Stage.named("local")


class DirectStack(cdk.Stack):
    """Photos in, results in a table: no API, and S3 itself invokes the photo processor."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        table = RecordTable(self, "Records", removal_policy=STAGE.removal_policy)
        faces = FaceCollection(self, "Faces", removal_policy=STAGE.removal_policy)
        processor = PythonFunction(
            self,
            "Photos",
            module="handlers.photos",
            lock="photos.txt",
            target=target_of(self, STAGE),
            description="Recognizes or registers the faces on an uploaded photo",
            memory_mib=1024,
            timeout=cdk.Duration.seconds(60),
            environment={
                "TABLE_NAME": table.table.table_name,
                "COLLECTION_ID": faces.collection_id,
                "MATCH_THRESHOLD": "95",
                "REVIEW_THRESHOLD": "80",
                "MAX_FACES": "40",
                "CALLS_PER_SECOND": str(STAGE.calls_per_second),
                "RESULT_DAYS": "30",
                "LEASE_SECONDS": "75",
                "POWERTOOLS_SERVICE_NAME": "photos",
                "POWERTOOLS_METRICS_NAMESPACE": "Direct",
            },
            log_level=STAGE.log_level,
            log_retention=STAGE.log_retention,
            removal_policy=STAGE.removal_policy,
        )
        uploads = UploadPipeline(
            self,
            "Uploads",
            processor=processor,
            trigger=Trigger.DIRECT,
            quiet_prefix="immediate/",
            removal_policy=STAGE.removal_policy,
        )
        processor.add_environment("BUCKET_NAME", uploads.bucket_name)
        processor.add_environment("QUEUE_URL", uploads.queue.queue_url)
        table.grant(processor, "GetItem", "BatchGetItem", "PutItem", "UpdateItem", "ConditionCheckItem")
        faces.grant_search(processor)
        faces.grant_register(processor)
        outputs = {
            "BucketName": uploads.bucket_name,
            "CollectionId": faces.collection_id,
            "DeadLetterQueueUrl": uploads.dead_letter_queue.queue_url,
            "QueueUrl": uploads.queue.queue_url,
            "TableName": table.table.table_name,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)


def main() -> None:
    """Write the template of the stack that the context names."""
    app = cdk.App(analytics_reporting=False)
    DirectStack(app, f"{app.node.get_context('name')}-local")
    app.synth()


if __name__ == "__main__":
    main()
