import itertools

import pytest

from local.samples import fetch
from tests.endpoint.endpoint import Endpoint
from tests.endpoint.pictures import encoded, scaled

_numbers = itertools.count()


@pytest.fixture(scope="session")
def photos():
    """The sample photos' bytes by name, without extension."""
    return {path.stem: path.read_bytes() for path in fetch().iterdir()}


@pytest.fixture(scope="session")
def small(photos):
    """The same photos 240 pixels wide: looked at several times faster, for tests that need many faces."""
    return {name: encoded(scaled(data, 240)) for name, data in photos.items()}


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    """One running endpoint for the whole session; every test has collections of its own."""
    endpoint = Endpoint(tmp_path_factory.mktemp("endpoint") / "data")
    try:
        yield endpoint.start()
    finally:
        endpoint.close()


@pytest.fixture(scope="session")
def rekognition(endpoint):
    """A boto3 client that checks every raw answer against the service model."""
    return endpoint.client()


@pytest.fixture
def collection(rekognition):
    """An empty collection."""
    name = f"collection-{next(_numbers)}"
    rekognition.create_collection(CollectionId=name)
    yield name
    if name in rekognition.list_collections()["CollectionIds"]:
        rekognition.delete_collection(CollectionId=name)


@pytest.fixture
def own_endpoint(tmp_path):
    """An endpoint that a test may kill."""
    endpoint = Endpoint(tmp_path / "data")
    try:
        yield endpoint.start()
    finally:
        endpoint.close()
