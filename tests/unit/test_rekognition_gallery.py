"""The Rekognition adapter against botocore's own model of the service."""

import io
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from botocore.stub import ANY, Stubber
from PIL import Image

from adapters.pace import Pace
from adapters.photo_bucket import PhotoBucket
from adapters.rekognition import RekognitionGallery
from domain.errors import (
    DuplicatePersonError,
    FaceMismatchError,
    ImageTooLargeError,
    ImageTooSmallError,
    LowQualityError,
    NoFaceError,
    PersonErasingError,
    ServiceBusyError,
    TooManyFacesError,
    UnsupportedImageError,
)
from domain.faces import Box, DetectedFace, Match
from domain.photos import Photo, Purpose

PERSON = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA"
FACE_ID = "11111111-2222-3333-4444-555555555555"
DETAIL = {"BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}, "Confidence": 99.0}
FACE = DetectedFace(Box(0.1, 0.2, 0.3, 0.4), 99.0)
PHOTO = Photo(
    "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VC",
    "user-1",
    Purpose.REGISTRATION,
    "image/jpeg",
    datetime(2026, 1, 1, tzinfo=UTC),
    person_id=PERSON,
    version="v1",
)
SEARCH = {"threshold": 80, "limit": 5, "strict": False}


def png(width, height):
    encoded = io.BytesIO()
    Image.new("RGB", (width, height)).save(encoded, "PNG")
    return encoded.getvalue()


class Beginnings(PhotoBucket):
    """A bucket of which only the beginning of one file is asked for."""

    content = png(100, 100)

    def beginning(self, photo, size):
        return self.content[:size]


@pytest.fixture
def gallery(rekognition):
    return RekognitionGallery(rekognition, "faces", Beginnings(boto3.client("s3"), "photos"), Pace(1e6))


def searched(**changes):
    return {"UserMatches": [], "FaceModelVersion": "7.0", "SearchedFace": {"FaceDetail": DETAIL}} | changes


def test_a_stored_photo_is_named_and_its_bytes_are_not_sent(gallery, stub):
    expected = {
        "CollectionId": "faces",
        "Image": {"S3Object": {"Bucket": "photos", "Name": PHOTO.key, "Version": "v1"}},
        "UserMatchThreshold": 80,
        "MaxUsers": 5,
        "QualityFilter": "NONE",
    }
    match = {"Similarity": 98.5, "User": {"UserId": PERSON, "UserStatus": "ACTIVE"}}
    other = {"FaceDetails": DETAIL, "Reasons": ["FACE_NOT_LARGEST"]}
    stub.add_response("search_users_by_image", searched(UserMatches=[match], UnsearchedFaces=[other]), expected)
    found = gallery.search(PHOTO, **SEARCH)
    assert (found.searched, found.matches) == (FACE, (Match(PERSON, 98.5),))
    assert [(face.face, face.reasons) for face in found.unsearched] == [(FACE, ("FACE_NOT_LARGEST",))]


def test_an_image_without_a_face_is_found_to_have_none(gallery, stub):
    stub.add_response("search_users_by_image", {"UserMatches": [], "UnsearchedFaces": [], "FaceModelVersion": "7.0"})
    assert gallery.search(b"image", **SEARCH).searched is None


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"UserMatches": []},
        {"FaceModelVersion": "7.0"},
        {"UserMatches": [{"Similarity": 99.0, "User": {"UserId": PERSON}}], "FaceModelVersion": "7.0"},
        searched(SearchedFace={"FaceDetail": {}}),
        searched(UserMatches=[{"Similarity": 99.0}]),
    ],
)
def test_half_an_answer_is_no_answer(gallery, stub, answer):
    stub.add_response("search_users_by_image", answer)
    with pytest.raises(ServiceBusyError):
        gallery.search(PHOTO, **SEARCH)


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError"]
)
def test_throttles_and_faults_of_the_service_can_be_tried_again(gallery, stub, code):
    stub.add_client_error("search_users_by_image", code)
    with pytest.raises(ServiceBusyError):
        gallery.search(PHOTO, **SEARCH)


