"""A process that buys answers as fast as it can until there is no budget left; it notes every answer it got in a file of its own."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

from enclave.adapters.journal import FileJournal
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.work import Transactions
from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import aggregate_json
from enclave.privacy.measure import CountRows
from enclave.privacy.mechanisms import scale_for
from enclave.privacy.ports import PrivacyPorts
from enclave.privacy.predicate import Compare, Comparison
from enclave.privacy.relation import Join, JoinKind, Relation, Table
from enclave.privacy.release import Request, release
from enclave.terms.errors import BudgetError
from enclave.terms.loss import PrivacyLoss


class _Signer:
    def sign(self, claims: dict[str, object]) -> str:
        return "signed"


def main(url: str, number: int, folder: str, price: str) -> None:
    clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731
    database = Database(url)
    work = Transactions(database, clock=clock)
    ports = PrivacyPorts(
        begin=work.begin, clock=clock, engine=ReferenceEngine(lambda _: []), journal=FileJournal(Path(folder) / "journal"), signer=_Signer()
    )
    with work.begin() as look:
        rosa = next(one for one in look.accounts.people() if one.name == "rosa")
        project = look.projects.all()[0]
        tables = []
        for dataset in sorted(look.datasets.all(), key=lambda one: one.id):
            version = look.datasets.open_version(dataset.id)
            assert version is not None
            tables.append(Table(version=version.id, dataset=dataset.id, population=dataset.population.id, schema=version.schema))
    table, other = tables
    cohort = Join(kind=JoinKind.AMONG, relation=Relation(table=other))
    loss = PrivacyLoss.costing(price)
    acknowledged = os.open(f"{folder}/acknowledged-{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for turn in range(10_000):
        # Every other answer draws on both datasets.
        joins = (cohort,) if turn % 2 else ()
        where = Compare(column="age", comparison=Comparison.LESS, value=number * 100_000 + turn)
        aggregate = BoundedAggregate(table=table, measures=(CountRows(),), where=where, joins=joins)
        scale = scale_for(loss.exact_rho, l2_squared=9)
        request = Request(
            project=project.id,
            table=table,
            others=aggregate.tables[1:],
            purpose="query",
            mechanism="discrete Gaussian",
            question=aggregate_json(aggregate),
            loss=loss,
            program=lambda measurer, aggregate=aggregate, scale=scale: [list(v) for v in measurer.gaussian(aggregate, [scale])],
        )
        try:
            released = release(by=rosa, request=request, ports=ports)
        except BudgetError:
            break
        os.write(acknowledged, f"{released.settlement.charge}\n".encode())
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
