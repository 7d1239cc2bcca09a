"""``enclave anonymise run``: from a file and a plan to a de-identified table with its reports, on the agency's own machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from enclave.terms.canonical import Json
from enclave.terms.errors import AgencyError, EnclaveError
from enclave.wiring.offline import propose, run_plan


def run(file: Path, *, plan: Path | None, keys: Path, out: Path) -> int:
    """Exit code 0 done, 1 refused. What goes wrong is said in our own words: Python's messages could quote a row."""
    try:
        if plan is None:
            _write(out.with_suffix(".plan.json"), propose(file))
            print(
                f"A plan is proposed in {out.with_suffix('.plan.json').name}: look it through, then run again with --plan.", file=sys.stderr
            )
            return 1
        made = run_plan(
            file, plan=_read(plan), keys=keys, out=out, rejected=lambda report: _write(out.with_suffix(".rejected.json"), report)
        )
    except EnclaveError:
        raise
    except Exception as error:  # noqa: BLE001
        print(f"Something went wrong and no table was written ({type(error).__name__}).", file=sys.stderr)
        return 1
    _write(out.with_suffix(".risk.json"), made["risk"])
    _write(out.with_suffix(".rows.json"), made["rows"])
    print(_counted(made["rows"]))
    print(f"Written: {out.name}; beside it {out.stem}.risk.json, {out.stem}.rows.json and {out.stem}.rejected.json.")
    return 0


def _counted(rows: Json) -> str:
    counts = rows.get("rows") if isinstance(rows, dict) else None
    said = {name: counts[name] for name in ("in", "kept", "left_out", "rejected")} if isinstance(counts, dict) else {}
    return (
        f"{said['in']:,} rows: {said['kept']:,} kept, {said['left_out']:,} left out because they do not say whom they are about, "
        f"{said['rejected']:,} that could not be read."
    )


def _read(path: Path) -> Json:
    try:
        body: Json = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise AgencyError(rule="F-07", sentence="The plan is not JSON.", instead="Take the one that is proposed.") from None
    return body


def _write(path: Path, body: Json) -> None:
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")
