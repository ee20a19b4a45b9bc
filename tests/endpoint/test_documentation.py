"""docs/rekognition.md tells of every operation that is served, and of no other."""

import re

from local.rekognition.operations import OPERATIONS
from tests.endpoint.endpoint import ROOT
from tests.endpoint.shapes import COMMON_ERRORS, MODEL

ROW = re.compile(r"\| `(\w+)` \| (.+) \|")


def rows():
    return ROW.findall((ROOT / "docs" / "rekognition.md").read_text())


def test_the_page_lists_the_operations_that_are_served():
    assert [operation for operation, _ in rows()] == sorted(OPERATIONS)


def test_the_page_names_errors_that_the_operation_can_answer():
    for operation, differs in rows():
        known = {shape.name for shape in MODEL.operation_model(operation).error_shapes} | COMMON_ERRORS
        assert set(re.findall(r"`(\w+Exception)`", differs)) <= known, operation
