"""A fit dies at every call of every port: charged once, fitted once, one chain, and the stored result is never drawn twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enclave.audit.chain import first_break
from enclave.synthetic.copies import CopyState
from enclave.synthetic.ports import SyntheticPorts
from tests.factories.copies import TENTH, Studio, some_rows
from tests.fakes.crashing import CrashAt
from tests.fakes.memory_work import Crashed

ROWS = some_rows(people=6)


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_port_call_charges_once(after: bool) -> None:
    crashed = 0
    for at in range(1, 200):
        studio, crash = Studio(rows=ROWS), CrashAt(at=at, after=after)
        try:
            studio.fit(ports=_mortal(studio, crash))
        except Crashed:
            crashed += 1
            assert studio.spent() in ([0, 0, 0], [TENTH.rho] * 3)
            settled = dict(studio.enclave.tables["settlements"])
            _finish(studio)
            assert settled == {} or studio.enclave.tables["settlements"] == settled, "what was stored stands"
        else:
            assert crash.calls < at
            break
    assert crashed == at - 1 >= 40


def _finish(studio: Studio) -> None:
    """Someone asks again, twice."""
    first, second = studio.fit(), studio.fit(by="rosa")
    assert first == second
    assert first.state is CopyState.FITTED
    assert studio.spent() == [TENTH.rho] * 3
    kinds = studio.enclave.log.kinds()
    for kind in ("synthetic.asked", "privacy.reserved", "privacy.settled", "synthetic.fitted"):
        assert kinds.count(kind) == 1
    assert first_break(studio.enclave.log.entries()) is None
    assert {record["charge"] for record in studio.journal.records} == {first.charge}
    assert studio.obtain()[0].shown() == studio.obtain(by="ravi")[0].shown()


def _mortal(studio: Studio, crash: CrashAt) -> SyntheticPorts:
    ports = studio.ports
    return replace(
        ports,
        begin=crash.begin(ports.begin),
        privacy=crash.privacy(ports.privacy),
        timer=crash.around(ports.timer),
        wait=crash.around(ports.wait),
    )
