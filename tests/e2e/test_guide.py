"""The guide for client developers says what works: its code is run as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.e2e.support import eventually

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide-clients.md"
COMMANDS = {
    "bash": ["bash", "-s"],
    "python": [sys.executable, "-"],
    "javascript": ["node", "--input-type=module", "-"],
}


def code(language):
    """All blocks of a language, in their order."""
    return "\n".join(
        re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    )


@pytest.fixture
def photos(samples, tmp_path):
    """Two photos of somebody whom no other test registers; the second is the first one mirrored."""
    mirrored = tmp_path / "mirrored.jpg"
    with Image.open(samples / "sunak.jpg") as photo:
        ImageOps.mirror(photo).save(mirrored, quality=95)
    return {"PHOTO": str(samples / "sunak.jpg"), "OTHER_PHOTO": str(mirrored)}


@pytest.fixture
def nobody_is_left(deployed):
    """Erase whom the guide has registered: other tests take the same person for a stranger."""
    yield
    with deployed.client("admin") as admin:
        for language in ("Curl", "Python", "JavaScript"):
            for person in admin.people(name_prefix=f"{language} Example"):
                assert erased(admin, person.id)


def erased(admin, person_id):
    begun = admin.call("DELETE", f"/people/{person_id}")
    return eventually(lambda: admin.call("GET", f"/erasures/{begun['id']}")["status"] == "complete", bool)


@pytest.mark.parametrize("language", ["bash", "python", "javascript"])
def test_the_code_of_the_guide_works_as_it_stands(deployed, photos, nobody_is_left, language):
    token = deployed.session("operator").access_token()
    environment = os.environ | photos | {"API": deployed.url, "TOKEN": token, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        COMMANDS[language],
        input=code(language),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "succeeded" in done.stdout
    assert "matched" in done.stdout
    assert "rejected" not in done.stdout
    assert f"{'Curl' if language == 'bash' else language.title()} Example".lower() in done.stdout.lower()
    assert re.search(r'"verified": ?true|^true$|^True$', done.stdout, re.MULTILINE)


def test_the_session_of_the_guide_signs_in(deployed):
    deployed.session("operator")  # who has to be there
    block = code("python sign-in")
    for said, so in {
        "the output UserPoolId": deployed.pool.pool_id,
        '"the output UserPoolClientId"': f'"{deployed.pool.client_id}", endpoint_url="{deployed.cloud.endpoint}"',
        "the output ApiUrl": deployed.url,
        "me@example.com": "operator@example.com",
    }.items():
        assert said in block
        block = block.replace(said, so)
    names = {"password": deployed.password("operator")}
    exec(block, names)  # noqa: S102 - the guide's own
    with names["faces"] as faces:
        assert faces.me().roles == ("operator",)
