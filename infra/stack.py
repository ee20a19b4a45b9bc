"""The stack: constructs wired and rights granted, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from infra.constructs.face_collection import FaceCollection
from infra.constructs.secure_api import SecureApi
from infra.constructs.upload_pipeline import UploadPipeline
from infra.erasure import MAX_CONCURRENCY, WORKER_TIMEOUT, ErasureQueue
from infra.events import EventFeed
from infra.functions import PythonFunction, target_of
from infra.storage import DataKey, RecordTable

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.upload_pipeline import Trigger
    from infra.packaging import Target
    from infra.stage import Stage

_GROUPS = {
    "admin": "May do everything that an operator may, and remove people.",
    "operator": "Registers people, and sees names and everybody's results.",
}
_ROUTES = (
    "GET /audit",
    "GET /me",
    "GET /people",
    "POST /people",
    "GET /people/{id}",
    "PATCH /people/{id}",
    "GET /people/{id}/export",
    "GET /people/{id}/faces",
    "DELETE /people/{id}",
    "GET /erasures/{id}",
    "POST /people/{id}/faces",
    "DELETE /people/{id}/faces/{faceId}",
    "GET /registrations/{id}",
    "POST /people/{id}/verifications",
    "GET /verifications/{id}",
    "POST /recognitions",
    "GET /recognitions",
    "GET /recognitions/{id}",
    "DELETE /recognitions/{id}",
    "GET /recognitions/{id}/photo",
    "POST /recognitions/{id}/faces/{n}/review",
    "GET /usage",
)


_IMMEDIATE_ROUTE = "POST /recognitions/immediate"
_QUIET_PREFIX = "immediate/"  # of photos that come with a request: what is put there triggers nothing


class FacesStack(Stack):
    """Face recognition for one deployment: API, uploads, vectors and records."""

    def __init__(
        self, scope: Construct, id: str, *, stage: Stage, trigger: Trigger | None = None, key_arn: str | None = None
    ) -> None:
        """Make the stack.

        Args:
            scope: The app.
            id: The stack's name.
            stage: How to deploy.
            trigger: How an upload reaches the photo function. Default: as the stage says.
            key_arn: A KMS key that exists, to use instead of one made here. Its policy must let CloudWatch Logs and,
                for `Trigger.QUEUE`, S3 use it, and leave the functions' roles to IAM; `DataKey` shows how. Default:
                none.
        """
        super().__init__(
            scope,
            id,
            description=f"Face recognition ({stage.name}): photo in, names out",
            termination_protection=stage.deletion_protection,
        )
        self._stage = stage
        self._key = self._encryption_key(key_arn)
        self._table = RecordTable(
            self,
            "Records",
            encryption_key=self._key,
            point_in_time_recovery=stage.point_in_time_recovery,
            deletion_protection=stage.deletion_protection,
            removal_policy=stage.removal_policy,
        )
        self._faces = FaceCollection(self, "Faces", removal_policy=stage.removal_policy)
        target = target_of(self, stage)
        self._photos = self._photo_function(target)
        self._uploads = UploadPipeline(
            self,
            "Uploads",
            processor=self._photos,
            trigger=trigger or stage.trigger,
            encryption_key=self._key,
            quiet_prefix=_QUIET_PREFIX,
            expire_after={
                # Registration photos stay: vectors cannot be read out, and a new face model needs the photos again.
                prefix: Duration.days(stage.photo_days)
                for prefix in ("uploads/recognition/", "uploads/verification/", f"{_QUIET_PREFIX}recognition/")
            },
            allowed_origins=stage.allowed_origins,
            max_concurrency=stage.max_concurrency,
            batch_size=stage.batch_size,
            removal_policy=stage.removal_policy,
        )
        self._wire_photos()
        self._erasures = ErasureQueue(self, "Erasures", encryption_key=self._key)
        self._wire_eraser(self._erasure_function(target))
        self._reconcile(target)
        self._requests = self._api_function(target)
        self._wire_requests()
        self._immediate = self._immediate_function(target)
        self._wire_immediate()
        self._announce(target)
        self._api = self._secure_api()
        self._outputs()

    def _encryption_key(self, key_arn: str | None) -> kms.IKey | None:
        if key_arn:
            return kms.Key.from_key_arn(self, "Key", key_arn)
        if self._stage.customer_managed_key:
            return DataKey(self, "Key", removal_policy=self._stage.removal_policy)
        return None

    def _photo_function(self, target: Target) -> PythonFunction:
        return PythonFunction(
            self,
            "Photos",
            module="handlers.photos",
            lock="photos.txt",
            target=target,
            description="Recognizes or registers the faces on an uploaded photo",
            # Decoding a 15 MiB photo takes up to 200 MB, and cropping it a good share of a core.
            memory_mib=1024,
            # Forty faces at the pace of a small quota, and a margin for retries in place.
            timeout=Duration.seconds(60),
            environment={
                "TABLE_NAME": self._table.table.table_name,
                "COLLECTION_ID": self._faces.collection_id,
                "MATCH_THRESHOLD": str(self._stage.match_threshold),
                "REVIEW_THRESHOLD": str(self._stage.review_threshold),
                "MAX_FACES": str(self._stage.max_faces),
                "CALLS_PER_SECOND": str(self._stage.calls_per_second),
                "RESULT_DAYS": str(self._stage.result_days),
                **_powertools("photos"),
            },
            log_level=self._stage.log_level,
            log_retention=self._stage.log_retention,
            removal_policy=self._stage.removal_policy,
            encryption_key=self._key,
            # It sends throttled photos back into its own queue, a bounded number of times.
            recursive_loop=lambda_.RecursiveLoop.ALLOW,
        )

    def _wire_photos(self) -> None:
        self._photos.add_environment("BUCKET_NAME", self._uploads.bucket_name)
        self._photos.add_environment("QUEUE_URL", self._uploads.queue.queue_url)
        self._table.grant(self._photos, "GetItem", "BatchGetItem", "PutItem", "UpdateItem", "ConditionCheckItem")
        self._faces.grant_search(self._photos)
        self._faces.grant_register(self._photos)

    def _erasure_function(self, target: Target) -> PythonFunction:
        return PythonFunction(
            self,
            "Eraser",
            module="handlers.erasures",
            lock="workers.txt",
            target=target,
            description="Erases people, and sees to it that every erasure comes to its end",
            memory_mib=512,
            timeout=WORKER_TIMEOUT,
            environment={
                "TABLE_NAME": self._table.table.table_name,
                "BUCKET_NAME": self._uploads.bucket_name,
                "COLLECTION_ID": self._faces.collection_id,
                "ERASURE_QUEUE_URL": self._erasures.queue.queue_url,
                "CALLS_PER_SECOND": str(self._share_of_removals),
                "PHOTO_DAYS": str(self._stage.photo_days),
                "BACKUP_DAYS": str(self._stage.backup_days),
                **_powertools("erasures"),
            },
            log_level=self._stage.log_level,
            log_retention=self._stage.log_retention,
            removal_policy=self._stage.removal_policy,
            encryption_key=self._key,
            # It sends what it cannot finish now back into its own queue.
            recursive_loop=lambda_.RecursiveLoop.ALLOW,
        )

    @property
    def _share_of_removals(self) -> float:
        """Of Rekognition's quota for listing and removing: each eraser's share, and the reconciliation's."""
        return self._stage.rekognition_calls_per_second / (MAX_CONCURRENCY + 1)

    def _reconcile(self, target: Target) -> None:
        reconciler = PythonFunction(
            self,
            "Reconciler",
            module="handlers.reconciliation",
            lock="workers.txt",
            target=target,
            description="Compares all vectors with the table",
            memory_mib=512,
            timeout=Duration.minutes(15),
            environment={
                "TABLE_NAME": self._table.table.table_name,
                "COLLECTION_ID": self._faces.collection_id,
                "CALLS_PER_SECOND": str(self._share_of_removals),
                "DELETES": str(self._stage.reconciliation_deletes).lower(),
                **_powertools("reconciliation"),
            },
            log_level=self._stage.log_level,
            log_retention=self._stage.log_retention,
            removal_policy=self._stage.removal_policy,
            encryption_key=self._key,
        )
        self._table.grant(reconciler, "GetItem", "BatchGetItem", "Query", "PutItem")
        self._table.grant_delete(reconciler, "RECONCILIATION")
        self._faces.grant_reconcile(reconciler)
        events.Rule(
            self,
            "Reconciliation",
            description="Compares all vectors with the table",
            schedule=events.Schedule.rate(Duration.hours(self._stage.reconciliation_hours)),
            targets=[targets.LambdaFunction(reconciler)],
        )

    def _wire_eraser(self, eraser: PythonFunction) -> None:
        self._table.grant(eraser, "GetItem", "Query", "PutItem", "UpdateItem")
        self._table.grant_delete(eraser, "P#*", "R#*", "U#*", "X#*")
        self._uploads.grant_erase_photos(eraser)
        self._faces.grant_erase(eraser)
        self._erasures.feed(eraser, look_every=Duration.minutes(self._stage.erasure_minutes))

    def _api_function(self, target: Target) -> PythonFunction:
        return PythonFunction(
            self,
            "Requests",
            module="handlers.api.app",
            lock="api.txt",
            target=target,
            description="Answers the HTTP API",
            # Not for the memory: it brings the CPU that shortens a cold start.
            memory_mib=512,
            timeout=Duration.seconds(10),
            environment={
                "TABLE_NAME": self._table.table.table_name,
                "BUCKET_NAME": self._uploads.bucket_name,
                "COLLECTION_ID": self._faces.collection_id,
                "NAMES_FOR_USERS": str(self._stage.names_for_users).lower(),
                "SELF_REGISTRATION": str(self._stage.self_registration).lower(),
                "POSTS_PER_MINUTE": str(self._stage.posts_per_minute),
                "MONTHLY_BUDGET_DOLLARS": str(self._stage.monthly_budget_dollars),
                "AUDIT_DAYS": str(self._stage.audit_days),
                "RESULT_DAYS": str(self._stage.result_days),
                "ERASURE_QUEUE_URL": self._erasures.queue.queue_url,
                **_powertools("api"),
            },
            log_level=self._stage.log_level,
            log_retention=self._stage.log_retention,
            removal_policy=self._stage.removal_policy,
            encryption_key=self._key,
        )

    def _wire_requests(self) -> None:
        self._table.grant(
            self._requests, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "ConditionCheckItem"
        )
        self._table.grant_delete(self._requests, "P#*", "R#*")
        self._uploads.grant_upload(self._requests)
        self._uploads.grant_read_photos(self._requests, under="recognition/")
        self._uploads.grant_delete_photos(self._requests, under="recognition/")
        self._uploads.grant_read_photos(self._requests, under="registration/", kept=False)
        self._uploads.grant_delete_photos(self._requests, under="registration/", kept=False)
        self._faces.grant_remove_faces(self._requests)
        self._erasures.grant_send(self._requests)

    def _immediate_function(self, target: Target) -> PythonFunction:
        return PythonFunction(
            self,
            "Immediate",
            module="handlers.immediate",
            lock="immediate.txt",
            target=target,
            description="Recognizes the faces on a photo while the caller waits",
            # A photo of 4 MiB may be as large, once decoded, as one of 15.
            memory_mib=1024,
            # API Gateway waits 30 seconds for an answer.
            timeout=Duration.seconds(29),
            environment={
                "TABLE_NAME": self._table.table.table_name,
                "BUCKET_NAME": self._uploads.bucket_name,
                "COLLECTION_ID": self._faces.collection_id,
                "MATCH_THRESHOLD": str(self._stage.match_threshold),
                "REVIEW_THRESHOLD": str(self._stage.review_threshold),
                "MAX_FACES": str(self._stage.max_faces),
                "CALLS_PER_SECOND": str(self._stage.calls_per_second),
                "RESULT_DAYS": str(self._stage.result_days),
                "NAMES_FOR_USERS": str(self._stage.names_for_users).lower(),
                "POSTS_PER_MINUTE": str(self._stage.posts_per_minute),
                "MONTHLY_BUDGET_DOLLARS": str(self._stage.monthly_budget_dollars),
                "AUDIT_DAYS": str(self._stage.audit_days),
                **_powertools("immediate"),
            },
            log_level=self._stage.log_level,
            log_retention=self._stage.log_retention,
            removal_policy=self._stage.removal_policy,
            encryption_key=self._key,
        )

    def _wire_immediate(self) -> None:
        self._table.grant(
            self._immediate,
            "GetItem",
            "BatchGetItem",
            "Query",
            "PutItem",
            "UpdateItem",
            "ConditionCheckItem",
            index=False,
        )
        self._uploads.grant_keep(self._immediate, under="recognition/")
        self._faces.grant_search(self._immediate)

    def _announce(self, target: Target) -> None:
        self._events = EventFeed(self, "Events", encryption_key=self._key)
        announcer = PythonFunction(
            self,
            "Announcer",
            module="handlers.events",
            lock="workers.txt",
            target=target,
            description="Tells on the event bus what became of photos and erasures, and records who was found",
            memory_mib=256,
            # A batch of a hundred changes, each an entry of the audit and an event.
            timeout=Duration.seconds(60),
            environment={
                "TABLE_NAME": self._table.table.table_name,
                "EVENT_BUS_NAME": self._events.bus.event_bus_name,
                "AUDIT_DAYS": str(self._stage.audit_days),
                **_powertools("events"),
            },
            log_level=self._stage.log_level,
            log_retention=self._stage.log_retention,
            removal_policy=self._stage.removal_policy,
            encryption_key=self._key,
        )
        self._table.grant(announcer, "PutItem")
        self._events.feed(announcer, table=self._table)

    def _secure_api(self) -> SecureApi:
        api = SecureApi(
            self,
            "Api",
            groups=_GROUPS,
            mfa_required=self._stage.mfa_required,
            password_sign_in=self._stage.password_sign_in,
            access_token_validity=Duration.minutes(self._stage.access_token_minutes),
            allowed_origins=self._stage.allowed_origins,
            log_retention=self._stage.log_retention,
            encryption_key=self._key,
            deletion_protection=self._stage.deletion_protection,
            removal_policy=self._stage.removal_policy,
        )
        for route in _ROUTES:
            api.add_route(route, handler=self._requests)
        api.add_route(_IMMEDIATE_ROUTE, handler=self._immediate)
        api.add_route("GET /health", handler=self._requests, public=True)
        return api

    def _outputs(self) -> None:
        outputs = {
            "ApiId": self._api.api.api_id,
            "ApiUrl": self._api.url,
            "UserPoolId": self._api.user_pool.user_pool_id,
            "UserPoolClientId": self._api.user_pool_client.user_pool_client_id,
            "SignInUrl": self._api.sign_in_url,
            "CollectionId": self._faces.collection_id,
            "BucketName": self._uploads.bucket.bucket_name,
            "TableName": self._table.table.table_name,
            "EventBusName": self._events.bus.event_bus_name,
            "QueueUrl": self._uploads.queue.queue_url,
            "DeadLetterQueueUrl": self._uploads.dead_letter_queue.queue_url,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _powertools(service: str) -> dict[str, str]:
    return {"POWERTOOLS_SERVICE_NAME": service, "POWERTOOLS_METRICS_NAMESPACE": "Faces"}
