"""The CDK app. It shares the names of the metrics with the functions, whose imports begin in `lambdas/`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "lambdas"))
