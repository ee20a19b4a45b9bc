"""CloudFormation in the local AWS: two types that ministack does not know, and one that it reads wrongly."""
# ruff: noqa: SLF001  (adding to ministack's private table is what this module is for; `internals` checks it)

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from local.aws.rekognition import Endpoint, RefusedError

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, str]]


def install(endpoint: Endpoint) -> None:
    """Teach CloudFormation AWS::Rekognition::Collection, AWS::Cognito::ManagedLoginBranding and HTTP API CORS."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::Rekognition::Collection"] = _collections(endpoint)
    handlers["AWS::Cognito::ManagedLoginBranding"] = _brandings()
    api = handlers["AWS::ApiGatewayV2::Api"]
    for step in ("create", "update"):
        api[step] = _with_camel_case_cors(api[step])


def _collections(endpoint: Endpoint) -> dict[str, Callable[..., Any]]:
    def attributes(collection_id: str) -> dict[str, str]:
        return {"Arn": f"arn:aws:rekognition:{get_region()}:{get_account_id()}:collection/{collection_id}"}

    def create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:  # noqa: ARG001  (ministack's)
        collection_id = properties["CollectionId"]
        endpoint.ask("CreateCollection", CollectionId=collection_id, Tags=_tags(properties))
        return collection_id, attributes(collection_id)

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
        if new["CollectionId"] == physical_id:
            arn, before, after = attributes(physical_id)["Arn"], _tags(old), _tags(new)
            if changed := dict(after.items() - before.items()):
                endpoint.ask("TagResource", ResourceArn=arn, Tags=changed)
            if gone := sorted(before.keys() - after.keys()):
                endpoint.ask("UntagResource", ResourceArn=arn, TagKeys=gone)
            return physical_id, attributes(physical_id)
        created = create("", new, stack_name)
        delete(physical_id, old)
        return created

    def delete(physical_id: str, properties: Properties) -> None:  # noqa: ARG001  (ministack's signature)
        try:
            endpoint.ask("DeleteCollection", CollectionId=physical_id)
        except RefusedError as error:
            if error.code != "ResourceNotFoundException":
                raise

    return {"create": create, "update": update, "delete": delete}


def _tags(properties: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())}


def _brandings() -> dict[str, Callable[..., Any]]:
    """A branding is only how the sign-in pages look, and ministack has pages of its own: an id is all that it is."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:  # noqa: ARG001  (ministack's)
        branding_id = str(uuid.uuid4())
        return f"{properties['UserPoolId']}|{branding_id}", {"ManagedLoginBrandingId": branding_id}

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
        if old["UserPoolId"] == new["UserPoolId"]:
            return physical_id, {"ManagedLoginBrandingId": physical_id.rpartition("|")[2]}
        return create("", new, stack_name)

    def delete(physical_id: str, properties: Properties) -> None:
        """Nothing is held."""

    return {"create": create, "update": update, "delete": delete}


def _with_camel_case_cors(handler: Callable[..., Any]) -> Callable[..., Any]:
    """CloudFormation says AllowOrigins; ministack stores that, and its HTTP API reads allowOrigins."""

    def fixed(argument: Any) -> Any:
        cors = argument.get("CorsConfiguration") if isinstance(argument, Mapping) else None
        if not cors:
            return argument
        return {**argument, "CorsConfiguration": {name[0].lower() + name[1:]: value for name, value in cors.items()}}

    return lambda *arguments: handler(*map(fixed, arguments))
