"""One deployment in one cloud for the whole run, driven over HTTP with real tokens and the real face model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client import FacesClient
from local.run import SAMPLES
from tests.e2e.support import LedgerView, registered


@pytest.fixture(scope="session")
def samples() -> Path:
    assert SAMPLES.exists(), "the sample photos are missing: run `python3 -m local.setup`"
    return SAMPLES


@pytest.fixture
def operator(deployed) -> Iterator[FacesClient]:
    with deployed.client("operator") as client:
        yield client


@pytest.fixture
def admin(deployed) -> Iterator[FacesClient]:
    with deployed.client("admin") as client:
        yield client


@pytest.fixture
def user(deployed) -> Iterator[FacesClient]:
    with deployed.client("user") as client:
        yield client


@pytest.fixture(scope="session")
def obama(deployed, samples) -> str:
    """The id of somebody registered."""
    return registered(deployed, "Barack Obama", samples / "obama-2005.jpg")


@pytest.fixture(scope="session")
def ardern(deployed, samples) -> str:
    """The id of somebody else registered."""
    return registered(deployed, "Jacinda Ardern", samples / "ardern-2018.jpg")


@pytest.fixture
def ledger(cloud) -> LedgerView:
    return LedgerView(cloud.ledger)
