"""IAM for every role, in the places too where ministack acts for nobody, with a ledger of the decisions."""
# ruff: noqa: SLF001  (replacing ministack's private parts is what this module is for; `internals` checks them)

import contextvars
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ministack.app as gateway
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb, lambda_svc, sqs

from local.aws import ledger
from local.aws.ledger import Decision, Ledger

# What the poller of a queue does with the rights of the function's role.
POLLER_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
# The same for the stream of a table.
STREAM_ACTIONS = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)


def install(book: Ledger) -> None:
    """Enforce IAM everywhere and write each decision into `book`."""
    _count_loopback_as_tls()
    _give_rekognition_a_namespace()
    _note_decisions(book)
    _note_untold_actions(book)
    _poll_with_the_functions_role(book)
    _read_streams_with_the_functions_role(book)


def may_read_photo(headers: Mapping[str, str], query: Mapping[str, Any], s3_object: Mapping[str, str]) -> bool:
    """Whether the caller of a Rekognition operation may read the object that it names.

    Rekognition reads with the rights of its caller: s3:GetObjectVersion where a version is named, else s3:GetObject.
    """
    action = "s3:GetObjectVersion" if s3_object.get("Version") else "s3:GetObject"
    resource = f"arn:aws:s3:::{s3_object.get('Bucket', '')}/{s3_object.get('Name', '')}"
    key_id = router.extract_access_key_id(headers, query)
    token = _via.set("rekognition")
    try:
        return iam_evaluator.enforce(key_id, action, "s3", get_region(), resource_arn=resource) is None
    finally:
        _via.reset(token)


_via: contextvars.ContextVar[str] = contextvars.ContextVar("via", default="request")


def _count_loopback_as_tls() -> None:
    """Or the TLS-only policies of our buckets and queues, and of CDK's asset bucket, would deny plain HTTP.

    So aws:SecureTransport proves nothing here: tests assert it on the template.
    """
    origin = contextvars.ContextVar("origin", default=("127.0.0.1", True))

    def pin_request_origin(source_ip: str, secure_transport: bool) -> None:  # noqa: ARG001  (its signature)
        ledger.begin_call()
        origin.set((source_ip, True))

    iam_evaluator._request_origin = origin
    gateway.pin_request_origin = pin_request_origin


def _give_rekognition_a_namespace() -> None:
    """A service without a namespace is allowed everything."""
    iam_actions.SERVICE_TO_IAM_NAMESPACE["rekognition"] = "rekognition"
    extract: Callable[..., str] = iam_actions.extract_resource_arn

    def extract_resource_arn(service: str, *request: Any) -> str:
        if service != "rekognition":
            return extract(service, *request)
        *_, body, _query, region, account = request
        return rekognition_resource(body, region, account)

    iam_actions.extract_resource_arn = extract_resource_arn


def rekognition_resource(body: bytes, region: str, account: str) -> str:
    """The ARN that a Rekognition request is authorized on: its collection's, or `*` for one that names none."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return "*"
    if not isinstance(request, dict):
        return "*"
    if collection := request.get("CollectionId"):
        return f"arn:aws:rekognition:{region}:{account}:collection/{collection}"
    return str(request.get("ResourceArn", "*"))


def _note_decisions(book: Ledger) -> None:
    enforce: Callable[..., Any] = iam_evaluator.enforce

    def enforce_and_note(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        *,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        refusal = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        enclosing = (service_context or {}).get("dynamodb:EnclosingOperation")
        book.write(
            Decision(
                call=ledger.current_call(),
                operation=enclosing[0] if enclosing else iam_action.partition(":")[2],
                role=_role(access_key_id),
                action=iam_action,
                resource=resource_arn,
                allowed=refusal is None,
                via=_via.get(),
            )
        )
        return refusal

    iam_evaluator.enforce = enforce_and_note


def _note_untold_actions(book: Ledger) -> None:
    extract: Callable[..., str | None] = iam_actions.extract_iam_action

    def extract_and_note(service: str, *request: Any) -> str | None:
        action = extract(service, *request)
        method, path, headers, _body, query = request
        if action is None:
            role = _role(router.extract_access_key_id(headers, query))
            told = f"{method} {path}"
            book.write(Decision(ledger.current_call(), told, role, f"{service}:unknown", "*", allowed=True))
        return action

    iam_actions.extract_iam_action = extract_and_note


def _role(access_key_id: str) -> str:
    """The role behind an access key; the account's root and keys that nobody knows count as root."""
    identity = iam_evaluator.resolve_caller_identity(access_key_id) or {}
    return iam_evaluator._role_name_from_assumed_arn(identity.get("userArn", "")) or ledger.ROOT


def _poll_with_the_functions_role(book: Ledger) -> None:
    """The poller of an event source mapping acts for nobody in ministack; on AWS it acts with the function's role."""
    receive: Callable[[str, int], list[dict[str, Any]]] = sqs._receive_messages_for_esm

    def receive_with_the_functions_role(queue_url: str, max_number: int) -> list[dict[str, Any]]:
        decisions = _decisions_of_poller(sqs._get_q(queue_url)["attributes"]["QueueArn"], POLLER_ACTIONS)
        allowed = all(decision.allowed for decision in decisions)
        messages = receive(queue_url, max_number) if allowed else []
        if messages or not allowed:
            for decision in decisions:
                book.write(decision)
        return messages

    sqs._receive_messages_for_esm = receive_with_the_functions_role


def _read_streams_with_the_functions_role(book: Ledger) -> None:
    """The same of a table's stream, for which only an event source mapping asks in this way."""
    read: Callable[..., list[dict[str, Any]]] = dynamodb.stream_records_since

    def read_with_the_functions_role(table_name: str, *position: Any, **scope: Any) -> list[dict[str, Any]]:
        decisions = _decisions_of_poller(dynamodb._tables.get(table_name)["LatestStreamArn"], STREAM_ACTIONS)
        allowed = all(decision.allowed for decision in decisions)
        records = read(table_name, *position, **scope) if allowed else []
        if records or not allowed:
            for decision in decisions:
                book.write(decision)
        return records

    dynamodb.stream_records_since = read_with_the_functions_role


def _decisions_of_poller(source_arn: str, actions: Iterable[str]) -> list[Decision]:
    return [
        Decision(0, action.partition(":")[2], role, action, source_arn, _role_may(role, action, source_arn), "poller")
        for role in _roles_polling(source_arn)
        for action in actions
    ]


def _roles_polling(source_arn: str) -> set[str]:
    roles = set()
    for _account, _region, mapping in lambda_svc._iter_all_esms():
        if mapping.get("EventSourceArn") != source_arn:
            continue
        function, config = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
        if function and config:
            roles.add(config["Role"].rpartition("/")[2])
    return roles


def _role_may(role: str, action: str, resource: str) -> bool:
    account = get_account_id()
    question = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{role}/poller",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    answer = iam_evaluator.evaluate(question, iam_evaluator._gather_role_policies(role, account))
    if found := iam_evaluator._resource_policy(action.partition(":")[0], resource):
        answer = iam_evaluator.combine_resource_policy(answer, question, *found)
    return bool(answer.decision == "Allow")
