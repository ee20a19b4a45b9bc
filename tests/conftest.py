"""For every test: fake AWS credentials, and no AWS configuration of whoever runs it. At the end: the figures."""

import os
import uuid

import pytest

from tests import figures


def pytest_configure():
    os.environ[figures.RUN] = uuid.uuid4().hex


def pytest_terminal_summary(terminalreporter):
    for topic, measured in figures.of_this_run().items():
        terminalreporter.section(f"figures: {topic}")
        for name, value in measured.items():
            terminalreporter.line(f"{name}: {value}")


@pytest.fixture(autouse=True)
def no_aws_but_ours(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_CA_BUNDLE"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
