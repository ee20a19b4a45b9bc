"""The alarms of prod's template, over a site whose functions are the real ones."""

import pytest

from tests.alarms.cloudwatch import Alarm
from tests.alarms.site import Site
from tests.infra.conftest import new_app, synth
from tests.unit.conftest import (
    aws,
    call,
    clients_are_made_once,
    cloud,
    lambda_context,
    moto_is_faster,
    shared_clients,
    written,
)

__all__ = [
    "aws",
    "call",
    "clients_are_made_once",
    "cloud",
    "lambda_context",
    "moto_is_faster",
    "new_app",
    "shared_clients",
    "synth",
    "written",
]


@pytest.fixture(scope="session")
def definitions(synth):
    """Properties of each alarm, by its name, and what resolves their references."""
    template = synth("prod")
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    return {path.partition("/")[2]: properties for path, properties in alarms.items()}, template.text


@pytest.fixture
def site(definitions, cloud, call, lambda_context, written, monkeypatch):  # noqa: PLR0917 - fixtures
    """A site where everything is well, and has been for an hour."""
    properties, text = definitions
    monkeypatch.setenv("METRICS_NAMESPACE", "Faces-prod")
    alarms = {name: Alarm(found, text) for name, found in properties.items()}
    site = Site(cloud, call, lambda_context, written=written, monkeypatch=monkeypatch, alarms=alarms)
    site.ordinary(minutes=60, step=15)
    return site
