"""Set-up and clean-up, with small commands in place of the real ones."""

import sys

import pytest

from local import cleanup, setup
from local.cloud import LocalCloud
from local.ports import Ports
from local.setup import Part, SetupError
from tests.e2e.support import eventually


@pytest.fixture
def part(tmp_path, monkeypatch):
    """Makes a part whose commands are Python programs; each run of one leaves a line in `ran`."""
    monkeypatch.setattr(setup, "LOGS", tmp_path)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    (tmp_path / "lock").write_text("1")

    def make(*programs):
        noted = [f"open('ran', 'a').write('ran\\n')\n{program}" for program in programs]
        commands = [[sys.executable, "-c", program] for program in noted]
        return Part("thing", target=tmp_path / "made", inputs=[tmp_path / "lock"], commands=commands)

    return make


def test_what_is_up_to_date_is_not_built_again(part, tmp_path):
    thing = part("open('made', 'w')")
    setup.build([[thing]])
    setup.build([[thing]])
    assert (tmp_path / "ran").read_text() == "ran\n"


def test_another_lock_file_builds_again(part, tmp_path):
    thing = part("open('made', 'w')")
    setup.build([[thing]])
    (tmp_path / "lock").write_text("2")
    assert not thing.up_to_date()
    setup.build([[thing]])
    assert thing.up_to_date()


def test_what_was_interrupted_is_built_again(part, tmp_path):
    thing = part("open('made', 'w')", "raise SystemExit(1)")
    with pytest.raises(SetupError):
        setup.build([[thing]])
    assert (tmp_path / "made").exists()
    assert not thing.up_to_date()


def test_a_failure_shows_the_end_of_what_the_tool_said(part, capsys):
    with pytest.raises(SetupError) as failed:
        setup.build([[part("raise SystemExit('no such package')")]])
    assert str(failed.value).endswith("no such package")
    assert "failed" in capsys.readouterr().out


def test_a_missing_part_does_not_keep_the_others_from_being_built(part, tmp_path):
    other = Part("other", target=tmp_path / "other", inputs=[], commands=[[sys.executable, "-c", "open('other', 'w')"]])
    with pytest.raises(SetupError):
        setup.build([[part("raise SystemExit(1)")], [other]])
    assert other.up_to_date()


def test_clean_up_forgets_everything_but_nothing_that_is_in_use(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cleanup, "FOLDER", tmp_path)
    folder = tmp_path / "port-5000"
    with LocalCloud(folder, ports=Ports.free()):
        assert cleanup.main() == 1
        assert f"a local run uses {folder}" in capsys.readouterr().err
        assert folder.exists()
    assert cleanup.main() == 0
    assert not tmp_path.exists()


def test_the_log_of_the_run_before_is_gone_on_with_until_it_is_large(tmp_path, monkeypatch):
    cloud = LocalCloud(tmp_path, ports=Ports.free())
    cloud.logs.mkdir()
    log, before = cloud.logs / "part.log", cloud.logs / "part.log.1"

    def run(*, lines):
        cloud._start("a part", [sys.executable, "-m", "platform"], {}, log.name)  # which prints one line
        eventually(log.read_text, lambda text: text.count("\n") == lines)
        cloud.stop()
        return log.read_text().splitlines()

    log.write_text("why it ended\n")
    first, line = run(lines=2)
    assert first == "why it ended"
    monkeypatch.setattr("local.cloud.LARGEST_LOG_BYTES", 10)
    assert run(lines=1) == [line]
    assert before.read_text().splitlines() == [first, line]
