"""Tests of what happens when things fail. They run as a short form with the other tests, and as a long one.

FAULTS_LONG=1    the long form
FAULTS_SEED=...  the dice of an earlier run, which every run prints
"""

import os
import random

import pytest

from local.samples import fetch
from tests import figures

LONG = bool(os.environ.get("FAULTS_LONG"))


@pytest.fixture(scope="session")
def long_form():
    """Whether there is time."""
    return LONG


@pytest.fixture(scope="session")
def seed():
    """What all dice are cast from."""
    seed = int(os.environ["FAULTS_SEED"])
    print(f"FAULTS_SEED={seed}")
    figures.record("reliability", seed=seed)
    return seed


@pytest.fixture
def chance(seed, request):
    """Dice of a test's own."""
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture(scope="session")
def samples():
    """The sample photos' bytes by name, without extension."""
    return {path.stem: path.read_bytes() for path in fetch().iterdir()}
