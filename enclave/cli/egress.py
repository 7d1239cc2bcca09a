"""``enclave egress check``: the checks the queue runs, before anything is submitted."""

from __future__ import annotations

import json
from pathlib import Path

from enclave.egress_review.offline import worst_verdict
from enclave.terms.submission import Verdict
from enclave.wiring.offline import check

EXIT = {Verdict.CLEAR: 0, Verdict.REVIEW: 1, Verdict.BLOCK: 2}


def run(paths: list[Path], *, as_json: bool) -> int:
    """Print verdict and findings per file; exit code 0 clear, 1 review, 2 block."""
    reports = check(paths)
    if as_json:
        print(json.dumps([report.as_json() for report in reports], indent=1))
    else:
        for report in reports:
            print(f"{report.name}: {report.verdict.value}")
            for finding in report.findings:
                print(f"  [{finding.rule}] {finding.severity.value}: {finding.sentence} {finding.remedy}".rstrip())
    return EXIT[worst_verdict(reports)]
