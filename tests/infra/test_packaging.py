import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from infra import packaging
from infra.packaging import Package, PackagingError, Target, find_interpreter

LAMBDAS = Path(__file__).resolve().parents[2] / "lambdas"
AWS = Target.aws_lambda_arm64()


def _package(cache, *, name="api", target=AWS):
    module = {"api": "handlers.api.app", "photos": "handlers.photos"}[name]
    return Package(
        source=LAMBDAS, module=module, lock=LAMBDAS / "requirements" / f"{name}.txt", target=target, cache=cache
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The photo function's package, built once."""
    return _package(tmp_path_factory.mktemp("cache"), name="photos").build()


def test_two_builds_in_two_folders_are_the_same_bytes(built, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    again = _package(tmp_path / "elsewhere" / "deeper", name="photos").build()
    assert again != built
    assert _fingerprint(again) == _fingerprint(built)


def test_the_wheels_are_those_of_the_runtime_and_not_of_this_machine(built):
    libraries = [path.name for path in built.rglob("PIL/*.so")]
    assert libraries
    assert all(name.endswith(".cpython-313-aarch64-linux-gnu.so") for name in libraries)


def test_byte_code_of_the_runtime_s_version_comes_along_and_is_never_checked_against_the_clock(built):
    if AWS.interpreter is None:
        pytest.skip("there is no Python of the runtime's version on this machine to compile with")
    sources = set(built.rglob("*.py"))
    compiled = {path.parent.parent / f"{path.name.partition('.')[0]}.py" for path in built.rglob("*.cpython-313.pyc")}
    assert compiled == sources
    handler = built / "handlers" / "__pycache__" / "photos.cpython-313.pyc"
    assert handler.read_bytes()[4:8] == (1).to_bytes(4, "little")  # hash-based, and not to be checked


def test_a_package_holds_what_its_function_needs_and_no_trace_of_the_build_machine(built):
    assert (built / "handlers" / "photos.py").is_file()
    assert (built / "aws_lambda_powertools").is_dir()
    assert not (built / "handlers" / "api").exists()
    assert not (built / "pydantic").exists()
    assert not (built / "boto3").exists()
    assert not (built / "bin").exists()
    assert not list(built.rglob("RECORD"))
    assert {oct(path.stat().st_mode & 0o777) for path in built.rglob("*")} == {"0o644", "0o755"}


def test_the_api_carries_no_photo_code(tmp_path):
    modules = {module.as_posix() for module in _package(tmp_path).modules}
    assert "handlers/api/app.py" in modules
    assert "handlers/photos.py" not in modules
    assert "adapters/rekognition.py" not in modules
    assert "pillow" not in (LAMBDAS / "requirements" / "api.txt").read_text()


def test_what_is_built_is_not_built_again(built, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("something was run"))
    assert _package(built.parent, name="photos").build() == built


def test_what_was_not_used_for_longest_is_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(packaging, "_KEPT", 2)
    package = _package(tmp_path, name="photos")
    for age, name in enumerate(("young", "old", package.digest)):
        folder = tmp_path / name
        folder.mkdir()
        os.utime(folder, (1000 - age, 1000 - age))
    assert package.build() == tmp_path / package.digest  # used, so the youngest now
    monkeypatch.setattr(packaging, "_install", lambda *_: None)
    other = replace(package, module="handlers.erasures").build()
    assert {path.name for path in tmp_path.iterdir()} == {package.digest, other.name}


def test_the_digest_changes_with_all_that_goes_in_and_with_nothing_else(tmp_path):
    source = tmp_path / "lambdas"
    (source / "domain").mkdir(parents=True)
    (source / "handler.py").write_text("import domain.used")
    (source / "domain" / "used.py").write_text("")
    (source / "domain" / "unused.py").write_text("")
    lock = tmp_path / "lock.txt"
    lock.write_text("")

    def digest(target=AWS):
        return Package(source=source, module="handler", lock=lock, target=target, cache=tmp_path / "cache").digest

    first = digest()
    (source / "domain" / "unused.py").write_text("changed = True")
    assert digest() == first
    seen = {first, digest(Target.this_machine()), digest(replace(AWS, python="3.14"))}
    seen.add(digest(replace(AWS, interpreter=None if AWS.interpreter else Path(sys.executable))))
    (source / "domain" / "used.py").write_text("changed = True")
    seen.add(digest())
    lock.write_text("# changed")
    seen.add(digest())
    assert len(seen) == 6


@pytest.mark.parametrize("lock", sorted((LAMBDAS / "requirements").glob("*.txt")), ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_version_and_hash(lock):
    entries = re.split(r"\n(?=[a-z])", lock.read_text())
    for entry in entries:
        if not entry.startswith("#"):
            assert re.match(r"[a-z0-9-]+==[^ ]+ ", entry)
            assert "--hash=sha256:" in entry


def test_a_wheel_with_another_hash_is_refused(tmp_path):
    lock = tmp_path / "lock.txt"
    lock.write_text(f"jmespath==1.1.0 --hash=sha256:{'0' * 64}\n")
    (tmp_path / "handler.py").write_text("")
    package = Package(
        source=tmp_path, module="handler", lock=lock, target=Target.this_machine(), cache=tmp_path / "cache"
    )
    with pytest.raises(PackagingError, match=r"pip could not install lock\.txt"):
        package.build()
    assert not list((tmp_path / "cache").iterdir())


def test_a_mirror_set_up_for_pip_is_used_and_settings_that_would_change_the_package_are_not(tmp_path, monkeypatch):
    configuration = tmp_path / "pip.conf"
    configuration.write_text(
        "[global]\nindex-url = https://mirror.example/simple\nuser = true\n[install]\npre = true\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("PIP_TRUSTED_HOST", "mirror.example")
    monkeypatch.setenv("PIP_NO_BINARY", ":all:")
    settings = {name: value for name, value in packaging._pip_environment().items() if name.startswith("PIP_")}
    assert settings["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert settings["PIP_TRUSTED_HOST"] == "mirror.example"
    assert settings["PIP_CONFIG_FILE"] == os.devnull
    assert not settings.keys() & {"PIP_USER", "PIP_PRE", "PIP_NO_BINARY", "PIP_CONSTRAINT"}


def test_a_python_that_is_only_a_name_on_path_is_not_taken_for_one(tmp_path, monkeypatch):
    shim = tmp_path / "python9.9"
    shim.write_text("#!/bin/sh\necho 'not installed' >&2\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert find_interpreter("9.9") is None


def test_the_python_that_runs_is_found():
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert find_interpreter(version) == Path(sys.executable)


def _fingerprint(root):
    return {
        path.relative_to(root).as_posix(): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in root.rglob("*")
        if path.is_file()
    }
