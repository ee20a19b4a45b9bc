import json

import pytest
from cfnlint.api import ManualArgs, lint

# Findings that are not errors, with the reason for which each is left.
ACCEPTED = {
    "W3005",  # the CDK writes that a function depends on its role, which the reference to the role says already
}


@pytest.mark.parametrize("trigger", ["queue", "direct"])
@pytest.mark.parametrize("stage", ["local", "dev", "prod"])
def test_cfn_lint_finds_nothing(synth, stage, trigger):
    findings = lint(json.dumps(synth(stage, trigger).body), config=ManualArgs(regions=["us-east-1"]))
    assert [str(finding) for finding in findings if finding.rule.id not in ACCEPTED] == []
