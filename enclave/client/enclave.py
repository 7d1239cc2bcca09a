"""The enclave as an object: datasets, previews, answers, budget, synthetic copies, outputs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from enclave.client.batch import Batch
from enclave.client.connection import Connection, quoted
from enclave.client.dataset import Dataset
from enclave.client.outputs import Egress
from enclave.client.preview import Preview
from enclave.client.result import Result
from enclave.terms.errors import ResearcherError

if TYPE_CHECKING:
    import pandas as pd

    from enclave.client.synthetic import SyntheticFrame


def connect() -> Enclave:
    """Connect to the enclave from a hosted notebook; there is nothing to configure."""
    return Enclave(Connection.here())


class Enclave:
    """What ``connect()`` returns: your project's view of the enclave."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._me: dict[str, Any] = connection.get("/api/me")
        self._receipts: dict[str, None] = {}
        self.egress = Egress(connection, lambda: list(self._receipts))

    def datasets(self) -> pd.DataFrame:
        """Your project's datasets: name, what a row is, declared size, whom the guarantee protects, agreement, budget left."""
        import pandas as pd

        columns = ["name", "label", "row", "size", "protects", "agreement", "left", "of", "ready"]
        return pd.DataFrame(self._connection.get("/api/datasets"), columns=columns)

    def dataset(self, name: str) -> Dataset:
        """One dataset, by ``agency.name``."""
        return Dataset(self._connection.get(f"/api/datasets/{quoted(name)}"))

    def preview(
        self, sql: str, *, within: float | str | None = None, rho: float | str | None = None, epsilon: float | None = None
    ) -> Preview:
        """Cost and error of a question, for nothing.

        ``within`` is the 95 % error you want in the worst cell: a number in the unit of the first output or, for a count, a percentage of
        what a cell would hold if rows were spread evenly, like ``"5%"``.
        """
        return Preview(self._connection.post("/api/previews", _question(sql, within, rho, epsilon)))

    def query(self, sql: str, *, within: float | str | None = None, rho: float | str | None = None, epsilon: float | None = None) -> Result:
        """The answer, with error bars. The same question again costs nothing."""
        return self._asked(_question(sql, within, rho, epsilon))

    def _asked(self, body: dict[str, Any]) -> Result:
        result = Result(self._connection.post("/api/queries", body))
        for number in (result.receipt["number"], *result.receipt.get("parents", [])):
            self._receipts[str(number)] = None
        return result

    def batch(
        self, questions: Sequence[str], *, within: float | str | None = None, rho: float | str | None = None, epsilon: float | None = None
    ) -> Batch:
        """Plan several questions together, each as exact or costly as said: what is a sum of another's cells is read off it for nothing.

        Nothing is spent until ``.ask()``.
        """
        bodies = [_question(sql, within, rho, epsilon) for sql in questions]
        plan = self._connection.post("/api/batches", {"questions": bodies})
        return Batch(
            plan,
            lambda place: self.query(questions[place], within=within, rho=rho, epsilon=epsilon),
            lambda sql, price: self._asked({"sql": sql, "rho": price, "anew": True}),
        )

    def budget(self) -> pd.DataFrame:
        """By dataset: what is left for your project, of how much, and how many questions it has asked."""
        import pandas as pd

        lines = self._connection.get("/api/budget")
        for line in lines:
            line["questions"] = len(line["questions"])
        columns = ["dataset", "left", "project_left", "project_share", "dataset_left", "population_left", "questions"]
        return pd.DataFrame(lines, columns=columns)

    def spending(self) -> pd.DataFrame:
        """Every question your project has paid for: when, by whom, on what, at which price."""
        import pandas as pd

        lines = self._connection.get("/api/budget")
        rows = [{"dataset": line["dataset"], **question} for line in lines for question in line["questions"]]
        return pd.DataFrame(rows, columns=["at", "by", "dataset", "purpose", "rho"])

    def synthetic(self, name: str, *, rows: int | None = None, seed: str | int = "") -> SyntheticFrame:
        """The newest synthetic copy of a dataset as a pandas table; ``.report`` says what it preserves.

        ``rows`` is the declared size unless said otherwise. The same copy, rows and seed give everyone on the project the same rows.
        """
        return self._copy("synthetic", name, rows, seed)

    def make_synthetic(self, name: str, *, rho: float | str | None = None, patience: float = 300.0) -> SyntheticFrame:
        """Have a synthetic copy made, paid once from your project's share (a quarter of it unless ``rho`` says otherwise), and load it.

        A copy that is there already at that price or a higher one is loaded for nothing.
        """
        place = f"/api/synthetic/{quoted(name)}"
        standing = self._connection.post(place, {} if rho is None else {"rho": str(rho)})
        deadline = time.monotonic() + patience
        while standing["state"] == "asked" and not standing["sentence"] and time.monotonic() < deadline:
            time.sleep(0.5)
            standing = self._connection.get(f"{place}/standing")
        return self.synthetic(name)

    def dummy(self, name: str, *, rows: int | None = None, seed: str | int = "") -> SyntheticFrame:
        """Invented rows from the public schema alone: right columns and types, no information. Free, always there."""
        return self._copy("dummy", name, rows, seed)

    def _copy(self, kind: str, name: str, rows: int | None, seed: str | int) -> SyntheticFrame:
        from enclave.client.synthetic import synthetic_frame

        wanted = {"seed": str(seed)} if rows is None else {"rows": rows, "seed": str(seed)}
        place, which = f"/api/{kind}/{quoted(name)}", urlencode(wanted)
        return synthetic_frame(self._connection.download(f"{place}/rows?{which}"), self._connection.get(f"{place}?{which}"))

    def __repr__(self) -> str:
        project = self._me["project"]
        return f"Enclave: {self._me['person']} in “{project['title']}” until {project['ends']}. Start with e.datasets()."


def _question(sql: str, within: float | str | None, rho: float | str | None, epsilon: float | None) -> dict[str, Any]:
    wanted: dict[str, Any] = {"sql": sql}
    try:
        if within is not None:
            wanted["within"] = within if isinstance(within, str) and within.endswith("%") else float(within)
        if rho is not None:
            wanted["rho"] = str(rho)
        if epsilon is not None:
            wanted["epsilon"] = float(epsilon)
    except ValueError:
        raise ResearcherError(
            rule="Q-16",
            sentence="Say how exact or how costly the answer should be, in one way.",
            instead="Give one of within=, rho= or epsilon=, a number above zero.",
        ) from None
    return wanted
