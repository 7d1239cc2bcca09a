"""Requests, files, votes and downloads in SQL. Whoever loses a race learns it from the count of a conditional update."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Row, Select, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sql import tables as t
from enclave.egress_review.lifecycle import State
from enclave.egress_review.request import Choice, Download, File, Request, Vote
from enclave.terms.submission import Finding, ReleaseForm

_PAGE = 500


class SqlRequests:
    """Requests with what belongs to them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        project: int,
        author: int,
        form: ReleaseForm,
        receipts: tuple[str, ...],
        files: Sequence[File],
        digest: str,
        at: dt.datetime,
    ) -> Request | None:
        values = {
            "project": project,
            "person": author,
            "title": form.title,
            "context": form.context,
            "controls": form.controls,
            "receipts": list(receipts),
            "standing": digest,
            "state": State.SUBMITTED.value,
            "submitted": at,
            "moved": at,
        }
        try:
            with self._connection.begin_nested():
                number = self._connection.execute(insert(t.egress_request).values(values).returning(t.egress_request.c.id)).scalar_one()
        except IntegrityError:
            return None
        self._connection.execute(insert(t.egress_file), [_file_row(number, file) for file in files])
        return self.by_id(number)

    def same(self, digest: str) -> Request | None:
        return self._one(select(t.egress_request).where(t.egress_request.c.standing == digest))

    def by_id(self, request: int) -> Request | None:
        return self._one(select(t.egress_request).where(t.egress_request.c.id == request))

    def of_project(self, project: int) -> Sequence[Request]:
        return self._many(select(t.egress_request).where(t.egress_request.c.project == project).order_by(t.egress_request.c.id.desc()))

    def in_states(self, states: frozenset[State]) -> Sequence[Request]:
        wanted = sorted(state.value for state in states)
        return self._many(select(t.egress_request).where(t.egress_request.c.state.in_(wanted)).order_by(t.egress_request.c.id))

    def hold(self, request: int, *, state: State) -> bool:
        own = t.egress_request.c
        return self._connection.execute(_at(select(own.id), request, state).with_for_update()).one_or_none() is not None

    def move(self, request: int, *, old: State, new: State, at: dt.datetime, by: int | None, reason: str = "") -> bool:
        own = t.egress_request.c
        values = {"state": new.value, "moved": at, "moved_by": by, "reason": reason}
        if new is State.WITHDRAWN:
            values["standing"] = None
        moved = update(t.egress_request).where(own.id == request, own.state == old.value).values(values)
        return self._connection.execute(moved).rowcount == 1

    def found(self, request: int, *, file: int, findings: tuple[Finding, ...]) -> None:
        own = t.egress_file.c
        stored = [finding.as_json() for finding in findings]
        self._connection.execute(update(t.egress_file).where(own.request == request, own.number == file).values(findings=stored))

    def cast(self, vote: Vote) -> None:
        own = t.egress_vote.c
        mine = and_(own.request == vote.request, own.file == vote.file, own.person == vote.person)
        self._connection.execute(delete(t.egress_vote).where(mine))
        values = {
            "request": vote.request,
            "file": vote.file,
            "person": vote.person,
            "choice": vote.choice.value,
            "comment": vote.comment,
            "at": vote.at,
        }
        self._connection.execute(insert(t.egress_vote).values(values))

    def votes(self, requests: Sequence[int]) -> Sequence[Vote]:
        own = t.egress_vote.c
        found: list[Vote] = []
        for start in range(0, len(requests), _PAGE):
            query = select(t.egress_vote).where(own.request.in_(requests[start : start + _PAGE])).order_by(own.request, own.file, own.at)
            found += [_vote(row) for row in self._connection.execute(query)]
        return found

    def downloaded(self, download: Download) -> None:
        values = {"request": download.request, "file": download.file, "person": download.person, "at": download.at}
        self._connection.execute(insert(t.egress_download).values(values))

    def downloads(self, request: int) -> Sequence[Download]:
        query = select(t.egress_download).where(t.egress_download.c.request == request).order_by(t.egress_download.c.id)
        return [Download(request=row.request, file=row.file, person=row.person, at=row.at) for row in self._connection.execute(query)]

    def _one(self, query: Select[tuple[object, ...]]) -> Request | None:
        return next(iter(self._many(query)), None)

    def _many(self, query: Select[tuple[object, ...]]) -> list[Request]:
        rows = self._connection.execute(query).all()
        files = self._files([row.id for row in rows])
        return [_request(row, files.get(row.id, ())) for row in rows]

    def _files(self, requests: Sequence[int]) -> dict[int, tuple[File, ...]]:
        own = t.egress_file.c
        found: dict[int, tuple[File, ...]] = {}
        for start in range(0, len(requests), _PAGE):
            query = select(t.egress_file).where(own.request.in_(requests[start : start + _PAGE])).order_by(own.request, own.number)
            for row in self._connection.execute(query):
                found[row.request] = (*found.get(row.request, ()), _file(row))
        return found


def _at(query: Select[tuple[int]], request: int, state: State) -> Select[tuple[int]]:
    return query.where(t.egress_request.c.id == request, t.egress_request.c.state == state.value)


def _file_row(request: int, file: File) -> dict[str, object]:
    return {
        "request": request,
        "number": file.number,
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256,
        "findings": [finding.as_json() for finding in file.findings],
    }


def _file(row: Row[tuple[object, ...]]) -> File:
    return File(number=row.number, name=row.name, size=row.size, sha256=row.sha256, findings=_findings(row.findings))


def _findings(bodies: Iterable[dict[str, object]]) -> tuple[Finding, ...]:
    return tuple(Finding.from_json(body) for body in bodies)  # type: ignore[arg-type]


def _request(row: Row[tuple[object, ...]], files: tuple[File, ...]) -> Request:
    return Request(
        id=row.id,
        project=row.project,
        author=row.person,
        form=ReleaseForm(title=row.title, context=row.context, controls=row.controls),
        receipts=tuple(row.receipts),
        files=files,
        state=State(row.state),
        submitted=row.submitted,
        moved=row.moved,
        moved_by=row.moved_by,
        reason=row.reason,
    )


def _vote(row: Row[tuple[object, ...]]) -> Vote:
    return Vote(request=row.request, file=row.file, person=row.person, choice=Choice(row.choice), comment=row.comment, at=row.at)
