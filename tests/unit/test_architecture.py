"""Imports point inward: `handlers -> domain <- adapters`, and constructs know nothing of this project's functions."""

import ast
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LAMBDAS = PROJECT / "lambdas"
CONSTRUCTS = PROJECT / "infra" / "constructs"


def _modules(folder, root):
    """Dotted names of the modules below a folder."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(folder.rglob("*.py"))
    }


def _imports(path):
    """Dotted names that a file imports, at its top or in its functions, for the type checker or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports would escape these tests"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _top(name):
    return name.partition(".")[0]


def _params(folder, root=LAMBDAS):
    return [pytest.param(path, id=name) for name, path in _modules(folder, root).items()]


@pytest.mark.parametrize("path", _params(LAMBDAS / "domain"))
def test_the_domain_needs_the_standard_library_alone(path):
    assert {_top(name) for name in _imports(path)} <= sys.stdlib_module_names | {"domain"}


@pytest.mark.parametrize("path", _params(LAMBDAS / "adapters"))
def test_adapters_know_the_domain_and_no_handler(path):
    assert not {name for name in _imports(path) if _top(name) in {"handlers", "infra", "local"}}


@pytest.mark.parametrize("path", _params(LAMBDAS / "handlers"))
def test_only_the_wiring_joins_handlers_and_adapters(path):
    if LAMBDAS / "handlers" / "wiring" in path.parents:
        return
    assert not {name for name in _imports(path) if _top(name) in {"adapters", "boto3", "botocore", "infra", "local"}}


@pytest.mark.parametrize("path", _params(CONSTRUCTS, PROJECT))
def test_constructs_could_be_taken_into_another_project_as_they_are(path):
    ours = {name for name in _imports(path) if (PROJECT / _top(name)).is_dir() or (LAMBDAS / _top(name)).is_dir()}
    assert not {name for name in ours if not name.startswith("infra.constructs")}
    assert {_top(name) for name in _imports(path)} - {_top(name) for name in ours} <= sys.stdlib_module_names | {
        "aws_cdk",
        "constructs",
    }


@pytest.mark.parametrize("path", _params(PROJECT / "infra", PROJECT))
def test_the_infrastructure_shares_the_names_of_metrics_with_the_functions_and_no_other_code(path):
    shared = {"domain", "domain.metrics", "domain.metrics.Metric"}
    assert {name for name in _imports(path) if _top(name) in {"adapters", "domain", "handlers"}} <= shared


@pytest.mark.parametrize("path", _params(LAMBDAS))
def test_nothing_reads_the_table_from_end_to_end(path):
    """No request grows with all that is stored: neither a scan nor a statement of PartiQL, which may be one."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    called = {node.attr for node in tree if isinstance(node, ast.Attribute)}
    assert not {name for name in called if name == "scan" or name.endswith("execute_statement")}
