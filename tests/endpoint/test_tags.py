import pytest

from local.rekognition.store import Store
from tests.endpoint.endpoint import code, refusal

ACCOUNT = "arn:aws:rekognition:us-east-1:000000000000:"
OPERATIONS = [
    ("tag_resource", {"Tags": {"a": "b"}}),
    ("untag_resource", {"TagKeys": ["a"]}),
    ("list_tags_for_resource", {}),
]


@pytest.fixture
def arn(rekognition, collection):
    """The ARN of an empty collection."""
    return rekognition.describe_collection(CollectionId=collection)["CollectionARN"]


def tags(rekognition, arn):
    return rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_a_collection_has_the_tags_that_it_was_created_with(rekognition):
    given = {"stage": "test", "ключ": "значение 1", "empty": ""}
    arn = rekognition.create_collection(CollectionId="tagged", Tags=given)["CollectionArn"]
    assert tags(rekognition, arn) == given
    rekognition.delete_collection(CollectionId="tagged")
    arn = rekognition.create_collection(CollectionId="tagged")["CollectionArn"]
    assert tags(rekognition, arn) == {}
    rekognition.delete_collection(CollectionId="tagged")


def test_tags_are_added_replaced_and_removed(rekognition, arn):
    for _ in range(2):  # once more changes nothing
        rekognition.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    rekognition.tag_resource(ResourceArn=arn, Tags={"b": "3", "c": "4"})
    assert tags(rekognition, arn) == {"a": "1", "b": "3", "c": "4"}
    for _ in range(2):
        rekognition.untag_resource(ResourceArn=arn, TagKeys=["a", "c", "unknown"])
    assert tags(rekognition, arn) == {"b": "3"}
    rekognition.tag_resource(ResourceArn=arn, Tags={})
    rekognition.untag_resource(ResourceArn=arn, TagKeys=[])
    assert tags(rekognition, arn) == {"b": "3"}


def test_two_hundred_tags_and_no_more(rekognition, arn):
    rekognition.tag_resource(ResourceArn=arn, Tags={str(number): "" for number in range(199)})
    assert code(rekognition.tag_resource, ResourceArn=arn, Tags={"x": "", "y": ""}) == "ServiceQuotaExceededException"
    assert len(tags(rekognition, arn)) == 199
    rekognition.tag_resource(ResourceArn=arn, Tags={"x": "", "0": "again"})
    assert len(tags(rekognition, arn)) == 200


@pytest.mark.parametrize(("operation", "more"), OPERATIONS)
def test_what_does_not_exist_has_no_tags(rekognition, collection, operation, more):
    expected = ("ResourceNotFoundException", "The collection id: missing does not exist")
    assert refusal(getattr(rekognition, operation), ResourceArn=f"{ACCOUNT}collection/missing", **more) == expected
    for elsewhere in (
        f"{ACCOUNT}project/{collection}/version/1/1",
        f"arn:aws:rekognition:eu-west-1:000000000000:collection/{collection}",
        f"arn:aws:rekognition:us-east-1:111111111111:collection/{collection}",
    ):
        expected = ("ResourceNotFoundException", f"The resource {elsewhere} does not exist")
        assert refusal(getattr(rekognition, operation), ResourceArn=elsewhere, **more) == expected


@pytest.mark.parametrize(("operation", "more"), OPERATIONS)
@pytest.mark.parametrize(
    "wrong",
    [
        "x" * 20,
        "arn:aws:s3:::a-bucket-of-ours",
        f"{ACCOUNT}collection",
        f"{ACCOUNT}collection/",
        f"{ACCOUNT}collection/a b",
        f"{ACCOUNT}collection/\ud800",
    ],
)
def test_what_is_no_arn_of_rekognition_is_refused(rekognition, operation, more, wrong):
    assert code(getattr(rekognition, operation), ResourceArn=wrong, **more) == "InvalidParameterException"


def test_tags_are_there_after_a_restart(tmp_path):
    before = Store(tmp_path / "faces.sqlite")
    with before.writing() as transaction:
        transaction.create_collection("c", {"a": "1"})
        collection = transaction.collection("c")
        assert collection is not None
        transaction.set_tags(collection, {**transaction.tags(collection), "b": "2"})
    after = Store(tmp_path / "faces.sqlite")  # what is acknowledged is on the disk: nobody has closed the file
    assert after.tags(collection) == {"a": "1", "b": "2"}
    for store in (before, after):
        store.close()