@pytest.mark.parametrize(
    "failure",
    [ConnectTimeoutError(endpoint_url="https://x"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "garbled")],
    ids=["lost connection", "garbled answer"],
)
def test_a_lost_connection_and_a_garbled_answer_can_be_tried_again(gallery, rekognition, monkeypatch, failure):
    def fail(**_):
        raise failure

    monkeypatch.setattr(rekognition, "search_users_by_image", fail)
    with pytest.raises(ServiceBusyError):
        gallery.search(PHOTO, **SEARCH)


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidS3ObjectException", "InvalidParameterException"])
def test_what_is_our_own_fault_is_not_blamed_on_the_photo(gallery, stub, code):
    stub.add_client_error("search_users_by_image", code)
    with pytest.raises(ClientError, match=code):
        gallery.search(PHOTO, **SEARCH)


def test_a_photo_that_is_too_small_is_told_from_a_wrong_parameter(gallery, stub, monkeypatch):
    monkeypatch.setattr(Beginnings, "content", png(79, 500))
    stub.add_client_error("search_users_by_image", "InvalidParameterException")
    with pytest.raises(ImageTooSmallError, match="80 pixels"):
        gallery.search(PHOTO, **SEARCH)


def test_a_photo_that_does_not_tell_its_size_is_told_from_a_wrong_parameter(gallery, stub, monkeypatch):
    monkeypatch.setattr(Beginnings, "content", png(100, 500)[:20])
    stub.add_client_error("search_users_by_image", "InvalidParameterException")
    with pytest.raises(UnsupportedImageError):
        gallery.search(PHOTO, **SEARCH)


def test_a_photo_that_is_too_large_is_rejected(gallery, stub):
    stub.add_client_error("search_users_by_image", "ImageTooLargeException")
    with pytest.raises(ImageTooLargeError):
        gallery.search(PHOTO, **SEARCH)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "HEIF"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "MP4"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"GIF89a", "GIF"),
        (b"II*\0", "TIFF"),
        (b"BM", "BMP"),
        (b"%PDF-1.7", "PDF"),
        (b"hello", "no JPEG or PNG"),
        (b"", "no JPEG or PNG"),
    ],
)
def test_an_unsupported_image_is_named(gallery, stub, monkeypatch, content, named):
    monkeypatch.setattr(Beginnings, "content", content)
    stub.add_client_error("search_users_by_image", "InvalidImageFormatException")
    with pytest.raises(UnsupportedImageError, match=named):
        gallery.search(PHOTO, **SEARCH)


# -- registering --------------------------------------------------------------------------------------------------


def test_a_person_who_is_known_already_is_no_failure(gallery, stub):
    stub.add_client_error("create_user", "ConflictException")
    gallery.add_person(PERSON)


def test_the_same_call_carries_the_same_token_every_time(gallery, rekognition):
    tokens = []
    for _ in range(2):
        with Stubber(rekognition) as stub:
            rekognition.meta.events.register(
                "provide-client-params.rekognition.CreateUser",
                lambda params, **_: tokens.append(params["ClientRequestToken"]),
                unique_id="tokens",
            )
            stub.add_response("create_user", {})
            gallery.add_person(PERSON)
    assert len(tokens) == 2
    assert len(set(tokens)) == 1
    assert len(tokens[0]) <= 64


def test_a_face_is_indexed_under_the_photos_id_so_that_it_is_stored_once(gallery, stub):
    record = {"Face": {"FaceId": FACE_ID}, "FaceDetail": DETAIL}
    expected = {
        "CollectionId": "faces",
        "Image": ANY,
        "ExternalImageId": PHOTO.id,
        "MaxFaces": 1,
        "QualityFilter": "AUTO",
        "DetectionAttributes": ["DEFAULT"],
    }
    stub.add_response("index_faces", {"FaceRecords": [record], "FaceModelVersion": "7.0"}, expected)
    indexed = gallery.index(PHOTO)
    assert (indexed.id, indexed.face) == (FACE_ID, FACE)


def test_a_face_that_is_not_clear_enough_is_refused_with_the_reasons(gallery, stub):
    unindexed = [{"Reasons": ["LOW_SHARPNESS", "LOW_BRIGHTNESS"], "FaceDetail": DETAIL}]
    stub.add_response("index_faces", {"FaceRecords": [], "UnindexedFaces": unindexed, "FaceModelVersion": "7.0"})
    with pytest.raises(LowQualityError) as refused:
        gallery.index(PHOTO)
    assert refused.value.reasons == ("LOW_BRIGHTNESS", "LOW_SHARPNESS")


def test_a_photo_without_a_face_cannot_be_indexed(gallery, stub):
    stub.add_response("index_faces", {"FaceRecords": [], "UnindexedFaces": [], "FaceModelVersion": "7.0"})
    with pytest.raises(NoFaceError):
        gallery.index(PHOTO)


