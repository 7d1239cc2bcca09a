"""After a backup was restored: what the database forgot is debited again from the journal, and where the journal cannot vouch, datasets freeze.

Every reserve is written to a journal that is not in the backup set, before data is touched. So a reserve in the journal that the database
does not know was forgotten by a restore: its price is debited once more, in ledgers the backup does not know too, and the larger spend
stands. A settled answer that the journal does not know means that the journal itself is older than the database, or gone: then nobody can
say what else was answered, and every dataset stays frozen until two custodians of its agency have looked (four eyes; see ``thaw``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from enclave.audit.events import Event
from enclave.privacy.ledger import LedgerKey, of_dataset, of_population, of_project
from enclave.privacy.ports import Charge, PrivacyPorts
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.loss import PrivacyLoss

Remembered: TypeAlias = Callable[[], list[dict[str, Json]]]


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """How many forgotten reserves were debited again, and whether the datasets were frozen."""

    debited: int
    frozen: bool


def entry_of(charge: Charge, *, dataset: int, population: int, others: list[int]) -> dict[str, Json]:
    """What the journal remembers of a reserve: enough to debit it again, and to know it again where numbers were given anew."""
    return {
        "charge": charge.id,
        "question": charge.question,
        "at": _moment(charge.at),
        "dataset": dataset,
        "population": population,
        "others": list[Json](others),
        "project": charge.project,
        "rho": charge.loss.rho,
        "delta": charge.loss.delta,
    }


def recover(*, remembered: Remembered, ports: PrivacyPorts, restored: str = "") -> Recovered:
    """Bring ledgers up to the journal. Run before anything is answered; running it again changes nothing.

    ``remembered`` gives every whole record of the journal, and raises ``ValueError`` where the file is damaged. ``restored`` names the restore
    that has happened since the last start, if one has. Then two more things are not known: whether a charge that had no answer in the backup
    was answered afterwards, so it is debited once more, because its question will be answered anew; and which stops, ended roles and releases
    taken back the backup has forgotten, so every dataset freezes.
    """
    records = _whole(remembered)
    with ports.begin() as work:
        known = {(number, question, _moment(at)) for number, question, at in work.charges.names()}
        settled = work.charges.settled()
    if restored and records is not None:
        records += _answered_anew(records, {name for name in known if name[0] not in settled}, restored, ports)
    debited = sum(_debit_again(record, ports) for record in records or () if "restore" in record or _name(record) not in known)
    vouched = {_name(record) for record in records or ()}
    missing = [name for name in known if name[0] in settled and name not in vouched]
    frozen = bool(restored) or records is None or bool(missing)
    if frozen:
        _freeze(missing, ports, always=bool(restored) or records is None)
    return Recovered(debited=debited, frozen=frozen)


def _answered_anew(
    records: list[dict[str, Json]], unsettled: set[tuple[int, str, str]], restored: str, ports: PrivacyPorts
) -> list[dict[str, Json]]:
    """Records of a second debit, in the journal before it is made: a later restore must not forget it."""
    made = []
    for record in [one for one in records if "restore" not in one and _name(one) in unsettled]:
        again: dict[str, Json] = {**record, "restore": restored}
        if again not in records and again not in made:
            ports.journal.append(again)
            made.append(again)
    return made


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _whole(remembered: Remembered) -> list[dict[str, Json]] | None:
    """The records, or nothing where the journal is damaged."""
    try:
        return remembered()
    except ValueError:
        return None


def _name(record: dict[str, Json]) -> tuple[int, str, str]:
    number = record.get("charge")
    return (number if isinstance(number, int) else 0, str(record.get("question")), str(record.get("at")))


def _debit_again(record: dict[str, Json], ports: PrivacyPorts) -> bool:
    loss = PrivacyLoss(rho=_number(record, "rho"), delta=_number(record, "delta"))
    with ports.begin() as work:
        if not work.replays.add(fingerprint(record), at=ports.clock()):
            return False
        keys = sorted(set(_keys(record)))
        for key in keys:  # a ledger the backup does not know, or knows with too low a cap, is full: what was spent is spent
            ledger = work.ledgers.get(key)
            work.ledgers.open(key, ledger.spent + loss if ledger else loss)
        if work.ledgers.debit(keys, loss) is not None:
            raise ValueError("a ledger that was made large enough is too small")
        details: dict[str, Json] = {"rho": loss.rho, "delta": loss.delta, "question": str(record.get("question"))}
        work.record(Event(kind="privacy.debited_again", by=None, subject=f"dataset:{_number(record, 'dataset')}", details=details))
    return True


def _keys(record: dict[str, Json]) -> Iterable[LedgerKey]:
    others = record.get("others")
    datasets = [_number(record, "dataset"), *(one for one in (others if isinstance(others, list) else []) if isinstance(one, int))]
    yield of_population(_number(record, "population"))
    for dataset in datasets:
        yield from (of_dataset(dataset), of_project(_number(record, "project"), dataset))


def _number(record: dict[str, Json], name: str) -> int:
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a record of the journal is not whole")
    return value


def _freeze(missing: list[tuple[int, str, str]], ports: PrivacyPorts, *, always: bool) -> None:
    """Freeze every dataset; for answers the journal misses once and not at every start, or nobody would read what they thaw."""
    with ports.begin() as work:
        new = [name for name in missing if work.replays.add(fingerprint({"missing": list[Json](name)}), at=ports.clock())]
        for dataset in work.datasets.all() if always or new else ():
            work.freezes.add(dataset.id, at=ports.clock())
            work.record(Event(kind="dataset.frozen", by=None, subject=f"dataset:{dataset.id}", details={"why": "journal"}))
