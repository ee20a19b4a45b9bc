"""The control: on series made by hand, what stands for CloudWatch in these tests does what AWS documents of it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.alarms.cloudwatch import Alarm, Metrics, State, calculated

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ALARM = {
    "Namespace": "Faces",
    "MetricName": "Late",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Threshold": 1,
    "AlarmActions": ["topic"],
    "OKActions": ["topic"],
}


def series(text, name="Late"):
    """Datapoints of the minutes up to noon: 0 good, X bad, - missing."""
    metrics, points = Metrics(), text.split()
    for n, point in enumerate(points):
        if point != "-":
            at = NOON - (len(points) - n) * timedelta(minutes=1)
            metrics.put("Faces", name, {}, [1 if point == "X" else 0], at=at)
    return metrics


def state(points, **changes):
    alarm = Alarm(ALARM | changes, str)
    alarm.evaluate(series(points), NOON)
    return alarm.state


@pytest.mark.parametrize(
    ("points", "missing", "breaching", "not_breaching"),
    [  # three of three, as in the table of the documentation
        ("0 - X - X", "OK", "OK", "OK"),
        ("- - - - 0", "OK", "OK", "OK"),
        ("- - - - -", "INSUFFICIENT_DATA", "ALARM", "OK"),
        ("0 X X - X", "ALARM", "ALARM", "ALARM"),
        ("- - X - -", "ALARM", "ALARM", "OK"),
    ],
)
def test_missing_data_is_made_up_for_as_documented(points, missing, breaching, not_breaching):
    expected = {"missing": missing, "breaching": breaching, "notBreaching": not_breaching}
    assert {treated: state(points, TreatMissingData=treated) for treated in expected} == expected


@pytest.mark.parametrize(
    ("points", "missing", "breaching", "not_breaching"),
    [  # two of three, likewise
        ("0 0 X 0 X", "ALARM", "ALARM", "ALARM"),
        ("0 0 X 0 0", "OK", "OK", "OK"),
        ("0 - X - -", "OK", "ALARM", "OK"),
        ("- - - - 0", "OK", "ALARM", "OK"),
        ("- - - X -", "ALARM", "ALARM", "OK"),
    ],
)
def test_so_many_of_so_many_periods_have_to_be_bad(points, missing, breaching, not_breaching):
    expected = {"missing": missing, "breaching": breaching, "notBreaching": not_breaching}
    found = {treated: state(points, TreatMissingData=treated, DatapointsToAlarm=2) for treated in expected}
    assert found == expected


def test_a_period_that_has_not_ended_does_not_count_and_values_add_up_within_one():
    metrics = Metrics()
    for at in (0, 20, 40, 70):
        metrics.put("Faces", "Late", {}, [1, 2], at=NOON + timedelta(seconds=at))
    alarm = Alarm(ALARM | {"EvaluationPeriods": 1, "Threshold": 9, "TreatMissingData": "notBreaching"}, str)
    for seconds in (59, 61, 240):
        alarm.evaluate(metrics, NOON + timedelta(seconds=seconds))
    assert alarm.told == [State.OK, State.ALARM, State.OK]


@pytest.mark.parametrize(
    ("statistic", "bad"), [("Sum", True), ("Maximum", True), ("Minimum", False), ("SampleCount", True)]
)
def test_a_statistic_is_of_all_values_of_the_period(statistic, bad):
    metrics = Metrics()
    metrics.put("Faces", "Late", {}, [0, 2, 0], at=NOON - timedelta(seconds=30))
    alarm = Alarm(
        ALARM | {"Statistic": statistic, "EvaluationPeriods": 1, "Threshold": 2, "TreatMissingData": "missing"}, str
    )
    alarm.evaluate(metrics, NOON)
    assert (alarm.state is State.ALARM) is bad


@pytest.mark.parametrize(
    "other", [{"Namespace": "Doors"}, {"MetricName": "Lost"}, {"Dimensions": [{"Name": "a", "Value": "b"}]}]
)
def test_another_namespace_name_or_dimension_is_another_metric(other):
    assert state("X X X X X", TreatMissingData="notBreaching", **other) is State.OK
    assert state("X X X X X", TreatMissingData="notBreaching") is State.ALARM


def test_silence_is_told_once_there_was_something_to_hear_and_not_before():
    changes = {"ComparisonOperator": "LessThanThreshold", "EvaluationPeriods": 1, "TreatMissingData": "missing"}
    alarm = Alarm(ALARM | changes | {"InsufficientDataActions": ["topic"]}, str)
    metrics = Metrics()
    alarm.evaluate(metrics, NOON)
    assert alarm.told == []
    metrics.put("Faces", "Late", {}, [1], at=NOON)
    for minute in range(1, 10):
        alarm.evaluate(metrics, NOON + timedelta(minutes=minute))
    assert alarm.told == [State.OK, State.INSUFFICIENT_DATA]


@pytest.mark.parametrize(
    ("expression", "values", "result"),
    [
        ("100 * a / (a + FILL(b, 0))", {"a": 1, "b": 3}, 25),
        ("100 * a / (a + FILL(b, 0))", {"a": 1, "b": None}, 100),
        ("100 * a / (a + FILL(b, 0))", {"a": None, "b": 3}, None),
        ("a / b", {"a": 1, "b": 0}, None),
        ("a - 2", {"a": 1}, -1),
    ],
)
def test_an_expression_is_calculated_point_by_point(expression, values, result):
    assert calculated(expression, values) == result


@pytest.mark.parametrize("expression", ["MAX(METRICS())", "a ** 2", "SEARCH('x', 'Sum', 300)"])
def test_what_is_not_understood_is_not_guessed(expression):
    with pytest.raises(NotImplementedError):
        calculated(expression, {"a": 1})
    with pytest.raises(NotImplementedError):
        state("X X X", TreatMissingData="ignore")
