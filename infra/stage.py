"""All that differs between the stages, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs

from infra.constructs.upload_pipeline import Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping


_MOST_FACES = 48  # people whom one result can name: `MAX_PEOPLE` of lambdas/domain/recognition.py
_LONGEST_SEARCH = 20  # seconds for all faces of a photo: whoever asks for a result at once waits 29
_LOG_LEVELS = ("TRACE", "DEBUG", "INFO")


class UnknownStageError(ValueError):
    """A stage was asked for that does not exist; the message lists those that do."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One way of deploying the stack. The defaults are those of a small deployment that may vanish without loss.

    Attributes:
        name: What `-c stage=` says.
        keep_data: Photos, table, users, vectors and logs survive the stack.
        deletion_protection: The stack, the table and the user pool refuse to be deleted.
        alarms: There are alarms and a dashboard, about 6 dollars a month; `-c alarm_email=` or `-c alarm_topic_arn=`
            says where they go, and turns them on in any stage.
        point_in_time_recovery: The table can be restored to any second of the last 35 days.
        customer_managed_key: One key of the account's own for photos, table, queues and logs.
        mfa_required: Users must have a second factor; otherwise they may have one.
        password_sign_in: Clients may send a password straight to Cognito, which `curl` can do and SRP cannot.
        access_token_minutes: Life of an access token, and so of a signed-out user's rights. Minutes, 5 to 1440.
        allowed_origins: Web origins (scheme, host in small letters, port) that may call the API and upload from a
            browser. After signing in, the managed login pages send people to `/callback` there.
        names_for_users: Plain users see who was recognized, not only that somebody was.
        posts_per_minute: Requests of one user in a minute that make something (a person, a photo).
        self_registration: Plain users may register themselves, once; an operator has to approve them.
        match_threshold: Similarity in percent from which a face is somebody.
        review_threshold: Similarity in percent from which a human decides.
        max_faces: Faces searched on one photo, each one paid call; the rest stay `not_searched`.
        photo_days: Days after which photos to recognize or to verify expire.
        result_days: Days after which results and sightings expire.
        audit_days: Days after which entries of the audit (who learned of whom) expire.
        monthly_budget_dollars: What Rekognition's calls may cost in a month (UTC); then new photos are refused until
            the next, while reading goes on. `math.inf` for no limit.
        erasure_minutes: Minutes between two looks at erasures that nobody works on, and at consents that have expired.
        reconciliation_hours: Hours between two comparisons of all vectors with the table.
        reconciliation_deletes: They delete what stands for nobody, if it is 1 percent at most; otherwise they count.
        log_retention: How long logs are kept.
        log_level: The least severe line that the functions write, `INFO` or less: metrics are lines that Lambda takes
            for `INFO`.
        trigger: How an upload reaches the photo function, unless `-c trigger=` says otherwise.
        max_concurrency: Photos, or batches of them, in work at once. At least 2, which is SQS's own least.
        rekognition_calls_per_second: The account's Rekognition quota per operation in the region deployed to.
        for_this_machine: Functions are packaged for the machine and the Python that synthesize, not for AWS Lambda.
    """

    name: str
    keep_data: bool = False
    deletion_protection: bool = False
    alarms: bool = False
    point_in_time_recovery: bool = False
    customer_managed_key: bool = False
    mfa_required: bool = False
    password_sign_in: bool = False
    access_token_minutes: int = 15
    allowed_origins: tuple[str, ...] = ("http://localhost:8080",)
    names_for_users: bool = False
    self_registration: bool = False
    posts_per_minute: int = 60
    match_threshold: float = 95.0
    review_threshold: float = 80.0
    max_faces: int = 40
    photo_days: int = 30
    result_days: int = 30
    audit_days: int = 90
    monthly_budget_dollars: float = 50.0
    erasure_minutes: int = 15
    reconciliation_hours: int = 24
    reconciliation_deletes: bool = True
    log_retention: logs.RetentionDays = logs.RetentionDays.ONE_WEEK
    log_level: str = "INFO"
    trigger: Trigger = Trigger.QUEUE
    max_concurrency: int = 2
    # Most regions allow 5; us-east-1, us-west-2 and eu-west-1 more. The least is right everywhere.
    rekognition_calls_per_second: float = 5.0
    for_this_machine: bool = False

    def __post_init__(self) -> None:
        if self.log_level not in _LOG_LEVELS:
            raise ValueError(f"with log_level {self.log_level} metrics would be lost: {', '.join(_LOG_LEVELS)}")
        if not 0 <= self.review_threshold <= self.match_threshold <= 100:  # noqa: PLR2004 - percent
            raise ValueError("thresholds: 0 <= review_threshold <= match_threshold <= 100")
        if not 1 <= self.max_faces <= _MOST_FACES:
            raise ValueError(f"max_faces: 1 to {_MOST_FACES}, for so many people one result can name")
        if (seconds := self.max_faces / self.calls_per_second) > _LONGEST_SEARCH:
            raise ValueError(
                f"{self.max_faces} faces at {self.calls_per_second:g} calls a second take {seconds:.0f} seconds, and "
                f"functions have {_LONGEST_SEARCH}: lower max_faces or max_concurrency"
            )

    @property
    def calls_per_second(self) -> float:
        """One worker's share of the Rekognition quota, per operation."""
        return self.rekognition_calls_per_second / self.max_concurrency

    @property
    def backup_days(self) -> int:
        """Days back to which the table can be restored: DynamoDB's own 35, or none."""
        return 35 if self.point_in_time_recovery else 0

    @property
    def removal_policy(self) -> RemovalPolicy:
        """What becomes of everything that holds data when the stack goes."""
        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if self.keep_data else RemovalPolicy.DESTROY

    def environment(self, *names: str) -> dict[str, str]:
        """Some of these settings as a function reads them: `max_faces` is in MAX_FACES, and a truth is `true`."""
        return {name.upper(): _written(getattr(self, name)) for name in names}

    @staticmethod
    def named(name: str) -> Stage:
        """The stage of that name.

        Raises:
            UnknownStageError: There is none.
        """
        try:
            return STAGES[name]
        except KeyError:
            raise UnknownStageError(f"there is no stage {name!r}; the stages are {', '.join(STAGES)}") from None


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


LOCAL = Stage(
    name="local",
    for_this_machine=True,
    posts_per_minute=6000,  # measurements send photos as fast as they can
    password_sign_in=True,
    self_registration=True,
    max_concurrency=4,  # more than cores: a worker waits for the endpoint most of the time
    monthly_budget_dollars=1000.0,  # nothing is billed; as in prod, so that it can be tried out
    rekognition_calls_per_second=2000.0,  # the local endpoint knows no quota
)
DEV = Stage(name="dev")
PROD = Stage(
    name="prod",
    keep_data=True,
    deletion_protection=True,
    alarms=True,
    point_in_time_recovery=True,
    customer_managed_key=True,
    mfa_required=True,
    allowed_origins=(),
    result_days=365,
    audit_days=730,
    monthly_budget_dollars=1000.0,
    log_retention=logs.RetentionDays.ONE_YEAR,
)
STAGES: Mapping[str, Stage] = {stage.name: stage for stage in (LOCAL, DEV, PROD)}
