"""Two at once: the database decides, once, and the log says in which order. On SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from enclave.adapters.blobs import BlobFolder
from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.tables import metadata
from enclave.adapters.sql.work import Transactions
from enclave.audit.chain import first_break
from enclave.egress_review.check import check
from enclave.egress_review.download import Opened, download
from enclave.egress_review.lifecycle import State
from enclave.egress_review.queue import queue
from enclave.egress_review.release import release
from enclave.egress_review.request import Choice, File, Request
from enclave.egress_review.revoke import revoke
from enclave.egress_review.withdraw import withdraw
from enclave.terms.errors import EnclaveError
from tests.factories.office import FORM, TABLE, WARN, Office, make_office

REASON = "Found a mistake after all."


class Bureau:
    """An office over a real database."""

    def __init__(self, url: str, folder: Path) -> None:
        self.database = Database(url)
        metadata.create_all(self.database.engine)
        self.work = Transactions(self.database, clock=lambda: dt.datetime.now(dt.UTC), sealer=Sealer(bytes(32)))
        self.office: Office = make_office(begin=self.work.begin, clock=lambda: dt.datetime.now(dt.UTC), blobs=BlobFolder(folder / "blobs"))

    def events(self) -> list[str]:
        return [entry.event.kind for entry in SqlLog(self.database).entries() if entry.event.kind.startswith("egress.")]

    def request(self, number: int) -> Request:
        with self.work.begin() as work:
            found = work.requests.by_id(number)
        assert found is not None
        return found


@pytest.fixture
def bureau(database_url: str, tmp_path: Path) -> Iterator[Bureau]:
    made = Bureau(database_url, tmp_path)
    yield made
    assert first_break(SqlLog(made.database).entries()) is None
    made.database.close()


def together(*acts: Callable[[], object]) -> list[object]:
    """Run all at the same moment; what each came to, in their order."""
    gate, results = threading.Barrier(len(acts)), dict[int, object]()

    def run(index: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[index] = act()
        except EnclaveError as refused:
            results[index] = refused.rule

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [results[index] for index in range(len(acts))]


def test_the_same_sent_from_eight_tabs_is_one_request(bureau: Bureau) -> None:
    made = together(*[bureau.office.submit] * 8)
    assert len({one.id for one in made if isinstance(one, Request)}) == 1
    assert bureau.events() == ["egress.submitted"]
    with bureau.work.begin() as work:
        assert len(work.jobs.unfinished()) == 1


def test_two_checks_at_once_are_one(bureau: Bureau) -> None:
    request = bureau.office.submit()
    together(*[lambda: check(request=request.id, ports=bureau.office.ports)] * 4)
    assert bureau.events() == ["egress.submitted", "egress.checking", "egress.checked"]


@pytest.mark.parametrize(("second", "state"), [(Choice.APPROVE, State.APPROVED), (Choice.CHANGES, State.RETURNED)])
def test_the_last_two_votes_at_once_decide_once(bureau: Bureau, second: Choice, state: State) -> None:
    for turn in range(4):
        request = bureau.office.checked(title=f"Turn {turn}")
        together(partial(bureau.office.vote, "carol", request), partial(bureau.office.vote, "cyril", request, second))
        assert bureau.request(request.id).state is state
    assert bureau.events().count(f"egress.{state.value}") == 4


def test_three_votes_at_once_leave_no_vote_behind_the_decision(bureau: Bureau) -> None:
    request = bureau.office.checked()
    choices = {"carol": Choice.APPROVE, "cyril": Choice.APPROVE, "cora": Choice.CHANGES}
    made = together(*[partial(bureau.office.vote, name, request, choice) for name, choice in choices.items()])
    with bureau.work.begin() as work:
        votes = work.requests.votes([request.id])
    assert made.count("E-12") == 3 - len(votes) == 1
    expected = State.RETURNED if Choice.CHANGES in {vote.choice for vote in votes} else State.APPROVED
    assert bureau.request(request.id).state is expected


def test_withdrawing_and_the_last_vote_at_once_is_one_or_the_other(bureau: Bureau) -> None:
    for turn in range(4):
        request = bureau.office.checked(title=f"Turn {turn}")
        bureau.office.vote("carol", request)
        together(
            partial(bureau.office.vote, "cyril", request, Choice.CHANGES),
            partial(withdraw, by=bureau.office.who("ravi"), request=request.id, ports=bureau.office.ports),
        )
        last = [kind for kind in bureau.events() if kind != "egress.voted"][-1]
        assert last == "egress.withdrawn"
        assert bureau.request(request.id).state is State.WITHDRAWN


def test_two_releases_at_once_are_one(bureau: Bureau) -> None:
    request, ports = bureau.office.approved(), bureau.office.ports
    made = together(*[partial(release, by=bureau.office.who(name), request=request.id, ports=ports) for name in ("carol", "cyril")])
    assert made.count("E-23") == 1
    assert bureau.events().count("egress.released") == 1


def test_no_byte_leaves_after_a_revocation(bureau: Bureau) -> None:
    office = bureau.office
    request = office.approved().id
    release(by=office.who("carol"), request=request, ports=office.ports)
    fetch = [partial(download, by=office.who(name), request=request, file=1, ports=office.ports) for name in ("ravi", "rosa", "ivan") * 2]
    made = together(*fetch, partial(revoke, by=office.who("cora"), request=request, reason=REASON, ports=office.ports))
    served = [one.data for one in made[:-1] if isinstance(one, Opened)]
    events = bureau.events()
    assert events.count("egress.downloaded") == len(served)
    assert "egress.downloaded" not in events[events.index("egress.revoked") :]
    assert set(served) <= {TABLE}
    with bureau.work.begin() as work:
        assert len(work.requests.downloads(request)) == len(served)


def test_everything_comes_back_as_it_was_stored(bureau: Bureau) -> None:
    bureau.office.ports.scanner.scripts[TABLE] = lambda: (WARN,)  # type: ignore[attr-defined]
    request = bureau.office.checked(files=(("a table.csv", TABLE), ("Notes.md", b"words")))
    assert bureau.request(request.id) == request
    assert (request.form.context, request.files[0].findings, request.files[1].name) == (FORM.context, (WARN,), "Notes.md")


def test_a_thousand_requests_are_listed(bureau: Bureau) -> None:
    now, project = dt.datetime.now(dt.UTC), bureau.office.world.project.id
    with bureau.work.begin() as work:
        for number in range(1_000):
            file = File(number=1, name="a.csv", size=1, sha256="0" * 64, findings=(WARN,))
            made = work.requests.add(
                project=project, author=bureau.office.who("ravi").id, form=FORM, receipts=(), files=[file], digest=f"{number:064}", at=now
            )
            assert made is not None
            work.requests.move(made.id, old=State.SUBMITTED, new=State.IN_REVIEW, at=now, by=None)
    lines = queue(by=bureau.office.who("carol"), ports=bureau.office.ports).lines
    assert len(lines) == 1_000
