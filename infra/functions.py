"""PythonFunction: a Lambda function of this project, with a role, a log group and a package of its own."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from infra.packaging import Package, PackagingError, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from infra.stage import Stage

_PROJECT = Path(__file__).resolve().parent.parent
_LAMBDAS = _PROJECT / "lambdas"
_LEASE_BEYOND = 15  # seconds


def target_of(scope: Construct, stage: Stage) -> Target:
    """What the functions of `stage` are packaged for; says so once when byte code cannot be shipped.

    Raises:
        PackagingError: The stage keeps data and functions would start slowly for want of a Python to compile with.
    """
    if stage.for_this_machine:
        return Target.this_machine()
    target = Target.aws_lambda_arm64()
    if target.interpreter is None and Stack.of(scope).bundling_required:
        message = (
            f"no python{target.python} found to compile the functions with, so cold starts will take twice as long"
        )
        if stage.keep_data:
            raise PackagingError(f"{message}; stage {stage.name} refuses that: install Python {target.python}")
        Annotations.of(scope).add_warning_v2("faces:NoByteCode", message)
    return target


class PythonFunction(lambda_.Function):
    """A function of `lambdas/` that may do what it is granted and nothing else.

    Its role starts with the right to write to its own log group; there is no managed policy, and no right to make a log
    group. X-Ray is off, for its actions take no resource narrower than `*`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        module: str,
        lock: str,
        target: Target,
        description: str,
        memory_mib: int,
        timeout: Duration,
        environment: Mapping[str, str],
        log_level: str,
        log_retention: logs.RetentionDays,
        removal_policy: RemovalPolicy,
        encryption_key: kms.IKey | None = None,
        recursive_loop: lambda_.RecursiveLoop = lambda_.RecursiveLoop.TERMINATE,
    ) -> None:
        """Make a function.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            module: Dotted name, relative to `lambdas/`, of the module whose `handler` is the entry.
            lock: Name of its file in `lambdas/requirements/`.
            target: What to package for.
            description: One line for the console.
            memory_mib: Memory, which brings CPU in proportion: one core at 1769.
            timeout: After which an invocation is ended.
            environment: Settings, all of them.
            log_level: The least severe line that is logged.
            log_retention: How long logs are kept.
            removal_policy: What becomes of the logs when the stack goes.
            encryption_key: Key of the logs; its policy must let CloudWatch Logs use it.
            recursive_loop: Whether the function may cause its own next invocation.
        """
        log_group = logs.LogGroup(
            scope,
            f"{id}Logs",
            retention=log_retention,
            removal_policy=removal_policy,
            encryption_key=encryption_key,
        )
        role = iam.Role(
            scope,
            f"{id}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What the function {id} may do",
        )
        iam.Grant.add_to_principal(
            grantee=role,
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resource_arns=[log_group.log_group_arn],
        )
        package = Package(
            source=_LAMBDAS,
            module=module,
            lock=_LAMBDAS / "requirements" / lock,
            target=target,
            cache=_PROJECT / ".build" / "lambda",
        )
        super().__init__(
            scope,
            id,
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=_architecture(target),
            handler=f"{module}.handler",
            code=_code(package, bundling=Stack.of(scope).bundling_required),
            memory_size=memory_mib,
            timeout=timeout,
            environment=dict(environment),
            role=role,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel[log_level],
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            recursive_loop=recursive_loop,
        )


@dataclass(frozen=True, kw_only=True)
class FunctionSpec:
    """What one function of the service is, whatever the deployment; `PythonFunction` says what each field means.

    Attributes:
        settings: Names of the stage's settings that the function reads.
        claims: It works on photos that it has claimed, each for longer than it may run: so nobody takes over what is
            still in work.
        invokes_itself: It may cause its own next invocation.
    """

    id: str
    module: str
    lock: str
    description: str
    memory_mib: int
    timeout: Duration
    settings: tuple[str, ...] = ()
    claims: bool = False
    invokes_itself: bool = False

    @property
    def lease(self) -> dict[str, str]:
        """How long a claim holds, as the function reads it."""
        return {"LEASE_SECONDS": str(int(self.timeout.to_seconds()) + _LEASE_BEYOND)} if self.claims else {}


class FunctionMaker:
    """Makes the functions of one deployment: what they have in common is said once."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        environment: Mapping[str, str],
        encryption_key: kms.IKey | None = None,
    ) -> None:
        """Bind what all functions share.

        Args:
            scope: The construct that holds them.
            stage: Says what is packaged for, what is logged and how long that is kept, and has the settings.
            environment: What every function reads.
            encryption_key: Key of the logs. Default: none of the account's own.

        Raises:
            PackagingError: As `target_of`.
        """
        self._scope = scope
        self._stage = stage
        self._environment = environment
        self._key = encryption_key
        self._target = target_of(scope, stage)
        self.made: dict[str, PythonFunction] = {}
        """All that were made, by their ids."""

    def make(self, spec: FunctionSpec, environment: Mapping[str, str]) -> PythonFunction:
        """Make a function that is also given `environment`. Logs and metrics call it by its module in `handlers`."""
        function = PythonFunction(
            self._scope,
            spec.id,
            module=spec.module,
            lock=spec.lock,
            target=self._target,
            description=spec.description,
            memory_mib=spec.memory_mib,
            timeout=spec.timeout,
            environment={
                **self._environment,
                **self._stage.environment(*spec.settings),
                **spec.lease,
                **environment,
                "POWERTOOLS_SERVICE_NAME": spec.module.split(".")[1],
                # Two deployments in one account would otherwise be one in every metric.
                "METRICS_NAMESPACE": Stack.of(self._scope).stack_name,
            },
            log_level=self._stage.log_level,
            log_retention=self._stage.log_retention,
            removal_policy=self._stage.removal_policy,
            encryption_key=self._key,
            recursive_loop=lambda_.RecursiveLoop.ALLOW if spec.invokes_itself else lambda_.RecursiveLoop.TERMINATE,
        )
        self.made[spec.id] = function
        return function


def _architecture(target: Target) -> lambda_.Architecture:
    if target.platforms or platform.machine() in {"aarch64", "arm64"}:
        return lambda_.Architecture.ARM_64
    return lambda_.Architecture.X86_64


def _code(package: Package, *, bundling: bool) -> lambda_.Code:
    """The built package; or, for commands that only look (`cdk ls`, `cdk destroy`) and for tests, its bare sources.

    The two never have the same name, or the assembly or the asset bucket would take one for the other.
    """
    if bundling:
        return lambda_.Code.from_asset(str(package.build()), asset_hash=package.digest)
    return lambda_.Code.from_asset(
        str(package.source), asset_hash=f"{package.digest} not built", exclude=["**/__pycache__"]
    )
