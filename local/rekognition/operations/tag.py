"""Tags by ARN. Collections are the only resources here that have any."""

import re
from typing import Any

from local.rekognition.errors import ParameterError, QuotaError, ResourceNotFoundError
from local.rekognition.records import Collection
from local.rekognition.service import Service
from local.rekognition.transaction import Transaction

MOST_TAGS = 200
"""Tags that a collection may have: as many as the service model has room for in an answer."""
_ARN = re.compile(r"arn:[a-z-]+:rekognition:[a-z0-9-]+:\d{12}:[a-z]+/[a-zA-Z0-9_.\-/]+")


def tag_resource(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """TagResource. A tag that is there already gets the new value.

    Raises:
        ParameterError: Not an ARN of Rekognition's.
        QuotaError: The collection would have more than MOST_TAGS.
        ResourceNotFoundError: No such collection.
    """
    with service.store.writing() as transaction:
        collection = _collection(service, request, transaction)
        tags = transaction.tags(collection) | request["Tags"]
        if len(tags) > MOST_TAGS:
            raise QuotaError(f"A collection has at most {MOST_TAGS} tags")
        transaction.set_tags(collection, tags)
    return {}


def untag_resource(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """UntagResource. A tag that is not there is as good as removed.

    Raises:
        ParameterError: Not an ARN of Rekognition's.
        ResourceNotFoundError: No such collection.
    """
    with service.store.writing() as transaction:
        collection = _collection(service, request, transaction)
        tags = transaction.tags(collection)
        for key in request["TagKeys"]:
            tags.pop(key, None)
        transaction.set_tags(collection, tags)
    return {}


def list_tags_for_resource(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """ListTagsForResource.

    Raises:
        ParameterError: Not an ARN of Rekognition's.
        ResourceNotFoundError: No such collection.
    """
    return {"Tags": service.store.tags(_collection(service, request))}


def _collection(service: Service, request: dict[str, Any], where: Transaction | None = None) -> Collection:
    """The collection that an ARN names: one of this account and region, or none."""
    arn, prefix = request["ResourceArn"], service.collection_arn("")
    if not _ARN.fullmatch(arn):
        raise ParameterError("Request has invalid parameters: the ResourceArn is not an ARN of Rekognition's")
    if not arn.startswith(prefix):
        raise ResourceNotFoundError(f"The resource {arn} does not exist")
    return service.collection({"CollectionId": arn.removeprefix(prefix)}, where)
