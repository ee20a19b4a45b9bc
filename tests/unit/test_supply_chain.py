"""Everything that is installed is pinned to hashes, its licence is known and accepted, and no secret is in the tree."""

import json
import re
import tomllib

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools import licences, sbom, secret_scan
from tools.files import ROOT, tracked
from tools.locks import LOCKS, LockError, read

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_to_a_version_and_to_hashes(name):
    packages = read(LOCKS[name])
    assert packages
    for package in packages:
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}|sha512-[A-Za-z0-9+/]{86}==", one) for one in package.hashes)


def test_every_list_of_packages_is_a_lock():
    files = tracked()
    lists = {file for file in files if re.search(r"requirements[^/]*(/[^/]+)?\.txt$|(package|npm)-[^/]*\.json$", file)}
    assert lists == {str(path.relative_to(ROOT)) for path in LOCKS.values()} - {"docs/api/viewer/version.json"}
    assert not [file for file in files if re.search(r"Pipfile|poetry|environment\.ya?ml|yarn|pnpm", file)]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a==1 \\\n    --hash=sha256:1\nb==2\n", "b has no hash"),
        ("a>=1 \\\n    --hash=sha256:1\n", "a>=1 is not pinned"),
        ("--extra-index-url https://example.com\n", "is not pinned"),
        ("a @ https://example.com/a.whl\n", "is not pinned"),
        ('{"packages": {"node_modules/a": {"version": "1"}}}', "a has no hash"),
    ],
)
def test_a_package_that_is_not_pinned_is_refused(tmp_path, text, wrong):
    path = tmp_path / ("lock.json" if text.startswith("{") else "lock.txt")
    path.write_text(text)
    with pytest.raises(LockError, match=wrong):
        read(path)


def pins(group):
    """What a group of pyproject.toml asks for, by name."""
    for one in GROUPS[group]:
        if isinstance(one, dict):
            yield from pins(one["include-group"])
        else:
            name, version = re.fullmatch(r"([\w-]+)(?:\[.*\])?==(.+)", one).groups()
            yield name.lower(), version


@pytest.mark.parametrize(
    ("lock", "group"),
    [
        *((name, name) for name in LOCKS if name.startswith("lambda-")),
        ("development", "dev"),
        ("local-aws", "local-aws"),
    ],
)
def test_the_locks_hold_what_pyproject_asks_for(lock, group):
    locked = {(package.name, package.version) for package in read(LOCKS[lock])}
    assert set(pins(group)) <= locked, "run: make lock"


def test_what_is_deployed_is_what_was_tested():
    tested = set(read(LOCKS["development"]))
    for name, path in LOCKS.items():
        if name.startswith(("lambda-", "deployment")):
            assert set(read(path)) <= tested


def test_npm_is_asked_for_exact_versions():
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    locked = {package.name: package.version for package in read(LOCKS["cdk-cli"])}
    assert asked.items() <= locked.items()


def test_nothing_is_installed_but_from_the_locks():
    installers = {}
    for file in tracked():
        if file.startswith(("tests/", "docs/")) or not file.endswith((".py", ".sh", "Makefile", "/run", ".js")):
            continue
        text = (ROOT / file).read_text(encoding="utf-8")
        if re.search(r"pip\W+(\w+\W+)?(install|download)\b|npm\W+(ci|i|install)\b", text):
            installers[file] = "--require-hashes" in text
    # The last one copies a package into the repository, where the hash in version.json pins it.
    assert installers == {
        "infra/packaging.py": True,
        "local/samples.py": True,
        "local/setup.py": True,
        "tools/viewer.py": False,
    }
    assert '"npm", "ci"' in (ROOT / "local" / "setup.py").read_text(encoding="utf-8")


def test_the_page_of_licences_is_up_to_date():
    assert licences.DOCUMENT.read_text(encoding="utf-8") == licences.document() + "\n", "run: make licences"


@pytest.mark.parametrize("name", LOCKS)
def test_every_licence_is_accepted(name):
    deployed = name.startswith(("lambda-", "api-page"))
    for package in read(LOCKS[name]):
        licence = licences.licence_of(package)
        assert licences.accepted(licence, licences.DEPLOYED if deployed else licences.ALLOWED), (package.name, licence)


@pytest.mark.parametrize(
    ("expression", "good"),
    [("MIT", True), ("GPL-3.0-only", False), ("GPL-3.0-only OR MIT", True), ("MIT AND (GPL-3.0-only)", False)],
)
def test_a_choice_needs_one_accepted_licence_and_a_sum_all(expression, good):
    assert licences.accepted(expression, licences.ALLOWED) == good


def test_what_the_viewer_is_built_from_is_accepted():
    notices = (LOCKS["api-page"].parent / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    found = re.findall(r"^=+\n\S+ \S+ \((.+)\)$", notices, re.MULTILINE)
    assert len(found) > 50
    assert all(licences.accepted(one, licences.DEPLOYED | {"Python-2.0"}) for one in found)


@pytest.mark.parametrize("name", LOCKS)
def test_a_bill_of_materials_is_valid_complete_and_the_same_each_time(name):
    bill = sbom.bill(name, LOCKS[name])
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    components = json.loads(bill)["components"]
    assert len(components) == len(read(LOCKS[name]))
    assert all(one["purl"] and one["hashes"] and one["licenses"] for one in components)
    assert sbom.bill(name, LOCKS[name]) == bill


def test_a_secret_is_found_and_its_value_is_not_told(tmp_path):
    key = "AKIA" + "QYLPMN5HFIQR7XYA"
    (tmp_path / "settings.py").write_text(f"key = {key!r}\n")
    [found] = {finding.line: finding for finding in secret_scan.findings(tmp_path, ["settings.py"])}.values()
    assert str(found).startswith("settings.py:1: ")
    assert key not in str(found)
    assert not any(secret_scan.excuses(one, found) for one in secret_scan.HARMLESS)


def test_every_exception_of_the_security_lint_names_one_check_and_a_reason():
    marks = [
        line
        for file in tracked()
        if file.endswith(".py") and not file.startswith("tests/")
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines()
        if "nosec" in line
    ]
    assert marks
    assert all(re.search(r"# nosec B\d{3}  # noqa: S\d{3} - \w+", mark) for mark in marks)


def test_without_a_repository_the_same_files_are_looked_at(tmp_path):
    (tmp_path / ".gitignore").write_text("/.venv/\n__pycache__/\n")
    for file in ("a.py", "lib/b.py", "lib/__pycache__/b.pyc", ".venv/c.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert tracked(tmp_path) == [".gitignore", "a.py", "lib/b.py"]
