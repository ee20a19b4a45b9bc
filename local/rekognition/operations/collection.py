"""Collections: create, describe, list, delete."""

from typing import Any

from local.rekognition.errors import ResourceExistsError
from local.rekognition.service import Service
from local.rekognition.weights import VERSION

PAGE = 1000


def create_collection(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """CreateCollection. Raises ResourceExistsError."""
    collection_id = request["CollectionId"]
    with service.store.writing() as transaction:
        if transaction.collection(collection_id):
            raise ResourceExistsError(f"The collection id: {collection_id} already exists")
        transaction.create_collection(collection_id, request.get("Tags", {}))
    return {"StatusCode": 200, "CollectionArn": service.collection_arn(collection_id), "FaceModelVersion": VERSION}


def describe_collection(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeCollection. Raises ResourceNotFoundError."""
    collection = service.collection(request)
    faces, users = service.store.counts(collection)
    return {
        "FaceCount": faces,
        "UserCount": users,
        "FaceModelVersion": VERSION,
        "CollectionARN": service.collection_arn(collection.id),
        "CreationTimestamp": collection.created,
    }


def list_collections(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """ListCollections, in the order of creation. Raises PageTokenError."""
    scope: list[object] = ["ListCollections"]
    size = request.get("MaxResults") or PAGE
    found = service.store.collections(service.pages.position(scope, request.get("NextToken")), size + 1)
    page = found[:size]
    answer: dict[str, Any] = {
        "CollectionIds": [collection.id for collection in page],
        "FaceModelVersions": [VERSION for _ in page],
    }
    if len(found) > size:
        answer["NextToken"] = service.pages.token(scope, page[-1].seq)
    return answer


def delete_collection(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteCollection, with all faces and users in it. Raises ResourceNotFoundError."""
    with service.store.writing() as transaction:
        transaction.delete_collection(service.collection(request, transaction))
    return {"StatusCode": 200}
