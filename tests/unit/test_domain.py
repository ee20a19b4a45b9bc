"""Small rules of the domain."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import times
from domain.decisions import DecisionPolicy
from domain.errors import InvalidCursorError
from domain.faces import Box, Decision, DetectedFace, Match
from domain.ids import Kind, is_id, new_id
from domain.pages import CursorSealer
from domain.people import folded
from domain.photos import PREFIX, parse_key

FACE = DetectedFace(Box(0, 0, 1, 1), 99)
POLICY = DecisionPolicy(match_threshold=95, review_threshold=80)
# Hypothesis adds the zone.
instants = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("similarities", "decision"),
    [
        ([], Decision.UNKNOWN),
        ([79.9], Decision.UNKNOWN),
        ([80], Decision.REVIEW),
        ([94.9], Decision.REVIEW),
        ([95], Decision.MATCHED),
        ([99, 94.9], Decision.MATCHED),
        ([99, 95], Decision.REVIEW),
        ([94, 93], Decision.REVIEW),
    ],
)
def test_one_certain_candidate_is_a_match_and_any_doubt_is_a_review(similarities, decision):
    matches = [Match(f"per_{n}", similarity) for n, similarity in enumerate(similarities)]
    decided = POLICY.decide(0, FACE, list(reversed(matches)))
    assert decided.decision is decision
    assert decided.person_id == ("per_0" if decision is Decision.MATCHED else None)
    assert bool(decided.candidates) == (decision is Decision.REVIEW)


def test_a_face_that_was_not_searched_is_not_unknown():
    assert POLICY.decide(0, FACE, None).decision is Decision.NOT_SEARCHED


@pytest.mark.parametrize("thresholds", [(80, 95), (101, 80), (95, -1)])
def test_thresholds_that_make_no_sense_are_refused(thresholds):
    with pytest.raises(ValueError, match="thresholds"):
        DecisionPolicy(*thresholds)


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (Box(0, 0, 0.2, 0.2), 1.0),
        (Box(0.5, 0.5, 0.2, 0.2), 0.0),
        (Box(0.2, 0, 0.2, 0.2), 0.0),
        (Box(0.1, 0, 0.2, 0.2), 1 / 3),
        (Box(0, 0, 0.1, 0.2), 0.5),
    ],
)
def test_overlap_is_intersection_over_union(other, overlap):
    assert Box(0, 0, 0.2, 0.2).overlap(other) == pytest.approx(overlap)


@given(instants, instants)
def test_ids_sort_by_the_time_of_their_making(one, other):
    earlier, later = sorted([one, other])
    made = new_id(Kind.PERSON, earlier), new_id(Kind.PERSON, later + timedelta(milliseconds=1))
    assert made[0] < made[1]
    assert is_id(made[0], Kind.PERSON)
    assert not is_id(made[0], Kind.RECOGNITION)


@given(st.text())
def test_no_text_breaks_the_parsing_of_keys(text):
    assert parse_key(text) is None
    assert parse_key(PREFIX + text) is None


@given(instants, instants)
def test_the_text_of_instants_sorts_as_they_do(one, other):
    texts = times.to_text(one), times.to_text(other)
    cut = [when.replace(microsecond=when.microsecond // 1000 * 1000) for when in (one, other)]
    assert (texts[0] < texts[1]) == (cut[0] < cut[1])
    assert [times.from_text(text) for text in texts] == cut


def test_an_instant_of_another_zone_is_told_in_utc():
    berlin = datetime(2026, 11, 24, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    assert times.to_text(berlin) == "2026-11-24T08:00:00.000Z"
    with pytest.raises(ValueError, match="time zone"):
        times.from_text("2026-11-24T08:00:00")


@given(st.text(min_size=1), st.lists(st.text(), max_size=3))
def test_a_cursor_opens_for_its_own_scope_only(position, scope):
    sealer = CursorSealer(b"k" * 32)
    cursor = sealer.seal(position, *scope)
    assert sealer.open(cursor, *scope) == position
    for other in ([*scope, ""], ["x", *scope], scope[1:] if scope else ["y"]):
        with pytest.raises(InvalidCursorError):
            sealer.open(cursor, *other)
    with pytest.raises(InvalidCursorError):
        CursorSealer(b"l" * 32).open(cursor, *scope)


@given(st.text(max_size=200))
def test_no_text_is_a_cursor_by_chance(text):
    with pytest.raises(InvalidCursorError):
        CursorSealer(b"k" * 32).open(text, "scope")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ADA  Lovelace", "ada lovelace"),
        ("Straße", "strasse"),
        ("Ｆｕｌｌ", "full"),
        ("\u0130brahim", "ibrahim"),
        ("I\u015eIK", "i\u015fik"),
        ("\u0131\u015f\u0131k", "i\u015fik"),
        ("Jose\u0301", "jos\u00e9"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u0631\u0636\u0627"),
    ],
)
def test_names_are_compared_without_case_width_and_runs_of_spaces(name, expected):
    assert folded(name) == expected


def test_a_letter_is_found_whether_it_is_written_large_or_small_composed_or_not():
    for letter in filter(str.isalpha, map(chr, range(0x3000))):
        written = [letter, letter.upper(), letter.lower(), unicodedata.normalize("NFD", letter)]
        assert len({folded(one) for one in written}) == 1, written
