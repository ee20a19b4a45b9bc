"""Where records live, and the key that protects whatever holds data."""

from __future__ import annotations

from typing import cast

from aws_cdk import ArnFormat, Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

_KEY_ADMINISTRATION = (
    "CancelKeyDeletion",
    "CreateAlias",
    "CreateGrant",
    "DeleteAlias",
    "DescribeKey",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "ListGrants",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
    "PutKeyPolicy",
    "RetireGrant",
    "RevokeGrant",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
)
_KEY_USE = (
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)


class DataKey(kms.Key):
    """A customer-managed key, rotated every year, for photos, table, queues and logs of this stack.

    Its policy lets CloudWatch Logs use it, and hands the rest to the account's IAM, where the functions' roles are
    given Decrypt and GenerateDataKey: no action is left to a wildcard. Whoever else needs it (S3, to notify an
    encrypted queue) is added by the construct that makes the need.
    """

    def __init__(self, scope: Construct, id: str, *, removal_policy: RemovalPolicy) -> None:
        # In a key's policy the resource "*" is the key itself.
        account = iam.PolicyStatement(
            sid="AccountByIam",
            principals=[iam.AccountRootPrincipal()],
            actions=[f"kms:{action}" for action in sorted({*_KEY_ADMINISTRATION, *_KEY_USE})],
            resources=["*"],
        )
        any_log_group = Stack.of(scope).format_arn(
            service="logs", resource="log-group", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        logs = iam.PolicyStatement(
            sid="LogsOfThisAccount",
            principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com")],
            actions=[f"kms:{action}" for action in _KEY_USE],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": any_log_group}},
        )
        super().__init__(
            scope,
            id,
            description="Photos, table, queues and logs of the face recognition",
            enable_key_rotation=True,
            pending_window=Duration.days(30),
            policy=iam.PolicyDocument(statements=[account, logs]),
            removal_policy=removal_policy,
        )


class RecordTable(Construct):
    """The one table with its one index, paid by request.

    Items are found by `pk` and `sk`, listed by `gsi1pk` and `gsi1sk`, and expire at `ttl` (Unix seconds).
    """

    INDEX = "gsi1"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: kms.IKey | None = None,
        point_in_time_recovery: bool = False,
        deletion_protection: bool = False,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make a table.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            encryption_key: Default: a key of DynamoDB's own, which costs nothing.
            point_in_time_recovery: The table can be restored to any second of the last 35 days.
            deletion_protection: The table refuses to be deleted.
            removal_policy: What becomes of the table when the stack goes. Default: kept.
        """
        super().__init__(scope, id)
        self._key = encryption_key
        self.table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=_string("pk"),
            sort_key=_string("sk"),
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=self.INDEX,
                    partition_key=_string("gsi1pk"),
                    sort_key=_string("gsi1sk"),
                    projection_type=dynamodb.ProjectionType.KEYS_ONLY,
                )
            ],
            time_to_live_attribute="ttl",
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.aws_managed_key()
            if encryption_key
            else dynamodb.TableEncryptionV2.dynamo_owned_key(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=point_in_time_recovery
            ),
            deletion_protection=deletion_protection,
            # Old images too: an erasure that is complete does not say any more who it was.
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            removal_policy=removal_policy,
        )
        if encryption_key:
            # TableEncryptionV2.customer_managed_key wants to know the region, which this stack leaves open.
            resource = cast(dynamodb.CfnGlobalTable, self.table.node.default_child)
            resource.add_property_override("Replicas.0.SSESpecification.KMSMasterKeyId", encryption_key.key_arn)

    @property
    def stream_arn(self) -> str:
        """The stream of all changes, with the items before and after."""
        return cast(str, self.table.table_stream_arn)

    def grant_stream(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow reading the stream, and nothing of the table itself."""
        grant = _allow(
            grantee,
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            [self.stream_arn],
        ).combine(_allow(grantee, ["dynamodb:ListStreams"], [f"{self.table.table_arn}/stream/*"]))
        # The stream is encrypted like the table.
        return grant.combine(_allow(grantee, ["kms:Decrypt"], [self._key.key_arn])) if self._key else grant

    def grant(self, grantee: iam.IGrantable, *operations: str, index: bool = True) -> iam.Grant:
        """Allow the named operations on items of the table, and `Query`, if it is among them, on the index too.

        Args:
            grantee: Who may.
            operations: Of DynamoDB's API, on items.
            index: Whether `Query` reaches the index. Default: it does.
        """
        arns = [self.table.table_arn]
        if index and "Query" in operations:
            arns.append(f"{self.table.table_arn}/index/{self.INDEX}")
        grants = [_allow(grantee, [f"dynamodb:{operation}" for operation in operations], arns[:1])]
        if len(arns) > 1:
            grants.append(_allow(grantee, ["dynamodb:Query"], arns[1:]))
        if self._key:
            # DynamoDB opens the table's key with the caller's rights.
            grants.append(_allow(grantee, ["kms:Decrypt"], [self._key.key_arn]))
        grant, *others = grants
        for other in others:
            grant = grant.combine(other)
        return grant

    def grant_delete(self, grantee: iam.IGrantable, *partitions: str) -> iam.Grant:
        """Allow deleting items of partitions whose keys fit these patterns, as in ``P#*``, and of no others.

        So whoever deletes one kind of item may still not delete what is append-only. DynamoDB does not say whether the
        partitions of a deletion in a transaction are its own or all of the transaction's: name all of them.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["dynamodb:DeleteItem"],
            resource_arns=[self.table.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)}},
        )


def _allow(grantee: iam.IGrantable, actions: list[str], arns: list[str]) -> iam.Grant:
    return iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=arns)


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
