"""One column's proposal, as the agency's form is filled with it."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment
from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Kind


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One column's proposal. ``public`` is ``None`` where it is dropped, or where nobody has yet declared what it may hold (``ready`` false)."""

    header: str
    name: str
    kind: Kind | None
    treatment: Treatment
    link_as: LinkRole | None
    format: str
    public: Column | None
    source: str
    reason: str

    @property
    def ready(self) -> bool:
        """Whether it can be confirmed as it stands."""
        return (self.treatment is Treatment.DROP) == (self.public is None) and (bool(self.format) or not self._needs_format)

    @property
    def _needs_format(self) -> bool:
        dated = self.kind in {Kind.DATE, Kind.MONTH} or self.treatment in {Treatment.MONTH, Treatment.YEAR}
        return self.link_as is LinkRole.BIRTH_DATE or (dated and self.treatment is not Treatment.DROP)

    def as_plan(self) -> ColumnPlan:
        """The plan it becomes when confirmed as it stands. Raises ``ValueError`` unless it is ready."""
        return ColumnPlan(header=self.header, treatment=self.treatment, link_as=self.link_as, format=self.format, public=self.public)

    def as_json(self) -> dict[str, Json]:
        """What the form is filled with."""
        return {
            "header": self.header,
            "name": self.name,
            "kind": self.kind.value if self.kind else None,
            "treatment": self.treatment.value,
            "link_as": self.link_as.value if self.link_as else None,
            "format": self.format,
            "public": self.public.as_json() if self.public else None,
            "source": self.source,
            "ready": self.ready,
            "reason": self.reason,
        }
