"""JSON or CSV, by what HTTP says of Accept; and CSV as RFC 4180 has it, harmless in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotAcceptableError
from handlers.api.csv_text import csv_text
from handlers.api.negotiation import CSV, JSON, negotiated

from .conftest import as_operator

OFFERED = (JSON, CSV)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/json",
        "application/*",
        "APPLICATION/JSON",
        "application/json; charset=UTF-8",
        "text/html, application/xhtml+xml, */*;q=0.8",
        "text/csv, application/json",
        "text/csv;q=0.5, application/json",
        "text/csv;q=0, */*",
        "text/*;q=0.1, */*",
        "application/problem+json, application/json",
        "application/json, text/csv;q=nonsense",
    ],
)
def test_json_is_given_when_it_is_liked_as_much_as_csv_or_more(accept):
    assert negotiated(accept, OFFERED) is JSON


@pytest.mark.parametrize(
    "accept",
    [
        "text/csv",
        "text/*",
        "Text/CSV; Charset=utf-8",
        'text/csv; charset="UTF-8"; header=present',
        "application/json;q=0.9, text/csv",
        "application/json;q=0, */*;q=0.1",
        "*/*;q=0.5, text/csv",
        "*/*, application/*;q=0.5",
        "text/csv; header=absent, text/csv;q=0.2",
        ",text/csv,",
    ],
)
def test_csv_is_given_when_it_is_liked_better(accept):
    assert negotiated(accept, OFFERED) is CSV


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml, image/*",
        "*/*;q=0",
        "text/csv; charset=iso-8859-1",
        "text/csv; header=absent",
        "application/json; version=2",
        "json",
        "csv/*",
        "*/csv",
        "text/csv;q=2",
        "application/json;q=0, text/csv;q=0.0, */*",
    ],
)
def test_nothing_is_given_that_is_not_accepted(accept):
    with pytest.raises(NotAcceptableError):
        negotiated(accept, OFFERED)


def test_a_request_that_accepts_neither_is_answered_406_and_nothing_is_recorded(call, cloud):
    status, problem, headers = as_operator(call)(
        "GET", "/attendance", query={"date": "2026-11-24"}, headers={"accept": "application/xml"}
    )
    assert (status, problem["code"]) == (406, "not_acceptable")
    assert headers["content-type"] == "application/problem+json"
    assert cloud.dynamodb.scan(TableName="faces")["Items"] == []


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1)))
def test_csv_reads_back_as_it_was_written_but_for_what_would_be_a_formula(rows):
    text = csv_text(rows)
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert text.count("\r\n") >= len(rows)
    for cell in (cell for row in read for cell in row):
        assert not cell.startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))


def test_csv_is_quoted_and_ends_its_lines_as_the_rfc_says():
    assert csv_text([("name", "n"), ('a "b", c\n', 1.5), (None, "-1")]) == (
        '"name","n"\r\n"a ""b"", c\n","1.5"\r\n"","\'-1"\r\n'
    )
