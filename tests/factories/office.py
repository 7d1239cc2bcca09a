"""An enclave in which outputs are submitted and reviewed: the small world, more custodians, and the ports of egress review.

rosa leads the project, ravi works in it; carol (police), cyril and cora (health) may review; ivan is a custodian who joined the project,
frank a custodian of an agency that is no party, olga a data officer, otto nobody in particular.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from enclave.adapters.signing import ed25519_holds
from enclave.audit.receipts import Receipt
from enclave.audit.work import Begin, Clock
from enclave.egress_review.check import check
from enclave.egress_review.ports import Blobs, EgressPorts, EgressWork, Scanner
from enclave.egress_review.request import Choice, Request
from enclave.egress_review.submit import submit
from enclave.egress_review.vote import vote
from enclave.governance.agreement import Terms
from enclave.governance.appoint import appoint, found_agency
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Grant, Role
from enclave.privacy.ports import Settlement
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person
from enclave.terms.submission import Finding, ReleaseForm, Severity
from tests.factories.world import World, make_world, person
from tests.fakes.memory_catalogue import MemoryQuarantine
from tests.fakes.memory_egress import MemoryBlobs, PlainSeal, ScriptedScanner
from tests.fakes.memory_work import MemoryEnclave

FORM = ReleaseForm(
    title="Burglary by district",
    context="Counts of burglaries by district for the steering group.",
    controls="Answers of the enclave only.",
)
TABLE = b"district,n\nNorth,120\nSouth,160\n"
BLOCK = Finding(rule="T01", where="column 2 (n), line 3", severity=Severity.BLOCK, sentence="A small count.")
WARN = Finding(rule="T07", where="column 2", severity=Severity.WARN, sentence="An end point.")


@dataclass(frozen=True, kw_only=True)
class Office:
    """The world and what the use cases take."""

    world: World
    ports: EgressPorts
    seal: PlainSeal

    def who(self, name: str) -> Person:
        return self.world.people[name]

    def submit(
        self, *, by: str = "ravi", files: tuple[tuple[str, bytes], ...] = (("table.csv", TABLE),), title: str = FORM.title, **more: object
    ) -> Request:
        form = replace(FORM, title=title)
        return submit(by=self.who(by), project=self.world.project.id, form=form, files=files, ports=self.ports, **more)  # type: ignore[arg-type]

    def checked(self, **how: object) -> Request:
        return check(request=self.submit(**how).id, ports=self.ports)  # type: ignore[arg-type]

    def vote(self, by: str, request: Request, choice: Choice = Choice.APPROVE, *, file: int = 1, comment: str = "") -> Request:
        words = comment or ("Please combine the small districts." if choice is Choice.CHANGES else "")
        return vote(by=self.who(by), request=request.id, file=file, choice=choice, comment=words, ports=self.ports)

    def approved(self, **how: object) -> Request:
        request = self.checked(**how)
        for name in ("carol", "cyril"):
            for file in request.files:
                request = self.vote(name, request, file=file.number)
        return request

    def answer(self, noised: Json, *, project: int | None = None) -> str:
        """A settled charge with its receipt; returns the receipt's number."""
        number, clock = f"r-{secrets.token_hex(8)}", self.ports.clock
        with self.ports.begin() as work:
            charge = work.charges.add(
                project=project or self.world.project.id,
                person=self.who("ravi").id,
                purpose="query",
                question=secrets.token_hex(32),
                asked={},
                loss=PrivacyLoss.costing("0.01"),
                keys=[],
            )
            claims = Receipt(
                number=number,
                project=charge.project,
                dataset="police.events",
                version=1,
                question=charge.question,
                mechanism="discrete Gaussian",
                rho=charge.loss.rho,
                delta=0,
                charge=charge.id,
                values=fingerprint(noised),
                unit="person",
                issued=clock(),
            ).claims()
            settlement = Settlement(
                charge=charge.id, number=number, noised=noised, receipt=claims, token=self.seal.sign(claims), at=clock()
            )
            work.charges.settle(settlement)
        return number


def make_office(
    *,
    begin: Begin[EgressWork],
    clock: Clock,
    blobs: Blobs | None = None,
    scanner: Scanner | None = None,
    agreed: Terms | None = None,
) -> Office:
    """The world of ``make_world`` with the people reviewing needs."""
    world = make_world(begin=begin, clock=clock, quarantine=MemoryQuarantine(), agreed=agreed)
    governance = GovernancePorts(begin=begin, clock=clock, signature_holds=ed25519_holds)
    people = {name: person(begin, name) for name in ("cora", "ivan", "frank")}
    fire = found_agency(by=None, slug="fire", name="Fire", ports=governance)
    for grant in (
        Grant(person=people["cora"].id, role=Role.CUSTODIAN, agency=world.agencies["health"].id),
        Grant(person=people["ivan"].id, role=Role.CUSTODIAN, agency=world.agencies["police"].id),
        Grant(person=people["ivan"].id, role=Role.RESEARCHER, project=world.project.id),
        Grant(person=people["frank"].id, role=Role.CUSTODIAN, agency=fire.id),
    ):
        appoint(by=world.people["gina"], grant=grant, ports=governance)
    seal = PlainSeal()
    ports = EgressPorts(begin=begin, clock=clock, blobs=blobs or MemoryBlobs(), scanner=scanner or ScriptedScanner(), verifier=seal)
    return Office(world=replace(world, people=world.people | people), ports=ports, seal=seal)


def memory_office(*, agreed: Terms | None = None) -> tuple[Office, MemoryEnclave]:
    """An office in memory, and the enclave behind it."""
    enclave = MemoryEnclave()
    return make_office(begin=enclave.begin, clock=enclave.clock, agreed=agreed), enclave
