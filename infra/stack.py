"""The stack: constructs wired and rights granted, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms

from infra import routes, specs
from infra.constructs.face_collection import FaceCollection
from infra.constructs.secure_api import SecureApi
from infra.constructs.upload_pipeline import UploadPipeline
from infra.erasure import MAX_CONCURRENCY, ErasureQueue
from infra.events import EventFeed
from infra.functions import FunctionMaker
from infra.observability import AlarmTarget, Observability, Observed
from infra.review import acknowledge
from infra.storage import DataKey, RecordTable

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.upload_pipeline import Trigger
    from infra.functions import PythonFunction
    from infra.stage import Stage

_GROUPS = {
    "admin": "May do everything that an operator may, and remove people.",
    "operator": "Registers people, and sees names and everybody's results.",
}
_QUIET_PREFIX = "immediate/"  # of photos that come with a request: what is put there triggers nothing


class FacesStack(Stack):
    """Face recognition for one deployment: API, uploads, vectors and records."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        trigger: Trigger | None = None,
        key_arn: str | None = None,
        alarm_target: AlarmTarget | None = None,
    ) -> None:
        """Make the stack.

        Args:
            scope: The app.
            id: The stack's name.
            stage: How to deploy.
            trigger: How an upload reaches the photo function. Default: as the stage says.
            key_arn: A KMS key that exists, to use instead of one made here. Its policy must let CloudWatch Logs and,
                for `Trigger.QUEUE`, S3 use it, CloudWatch too where there are alarms, and leave the functions' roles to
                IAM; `DataKey` shows how. Default: none.
            alarm_target: Where alarms go, which also turns them on. Default: as the stage says, to a topic that nobody
                has subscribed to.
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
        self._functions = FunctionMaker(
            self, stage=stage, environment={"TABLE_NAME": self._table.table.table_name}, encryption_key=self._key
        )
        self._photos = self._photo_function()
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
            removal_policy=stage.removal_policy,
        )
        self._wire_photos()
        self._erase()
        self._reconcile()
        self._requests = self._answer_requests()
        self._immediate = self._recognize_at_once()
        self._announce()
        self._api = self._secure_api()
        self._outputs()
        if stage.alarms or alarm_target:
            self._watch(alarm_target or AlarmTarget())
        acknowledge(self, stage)

    def _encryption_key(self, key_arn: str | None) -> kms.IKey | None:
        if key_arn:
            return kms.Key.from_key_arn(self, "Key", key_arn)
        if self._stage.customer_managed_key:
            return DataKey(self, "Key", removal_policy=self._stage.removal_policy)
        return None

    def _photo_function(self) -> PythonFunction:
        return self._functions.make(specs.PHOTOS, {"COLLECTION_ID": self._faces.collection_id})

    def _wire_photos(self) -> None:
        self._photos.add_environment("BUCKET_NAME", self._uploads.bucket_name)
        self._photos.add_environment("QUEUE_URL", self._uploads.queue.queue_url)
        self._table.grant(self._photos, "GetItem", "BatchGetItem", "PutItem", "UpdateItem", "ConditionCheckItem")
        self._faces.grant_search(self._photos)
        self._faces.grant_register(self._photos)

    def _erase(self) -> None:
        self._erasures = ErasureQueue(self, "Erasures", worker_timeout=specs.ERASER.timeout, encryption_key=self._key)
        eraser = self._functions.make(
            specs.ERASER,
            {
                "BUCKET_NAME": self._uploads.bucket_name,
                "COLLECTION_ID": self._faces.collection_id,
                "ERASURE_QUEUE_URL": self._erasures.queue.queue_url,
                "CALLS_PER_SECOND": str(self._share_of_removals),
            },
        )
        self._table.grant(eraser, "GetItem", "Query", "PutItem", "UpdateItem")
        # The last two are only written, but in transactions that delete the others.
        self._table.grant_delete(eraser, "P#*", "R#*", "U#*", "X#*", "E#*", "GONE#*")
        self._uploads.grant_erase_photos(eraser)
        self._faces.grant_erase(eraser)
        self._erasures.feed(eraser, look_every=Duration.minutes(self._stage.erasure_minutes))

    @property
    def _share_of_removals(self) -> float:
        """Of Rekognition's quota for listing and removing: each eraser's share, and the reconciliation's."""
        return self._stage.rekognition_calls_per_second / (MAX_CONCURRENCY + 1)

    def _reconcile(self) -> None:
        reconciler = self._functions.make(
            specs.RECONCILER,
            {
                "COLLECTION_ID": self._faces.collection_id,
                "CALLS_PER_SECOND": str(self._share_of_removals),
                "DELETES": str(self._stage.reconciliation_deletes).lower(),
            },
        )
        self._table.grant(reconciler, "GetItem", "BatchGetItem", "Query", "PutItem")
        self._table.grant_delete(reconciler, "RECONCILIATION")
        self._faces.grant_reconcile(reconciler)
        self._reconciliation = events.Rule(
            self,
            "Reconciliation",
            description="Compares all vectors with the table",
            schedule=events.Schedule.rate(Duration.hours(self._stage.reconciliation_hours)),
            targets=[targets.LambdaFunction(reconciler)],
        )

    def _answer_requests(self) -> PythonFunction:
        requests = self._functions.make(
            specs.REQUESTS,
            {
                "BUCKET_NAME": self._uploads.bucket_name,
                "COLLECTION_ID": self._faces.collection_id,
                "ERASURE_QUEUE_URL": self._erasures.queue.queue_url,
            },
        )
        self._table.grant(requests, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "ConditionCheckItem")
        self._table.grant_delete(requests, "P#*", "R#*")
        self._uploads.grant_upload(requests)
        self._uploads.grant_read_photos(requests, under="recognition/")
        self._uploads.grant_erase_photos(requests, under="recognition/")
        self._uploads.grant_read_photos(requests, under="registration/", kept=False)
        self._uploads.grant_delete_photos(requests, under="registration/", kept=False)
        self._faces.grant_remove_faces(requests)
        self._erasures.grant_send(requests)
        return requests

    def _recognize_at_once(self) -> PythonFunction:
        immediate = self._functions.make(
            specs.IMMEDIATE,
            {"BUCKET_NAME": self._uploads.bucket_name, "COLLECTION_ID": self._faces.collection_id},
        )
        operations = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "ConditionCheckItem")
        self._table.grant(immediate, *operations, index=False)
        self._uploads.grant_keep(immediate, under="recognition/")
        self._faces.grant_search(immediate)
        return immediate

    def _announce(self) -> None:
        self._events = EventFeed(self, "Events", encryption_key=self._key)
        announcer = self._functions.make(specs.ANNOUNCER, {"EVENT_BUS_NAME": self._events.bus.event_bus_name})
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
        for route in routes.REQUESTS:
            api.add_route(route, handler=self._requests)
        for route in routes.IMMEDIATE:
            api.add_route(route, handler=self._immediate)
        for route in routes.PUBLIC:
            api.add_route(route, handler=self._requests, public=True)
        return api

    def _watch(self, target: AlarmTarget) -> None:
        functions = self._functions.made
        observed = Observed(
            namespace=self.stack_name,
            functions=functions,
            queues={
                "Photos": (self._uploads.queue, Duration.minutes(15)),
                "Erasures": (self._erasures.queue, Duration.hours(1)),
            },
            dead_letters={
                "Photos": self._uploads.dead_letter_queue,
                "Erasures": self._erasures.dead_letter_queue,
                "Events": self._events.dead_letter_queue,
            },
            schedules={
                "Erasure": (self._erasures.schedule, Duration.hours(1)),
                "Reconciliation": (self._reconciliation, Duration.days(1)),
            },
            announcer=functions[specs.ANNOUNCER.id],
            api=self._api,
        )
        watching = Observability(self, "Watch", observed=observed, target=target, encryption_key=self._key)
        CfnOutput(self, "AlarmTopicArn", value=watching.topic.topic_arn)

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
