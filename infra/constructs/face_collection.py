"""A Rekognition collection with grants by intent."""

from __future__ import annotations

import re

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rekognition as rekognition
from constructs import Construct

from infra.constructs.naming import unique_suffix

_ID = re.compile(r"[a-zA-Z0-9_.-]{1,255}")


class FaceCollectionBase(Construct):
    """What a collection can do for others, whether made here or adopted.

    Rekognition reads a photo in S3 with the caller's rights: who searches or registers by S3 object also needs
    `s3:GetObject` on it (`s3:GetObjectVersion` when a version is named) and `kms:Decrypt` on its key.
    """

    collection_id: str
    """What the Rekognition API calls CollectionId."""
    collection_arn: str
    """The only resource that the grants name."""

    def grant_search(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow finding registered people on a photo, and nothing else."""
        return self._grant(grantee, "SearchUsersByImage")

    def grant_register(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow adding people and their faces, and taking back a face of a registration that failed half-way."""
        return self._grant(grantee, "CreateUser", "IndexFaces", "AssociateFaces", "DisassociateFaces", "DeleteFaces")

    def grant_remove_faces(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow taking a face from a person and deleting it; people themselves stay."""
        return self._grant(grantee, "DisassociateFaces", "DeleteFaces")

    def grant_erase(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow removing people and their faces, and proving by a listing that none is left."""
        return self._grant(grantee, "DeleteUser", "ListFaces", "DeleteFaces")

    def grant_reconcile(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow listing all people and faces, and removing those that stand for nobody."""
        return self._grant(grantee, "ListUsers", "ListFaces", "DeleteUser", "DisassociateFaces", "DeleteFaces")

    def grant_audit(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow seeing what is in the collection without changing or searching it."""
        return self._grant(grantee, "DescribeCollection", "ListFaces", "ListUsers")

    def metric_calls(self, operation: str, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Successful calls of `operation`, for example SearchUsersByImage.

        Rekognition counts by operation, not by collection: these metrics hold for the account and the region.

        Args:
            operation: Name of the API operation.
            period: Of one data point. Default: five minutes.
        """
        return _metric("SuccessfulRequestCount", operation, period, statistic=cloudwatch.Stats.SUM)

    def metric_throttled(self, operation: str, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Calls of `operation` refused because the account's quota was spent (account and region)."""
        return _metric("ThrottledCount", operation, period, statistic=cloudwatch.Stats.SUM)

    def metric_client_errors(self, operation: str, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Calls of `operation` refused as invalid, a photo it may not read included (account and region)."""
        return _metric("UserErrorCount", operation, period, statistic=cloudwatch.Stats.SUM)

    def metric_server_errors(self, operation: str, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Calls of `operation` that Rekognition failed to answer (account and region)."""
        return _metric("ServerErrorCount", operation, period, statistic=cloudwatch.Stats.SUM)

    def metric_response_time(self, operation: str, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Milliseconds that `operation` took, on average (account and region)."""
        return _metric("ResponseTime", operation, period, statistic=cloudwatch.Stats.AVERAGE)

    def _grant(self, grantee: iam.IGrantable, *operations: str) -> iam.Grant:
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[f"rekognition:{operation}" for operation in operations],
            resource_arns=[self.collection_arn],
        )


class FaceCollection(FaceCollectionBase):
    """A Rekognition collection: the face vectors of registered people.

    Example:
        faces = FaceCollection(self, "Faces")
        faces.grant_search(function)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        collection_id: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        """Make a collection.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            collection_id: 1 to 255 of `a-zA-Z0-9_.-`. Another one later makes a new, empty collection.
                Default: `faces-` and a suffix that no other deployment has, so two stacks never collide.
            removal_policy: What becomes of the vectors when the stack goes. They cannot be read out, and made again
                only from the photos. Default: kept, except when the very first creation fails.

        Raises:
            ValueError: A collection cannot have that id.
        """
        super().__init__(scope, id)
        if collection_id and not Token.is_unresolved(collection_id) and not _ID.fullmatch(collection_id):
            raise ValueError(f"{collection_id!r} is no id of a collection: 1 to 255 of a-z, A-Z, 0-9, _, . and -")
        resource = rekognition.CfnCollection(
            self, "Resource", collection_id=collection_id or f"faces-{unique_suffix(self)}"
        )
        resource.apply_removal_policy(removal_policy)
        self.collection_id = resource.ref
        self.collection_arn = resource.attr_arn

    @staticmethod
    def from_collection_id(scope: Construct, id: str, collection_id: str) -> FaceCollectionBase:
        """Adopt a collection of this account and region, for example one that an earlier stack kept.

        Nothing is created, changed or, later, deleted.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            collection_id: Id of the collection that exists.
        """
        adopted = FaceCollectionBase(scope, id)
        adopted.collection_id = collection_id
        adopted.collection_arn = Stack.of(scope).format_arn(
            service="rekognition",
            resource="collection",
            resource_name=collection_id,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        return adopted


def _metric(name: str, operation: str, period: Duration | None, *, statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Rekognition",
        metric_name=name,
        dimensions_map={"Operation": operation},
        period=period,
        statistic=statistic,
    )
