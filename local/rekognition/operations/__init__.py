"""What is served: the name of each operation and the function that answers it.

A function gets the service and the request's checked parameters and returns the answer; it raises a ServiceError to
refuse. To serve one more operation, write it and add it here.
"""

from collections.abc import Callable
from typing import Any

from local.rekognition.operations import collection, compare, face, search, tag, user
from local.rekognition.service import Service

Operation = Callable[[Service, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "AssociateFaces": user.associate_faces,
    "CompareFaces": compare.compare_faces,
    "CreateCollection": collection.create_collection,
    "CreateUser": user.create_user,
    "DeleteCollection": collection.delete_collection,
    "DeleteFaces": face.delete_faces,
    "DeleteUser": user.delete_user,
    "DescribeCollection": collection.describe_collection,
    "DetectFaces": face.detect_faces,
    "DisassociateFaces": user.disassociate_faces,
    "IndexFaces": face.index_faces,
    "ListCollections": collection.list_collections,
    "ListFaces": face.list_faces,
    "ListTagsForResource": tag.list_tags_for_resource,
    "ListUsers": user.list_users,
    "SearchFaces": search.search_faces,
    "SearchFacesByImage": search.search_faces_by_image,
    "SearchUsers": search.search_users,
    "SearchUsersByImage": search.search_users_by_image,
    "TagResource": tag.tag_resource,
    "UntagResource": tag.untag_resource,
}
