"""What the guides say of the stages is so, and their pieces of a CDK app can be synthesized."""

# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def prod():
    from infra.stage import Stage

    return Stage.named("prod")


@pytest.fixture
def stack(new_app):
    """A stack of somebody else's, with two functions and the names that the pages take for granted."""
    import aws_cdk
    from aws_cdk import aws_lambda as lambda_

    stack = aws_cdk.Stack(new_app(), "Elsewhere")

    def function(id):
        code = lambda_.Code.from_inline("def handler(event, context): ...")
        return lambda_.Function(stack, id, runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)

    names = {
        "self": stack,
        "function": function("Function"),
        "another_function": function("Another"),
        "opener": function("Opener"),
        "camera_sub": "2f1e4c5a-0001-4a6b-9f8e-0123456789ab",
        "people_who_may_in": ["per_01M8691Q7WX4J5H2N0V6T3K9RA"],
        "certificate_arn": "arn:aws:acm:eu-central-1:111122223333:certificate/1",
    }
    return stack, names


def block(page, language):
    """The only block of that kind."""
    [found] = re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return found


@pytest.mark.parametrize(
    ("page", "language", "made"),
    [
        ("README.md", "python", {"AWS::Rekognition::Collection", "AWS::S3::Bucket", "AWS::ApiGatewayV2::Route"}),
        ("docs/events.md", "python", {"AWS::Events::Rule"}),
        (
            "docs/guide-deployment.md",
            "python domain",
            {"AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping"},
        ),
    ],
)
def test_what_a_page_shows_of_a_cdk_app_can_be_synthesized(stack, page, language, made):
    from aws_cdk import assertions

    somewhere, names = stack
    exec(block(ROOT / page, language), names)  # noqa: S102 - our own
    resources = assertions.Template.from_stack(somewhere).to_json()["Resources"]
    assert made <= {resource["Type"] for resource in resources.values()}


def test_the_deployment_guide_shows_how_to_make_a_stage(prod):
    from dataclasses import replace

    names = {"PROD": prod, "replace": replace}
    exec(block(DOCS / "guide-deployment.md", "python stage"), names)  # noqa: S102 - our own
    assert names["STAGING"].name == "staging"


def test_the_deployment_guide_tells_every_setting_of_the_context_and_no_other_is_shown():
    from app import SETTINGS

    text = (DOCS / "guide-deployment.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (`[a-z_`, ]+) \|", text, re.MULTILINE)
    assert set(re.findall(r"[a-z_]+", " ".join(listed))) == set(SETTINGS)
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
        shown = page.read_text(encoding="utf-8")
        given = re.findall(r'CONTEXT="([^"]+=[^"]+)"', shown) + re.findall(r"-c ([a-z_]+=)", shown)
        assert {name for one in given for name in re.findall(r"([a-z_]+)=", one)} <= set(SETTINGS), page


def test_the_readme_names_the_version_that_the_constructs_are_tested_with():
    [pinned] = re.findall(r'"aws-cdk-lib==(\d+\.\d+)\.', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"({pinned} is what is\ntested here)" in (ROOT / "README.md").read_text(encoding="utf-8")


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
