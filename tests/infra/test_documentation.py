"""What the guides say of the stages is so."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def prod():
    from infra.stage import Stage  # noqa: PLC0415 - starts node

    return Stage.named("prod")


def test_the_data_protection_guide_tells_how_long_prod_keeps_things(prod):
    guide = (DOCS / "guide-data-protection.md").read_text(encoding="utf-8")
    for what, days in [
        ("photos to recognize or to verify", prod.photo_days),
        ("results: boxes", prod.result_days),
        ("sightings: who was seen when", prod.result_days),
        ("audit: who learned of whom", prod.audit_days),
    ]:
        assert re.search(rf"^\| {what}.*\| {days} days \|$", guide, re.MULTILINE), what


def test_the_operators_guide_tells_the_thresholds(prod):
    guide = (DOCS / "guide-operators.md").read_text(encoding="utf-8")
    assert f"(`match_threshold`) | {prod.match_threshold:g} |" in guide
    assert f"(`review_threshold`) | {prod.review_threshold:g} |" in guide
