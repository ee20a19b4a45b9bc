# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import pytest

GRANTS = {
    "grant_search": {"SearchUsersByImage"},
    "grant_register": {"CreateUser", "IndexFaces", "AssociateFaces", "DisassociateFaces", "DeleteFaces"},
    "grant_remove_faces": {"DisassociateFaces", "DeleteFaces"},
    "grant_erase": {"DeleteUser", "ListFaces", "DeleteFaces"},
    "grant_reconcile": {"ListUsers", "ListFaces", "DeleteUser", "DisassociateFaces", "DeleteFaces"},
    "grant_audit": {"DescribeCollection", "ListFaces", "ListUsers"},
}


@pytest.mark.parametrize(("grant", "operations"), GRANTS.items())
def test_a_grant_allows_its_intent_on_this_collection_and_nothing_else(stack, function, synthesized, grant, operations):
    from infra.constructs.face_collection import FaceCollection

    getattr(FaceCollection(stack, "Faces"), grant)(function)
    allowed = synthesized().rights("index.handler")
    assert allowed == {"<Faces.Arn>": {f"rekognition:{operation}" for operation in operations}}


@pytest.mark.parametrize(("grant", "operations"), GRANTS.items())
def test_an_adopted_collection_is_granted_alike_and_not_touched(stack, function, synthesized, grant, operations):
    from infra.constructs.face_collection import FaceCollection

    kept = FaceCollection.from_collection_id(stack, "Kept", "faces-of-2025")
    getattr(kept, grant)(function)
    template = synthesized()
    assert template.rights("index.handler") == {
        "arn:<Partition>:rekognition:<Region>:<AccountId>:collection/faces-of-2025": {
            f"rekognition:{operation}" for operation in operations
        }
    }
    assert not template.of_type("AWS::Rekognition::Collection")


def test_one_statement_makes_a_collection_that_outlives_its_stack(stack, synthesized):
    from infra.constructs.face_collection import FaceCollection

    FaceCollection(stack, "Faces")
    collection = synthesized().whole("Faces")
    assert collection["Type"] == "AWS::Rekognition::Collection"
    assert collection["DeletionPolicy"] == "RetainExceptOnCreate"
    assert collection["UpdateReplacePolicy"] == "Retain"


def test_its_id_ends_in_the_first_group_of_the_stack_id_and_no_two_are_the_same(stack, synthesized):
    from infra.constructs.face_collection import FaceCollection

    FaceCollection(stack, "Visitors")
    FaceCollection(stack, "Staff")
    template = synthesized()
    ids = [template.text(found["CollectionId"]) for found in template.of_type("AWS::Rekognition::Collection").values()]
    assert len(set(ids)) == 2
    assert all(found.startswith("faces-") and found.endswith("-<StackId by /, 2 by -, 0>") for found in ids)


def test_the_id_and_what_becomes_of_the_vectors_can_be_chosen(stack, synthesized):
    from aws_cdk import RemovalPolicy

    from infra.constructs.face_collection import FaceCollection

    FaceCollection(stack, "Faces", collection_id="visitors", removal_policy=RemovalPolicy.DESTROY)
    collection = synthesized().whole("Faces")
    assert collection["Properties"]["CollectionId"] == "visitors"
    assert collection["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize("collection_id", ["our visitors", "visitors/1", "v" * 256])
def test_what_is_no_id_of_a_collection_is_refused(stack, collection_id):
    from infra.constructs.face_collection import FaceCollection

    with pytest.raises(ValueError, match="is no id of a collection"):
        FaceCollection(stack, "Faces", collection_id=collection_id)


def test_its_metrics_are_those_of_the_operation(stack):
    from aws_cdk import Duration

    from infra.constructs.face_collection import FaceCollection

    faces = FaceCollection(stack, "Faces")
    names = {
        faces.metric_calls: "SuccessfulRequestCount",
        faces.metric_throttled: "ThrottledCount",
        faces.metric_client_errors: "UserErrorCount",
        faces.metric_server_errors: "ServerErrorCount",
        faces.metric_response_time: "ResponseTime",
    }
    for metric, name in names.items():
        made = metric("SearchUsersByImage", period=Duration.minutes(1))
        assert (made.namespace, made.metric_name) == ("AWS/Rekognition", name)
        assert made.dimensions == {"Operation": "SearchUsersByImage"}
        assert made.period.to_seconds() == 60
