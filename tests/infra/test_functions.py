# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import json
from pathlib import Path

import pytest

from infra.packaging import PackagingError

BUNDLING = {"aws:cdk:bundling-stacks": ["**"]}


@pytest.fixture
def without_interpreter(monkeypatch):
    """A machine without a Python of the runtime's version."""
    monkeypatch.setattr("infra.packaging.find_interpreter", lambda _: None)


def _warnings(app):
    (stack,) = app.synth().stacks
    return [message.entry.data for message in stack.messages if message.level.name == "WARNING"]


def test_without_the_runtime_s_python_there_is_one_warning_and_no_byte_code(new_app, without_interpreter):
    import aws_cdk

    from infra.functions import target_of
    from infra.stage import DEV

    app = new_app(**BUNDLING)
    target = target_of(aws_cdk.Stack(app, "Faces-dev"), DEV)
    assert target.interpreter is None
    assert "without byte code" in str(target)
    (warning,) = _warnings(app)
    assert "no python3.13 found" in str(warning)


def test_prod_refuses_to_be_packaged_without_the_runtime_s_python(new_app, without_interpreter):
    import aws_cdk

    from infra.functions import target_of
    from infra.stage import PROD

    with pytest.raises(PackagingError, match=r"stage prod refuses that: install Python 3\.13"):
        target_of(aws_cdk.Stack(new_app(**BUNDLING), "Faces-prod"), PROD)


def test_commands_that_package_nothing_need_no_python_of_the_runtime_s_version(new_app, without_interpreter):
    import aws_cdk

    from infra.functions import target_of
    from infra.stage import PROD

    app = new_app()
    target_of(aws_cdk.Stack(app, "Faces-prod"), PROD)
    assert not _warnings(app)


def test_locally_functions_are_packaged_for_this_machine(new_app, without_interpreter):
    import aws_cdk

    from infra.functions import target_of
    from infra.packaging import Target
    from infra.stage import LOCAL

    assert target_of(aws_cdk.Stack(new_app(**BUNDLING), "Faces-local"), LOCAL) == Target.this_machine()


def test_a_package_that_was_not_built_is_never_taken_for_one_that_was(new_app, monkeypatch, tmp_path):
    from infra.packaging import Package
    from infra.stack import FacesStack
    from infra.stage import DEV

    (tmp_path / "built.py").write_text("")
    monkeypatch.setattr(Package, "build", lambda _: tmp_path)

    def assets(app):
        FacesStack(app, "Faces-dev", stage=DEV)
        manifest = Path(app.synth().directory) / "Faces-dev.assets.json"
        return {name for name, file in json.loads(manifest.read_text())["files"].items()
                if file["source"]["packaging"] == "zip"}  # fmt: skip

    assert assets(new_app()).isdisjoint(assets(new_app(**BUNDLING)))