def test_each_association_has_a_token_of_its_own(gallery, stub):
    # The stub refuses parameters that it does not expect: the token is the SDK's, new for each call.
    answer = {"AssociatedFaces": [{"FaceId": FACE_ID}], "UserStatus": "ACTIVE"}
    stub.add_response("associate_faces", answer, {"CollectionId": "faces", "UserId": PERSON, "FaceIds": [FACE_ID]})
    assert gallery.associate(PHOTO, FACE_ID)


@pytest.mark.parametrize(("status", "searchable"), [("ACTIVE", True), ("UPDATING", False)])
def test_an_associated_face_is_searchable_once_the_person_is_active(gallery, stub, status, searchable):
    stub.add_response("associate_faces", {"AssociatedFaces": [{"FaceId": FACE_ID}], "UserStatus": status})
    assert gallery.associate(PHOTO, FACE_ID) is searchable


@pytest.mark.parametrize(
    ("reason", "failure"),
    [
        ("ASSOCIATED_TO_A_DIFFERENT_USER", DuplicatePersonError),
        ("LOW_MATCH_CONFIDENCE", FaceMismatchError),
        ("FACE_NOT_FOUND", ServiceBusyError),
    ],
)
def test_a_failure_inside_a_success_is_a_failure(gallery, stub, reason, failure):
    failed = {"FaceId": FACE_ID, "Reasons": [reason]}
    stub.add_response("associate_faces", {"UnsuccessfulFaceAssociations": [failed]})
    with pytest.raises(failure):
        gallery.associate(PHOTO, FACE_ID)


def test_a_face_that_is_the_persons_already_is_not_named_by_rekognition_and_is_no_failure(gallery, stub):
    stub.add_response("associate_faces", {"AssociatedFaces": [], "UserStatus": "ACTIVE"})
    assert gallery.associate(PHOTO, FACE_ID) is True


@pytest.mark.parametrize(
    "answer", [{}, {"AssociatedFaces": [{"FaceId": "99999999-2222-3333-4444-555555555555"}], "UserStatus": "ACTIVE"}]
)
def test_an_association_that_is_not_confirmed_is_no_association(gallery, stub, answer):
    stub.add_response("associate_faces", answer)
    with pytest.raises(ServiceBusyError):
        gallery.associate(PHOTO, FACE_ID)


def test_a_full_person_takes_no_more_faces(gallery, stub):
    stub.add_client_error("associate_faces", "ServiceQuotaExceededException")
    with pytest.raises(TooManyFacesError):
        gallery.associate(PHOTO, FACE_ID)


def test_a_person_who_was_removed_meanwhile_takes_no_faces(gallery, stub):
    stub.add_client_error("associate_faces", "ResourceNotFoundException")
    with pytest.raises(PersonErasingError):
        gallery.associate(PHOTO, FACE_ID)


def test_two_faces_of_one_person_at_once_are_no_failure_but_one_waits(gallery, stub):
    stub.add_client_error("associate_faces", "ConflictException", http_status_code=400)
    with pytest.raises(ServiceBusyError):
        gallery.associate(PHOTO, FACE_ID)


def test_a_face_of_a_person_who_is_changing_is_removed_later(gallery, stub):
    stub.add_client_error("disassociate_faces", "ConflictException", http_status_code=400)
    with pytest.raises(ServiceBusyError):
        gallery.remove(PHOTO, FACE_ID)


def test_a_face_is_taken_from_its_person_before_it_is_deleted(gallery, stub):
    stub.add_response("disassociate_faces", {})
    stub.add_response("delete_faces", {"DeletedFaces": [FACE_ID]})
    gallery.remove(PHOTO, FACE_ID)


def test_removing_what_is_gone_is_no_failure(gallery, stub):
    stub.add_client_error("disassociate_faces", "ResourceNotFoundException")
    failed = {"FaceId": FACE_ID, "Reasons": ["FACE_NOT_FOUND"]}
    stub.add_response("delete_faces", {"UnsuccessfulFaceDeletions": [failed]})
    gallery.remove(PHOTO, FACE_ID)


def test_a_face_that_could_not_be_deleted_is_tried_again(gallery, stub):
    stub.add_response("disassociate_faces", {})
    failed = {"FaceId": FACE_ID, "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}
    stub.add_response("delete_faces", {"UnsuccessfulFaceDeletions": [failed]})
    with pytest.raises(ServiceBusyError):
        gallery.remove(PHOTO, FACE_ID)
