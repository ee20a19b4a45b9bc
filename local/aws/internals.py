"""The private parts of ministack that the plug-in leans on, checked at start, so that another release fails loudly."""
# ruff: noqa: SLF001  (this is where ministack's private parts are named)

import inspect
from collections.abc import Collection, Mapping
from importlib import metadata
from types import ModuleType
from typing import Any

import hypercorn.asyncio
import ministack.app as gateway
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, persistence, router
from ministack.services import apigateway, dynamodb, lambda_svc, s3, sqs
from ministack.services.cloudformation import provisioners

VERSION = "1.5.33"

_REQUEST = ("service", "method", "path", "headers", "body", "query_params")

# What is called or replaced, with the parameters that it must take.
FUNCTIONS: tuple[tuple[ModuleType | type, str, tuple[str, ...]], ...] = (
    (gateway, "main", ()),
    (hypercorn.asyncio, "serve", ("app", "config", "shutdown_trigger", "mode")),
    (gateway, "pin_request_origin", ("source_ip", "secure_transport")),
    (gateway, "_build_persistence_save_dict", ()),
    (persistence, "_state_format_version", ("service",)),
    (persistence, "_json_default", ("obj",)),
    (router, "extract_access_key_id", ("headers", "query_params")),
    (iam_actions, "extract_iam_action", _REQUEST),
    (iam_actions, "extract_resource_arn", (*_REQUEST, "region", "account_id")),
    (iam_actions, "dynamodb_transaction_checks", ("iam_action", "body", "region", "account_id")),
    (
        iam_evaluator,
        "enforce",
        ("access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"),
    ),
    (iam_evaluator, "resolve_caller_identity", ("access_key_id",)),
    (iam_evaluator, "evaluate", ("ctx", "policies", "limits")),
    (iam_evaluator, "combine_resource_policy", ("identity", "ctx", "policy", "owner_account", "required", "limits")),
    (iam_evaluator, "_role_name_from_assumed_arn", ("assumed_arn",)),
    (iam_evaluator, "_gather_role_policies", ("role_name", "account_id")),
    (iam_evaluator, "_resource_policy", ("service", "resource_arn")),
    (
        lambda_runtime.Worker,
        "invoke",
        ("self", "event", "request_id", "trace_id", "depth", "durable", "invoked_function_arn"),
    ),
    (
        apigateway,
        "handle_execute",
        ("api_id", "stage", "path", "method", "headers", "body", "query_params", "raw_query_string"),
    ),
    (apigateway, "stages_for_api", ("api_id",)),
    (apigateway, "new_uuid", ()),
    (apigateway, "_match_route", ("api_id", "method", "path")),
    (apigateway, "_validate_jwt_authorizer", ("route", "authorizer", "headers", "query_params")),
    (apigateway, "_jwt_claim_to_string", ("value",)),
    (lambda_svc, "_iter_all_esms", ()),
    (lambda_svc, "_get_func_record_for_qualifier", ("name", "qualifier")),
    (dynamodb, "_set_item", ("table", "pk_val", "sk_val", "item")),
    (dynamodb, "_remove_item", ("table", "pk_val", "sk_val")),
    (dynamodb, "load_persisted_state", ("data",)),
    (dynamodb, "_transact_write_items", ("data",)),
    (dynamodb, "_txn_token_store", ("crt", "entry")),
    (dynamodb, "stream_records_since", ("table_name", "position", "limit", "account_id", "region")),
    (s3, "_object_response_headers", ("obj", "bucket_name", "key", "include_checksums")),
    (s3, "_read_body", ("bucket_name", "key", "obj")),
    (s3, "_version_body", ("bucket", "bucket_name", "key", "v")),
    (s3, "_compute_s3_checksum", ("algorithm", "body")),
    (sqs, "_receive_messages_for_esm", ("queue_url", "max_number")),
    (sqs, "_get_q", ("url", "action")),
)


class ChangedError(Exception):
    """ministack is not what the plug-in was made for."""


def check() -> None:
    """Make sure that this ministack is the one that the plug-in was made for, and that it enforces IAM.

    Raises:
        ChangedError: Something that the plug-in needs is missing or looks different.
    """
    installed = metadata.version("ministack")
    if installed != VERSION:
        raise _changed(f"version {installed} is installed")
    for module, name, parameters in FUNCTIONS:
        _check_function(module, name, parameters)
    _check_entry(router.SERVICE_PATTERNS, "sqs", "SERVICE_PATTERNS", inside=("target_prefixes",))
    for service in ("dynamodb", "sqs"):
        _check_entry(gateway.SERVICE_HANDLERS, service, "SERVICE_HANDLERS")
    _check_entry(iam_actions.SERVICE_TO_IAM_NAMESPACE, "sqs", "SERVICE_TO_IAM_NAMESPACE")
    resources = provisioners._RESOURCE_HANDLERS
    _check_entry(resources, "AWS::ApiGatewayV2::Api", "_RESOURCE_HANDLERS", inside=("create", "update"))
    if not hasattr(iam_evaluator, "_request_origin"):
        raise _changed("iam_evaluator._request_origin is missing")
    if gateway.AUTH is not True:
        raise ChangedError("the local AWS must run with AUTH=true, for IAM is always enforced here")


def _check_function(module: ModuleType | type, name: str, parameters: tuple[str, ...]) -> None:
    function = getattr(module, name, None)
    if function is None:
        raise _changed(f"{module.__name__}.{name} is missing")
    found = tuple(inspect.signature(function).parameters)
    if found != parameters:
        raise _changed(f"{module.__name__}.{name} takes {found}, not {parameters}")


def _check_entry(table: Mapping[str, Any], key: str, name: str, *, inside: Collection[str] = ()) -> None:
    if key not in table or not set(inside) <= set(table[key] if inside else ()):
        raise _changed(f"{name}[{key!r}] is not as expected")


def _changed(detail: str) -> ChangedError:
    return ChangedError(f"ministack has changed inside ({detail}); this plug-in is made for ministack {VERSION}")
