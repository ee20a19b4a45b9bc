"""The documents name what there is."""

import re
from pathlib import Path

from domain.metrics import METRICS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def sections(document):
    """Anchors of a document's sections, as a browser knows them."""
    titles = re.findall(r"^## (.+)$", (DOCS / document).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_each_alarm_names_a_section_of_the_runbook_and_each_section_is_some_alarms(definitions):
    texts = [alarm["AlarmDescription"] for alarm in definitions[0].values()]
    assert {text.partition("docs/runbook.md#")[2] for text in texts} == sections("runbook.md")


def test_each_alarm_is_named_in_the_runbook(definitions):
    runbook = (DOCS / "runbook.md").read_text(encoding="utf-8")
    by_function = r"(Requests|Immediate|Photos|Eraser|Announcer|Reconciler)(Errors|Throttles)"
    for name in definitions[0]:
        per_function = re.fullmatch(by_function, name)
        assert f"`<function>{per_function[2]}`" in runbook if per_function else f"`{name}`" in runbook, name


def test_the_number_of_alarms_is_the_one_that_is_named_and_paid_for(definitions):
    text = (DOCS / "observability.md").read_text(encoding="utf-8")
    assert re.findall(r"(\d+) alarms \(0\.10 dollars each\)", text) == [str(len(definitions[0]))]


def test_each_metric_is_documented_with_its_unit_and_its_dimension():
    text = (DOCS / "observability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)`(?: by `(\w+)`)? \| (\w+) \|", text, re.MULTILINE)
    assert rows == [(metric.name, metric.dimension or "", metric.unit) for metric in METRICS.values()]
