"""A real `cdk bootstrap` and `cdk deploy` into the local cloud, by the pinned CDK CLI."""

import hashlib
import json
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.cloud import ACCOUNT, APP_PYTHON, REGION, LocalCloud
from local.errors import LocalRunError
from local.processes import ROOT, environment, run

CDK = ROOT / "node_modules" / ".bin" / "cdk"

# Written by `cdk bootstrap`. Asked, never remembered: a cloud that lost its state is not bootstrapped.
_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"
_TOOLKIT = "CDKToolkit"
_SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
# CloudFormation does not go on with what a kill has interrupted.
_STUCK = ("_IN_PROGRESS", "_FAILED")
_DELETE_SECONDS = 60.0
# All that synthesis reads, besides the versions that the lock files pin.
_SOURCES = ("app.py", "cdk.json", "cdk.context.json", "infra", "lambdas", "requirements.txt", "package-lock.json")


@dataclass(frozen=True)
class Outputs:
    """The outputs of the deployed stack, by the names that the stack gives them."""

    api_id: str
    bucket_name: str
    collection_id: str
    dead_letter_queue_url: str
    event_bus_name: str
    queue_url: str
    sign_in_url: str
    table_name: str
    user_pool_client_id: str
    user_pool_id: str

    @classmethod
    def of(cls, outputs: Mapping[str, str]) -> "Outputs":
        """From the stack's outputs; a missing one is a KeyError."""
        return cls(
            api_id=outputs["ApiId"],
            bucket_name=outputs["BucketName"],
            collection_id=outputs["CollectionId"],
            dead_letter_queue_url=outputs["DeadLetterQueueUrl"],
            event_bus_name=outputs["EventBusName"],
            queue_url=outputs["QueueUrl"],
            sign_in_url=outputs["SignInUrl"],
            table_name=outputs["TableName"],
            user_pool_client_id=outputs["UserPoolClientId"],
            user_pool_id=outputs["UserPoolId"],
        )


class Deployment:
    """The stack `<name>-local` in a local cloud.

    Args:
        cloud: A cloud that has started.
        name: The deployment's name, as in `-c name=`.
        context: Further context of the CDK app.
        app: What Python is to run as the CDK app.
    """

    def __init__(
        self,
        cloud: LocalCloud,
        *,
        name: str = "Faces",
        context: Mapping[str, str] | None = None,
        app: str = "app.py",
    ) -> None:
        self.stack = f"{name}-local"
        self._app = app
        self._cloud = cloud
        self._context = {"stage": "local", "name": name, **(context or {})}
        self._assembly = cloud.folder / "cdk.out" / self.stack
        self._parameter = f"/local-run/{self.stack}/deployed"
        self._ssm = cloud.client("ssm")
        self._cloudformation = cloud.client("cloudformation")

    def is_current(self) -> bool:
        """Whether what is deployed is what a deploy would deploy: same sources, same tools, stack untouched since."""
        known = self._parameter_value(self._parameter)
        return known is not None and json.loads(known) == self._state(self._describe(self.stack))

    def bootstrapped(self) -> bool:
        """Whether the account is bootstrapped."""
        return self._parameter_value(_BOOTSTRAP_VERSION) is not None

    def bootstrap(self) -> None:
        """`cdk bootstrap`.

        Raises:
            CommandFailedError: The CDK CLI failed.
        """
        self._delete_if_stuck(_TOOLKIT)
        # In an empty folder, as on a real account: beside a cdk.json the CLI would synthesize the app first, and leave
        # its assets behind without what bundling puts into them.
        with tempfile.TemporaryDirectory(prefix="bootstrap-") as empty:
            self._cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", cwd=Path(empty))

    def deploy(self) -> None:
        """`cdk deploy`, and remember what was deployed.

        Raises:
            CommandFailedError: The CDK CLI failed.
        """
        self._delete_if_stuck(self.stack)
        fingerprint = self._fingerprint()
        arguments = ["--require-approval", "never", "--progress", "events"]
        context = [part for name, value in self._context.items() for part in ("-c", f"{name}={value}")]
        app = ["--app", f"{APP_PYTHON} {self._app}", "--output", str(self._assembly)]
        self._cdk("deploy", self.stack, *arguments, *app, *context, cwd=ROOT)
        deployed = {**self._state(self._describe(self.stack)), "fingerprint": fingerprint}
        self._ssm.put_parameter(Name=self._parameter, Value=json.dumps(deployed), Type="String", Overwrite=True)

    def destroy(self) -> None:
        """`cdk destroy` of what `deploy` has deployed.

        Raises:
            CommandFailedError: The CDK CLI failed.
        """
        self._cdk("destroy", self.stack, "--force", "--app", str(self._assembly), cwd=ROOT)

    def outputs(self) -> Outputs:
        """What the stack tells of itself."""
        return Outputs.of(
            {output["OutputKey"]: output["OutputValue"] for output in self._describe(self.stack)["Outputs"]}
        )

    def _cdk(self, *arguments: str, cwd: Path) -> None:
        env = environment(
            {
                **self._cloud.aws_environment(),
                "CDK_DISABLE_CLI_TELEMETRY": "1",
                # It takes longer than all the rest of synthesis, and the tests of the stack have it on.
                "CDK_VALIDATION": "false",
                "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
            },
            fetches_packages=True,
        )
        log = self._cloud.logs / f"cdk-{arguments[0]}.log"
        run([str(CDK), *arguments, "--no-notices", "--no-color"], env=env, log=log, cwd=cwd, watch=self._cloud.check)

    def _delete_if_stuck(self, stack: str) -> None:
        if not self._describe(stack).get("StackStatus", "").endswith(_STUCK):
            return
        self._cloudformation.delete_stack(StackName=stack)
        until = time.monotonic() + _DELETE_SECONDS
        while self._describe(stack):
            if time.monotonic() > until:
                raise LocalRunError(f"{stack} was interrupted and cannot be deleted: forget it all by make clean-local")
            time.sleep(0.1)

    def _describe(self, stack: str) -> dict[str, Any]:
        """The stack, empty when there is none."""
        try:
            stacks = self._cloudformation.describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return {}
            raise
        return dict(stacks[0])

    def _state(self, stack: Mapping[str, Any]) -> dict[str, str | None]:
        changed = stack.get("LastUpdatedTime", stack.get("CreationTime"))
        return {
            "fingerprint": self._fingerprint(),
            "stack": stack.get("StackId"),
            "changed": str(changed) if stack.get("StackStatus") in _SETTLED else None,
        }

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        digest.update(json.dumps([self._app, self._context, sys.version, platform.machine()], sort_keys=True).encode())
        for path in _sources():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(ROOT).as_posix()} {content}\n".encode())
        return digest.hexdigest()

    def _parameter_value(self, name: str) -> str | None:
        try:
            return str(self._ssm.get_parameter(Name=name)["Parameter"]["Value"])
        except self._ssm.exceptions.ParameterNotFound:
            return None


def _sources() -> Iterator[Path]:
    for name in _SOURCES:
        path = ROOT / name
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        elif path.exists():
            yield path
