"""A small installation on disk, for the tests of the portal: real wiring and SQLite, two agencies, one agreement, one project, all roles.

Everything is made through the use cases. The worker's part is played in this process, without the jail: the files are the tests' own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageDraw

from enclave.adapters.journal import FileJournal
from enclave.adapters.keys import KeyFolder, quarantine_pair, signing_key
from enclave.adapters.quarantine import OpenParts
from enclave.adapters.signing import JwsSigner
from enclave.adapters.sql.traces import SqlTraces
from enclave.adapters.sql.work import SqlWork
from enclave.anonymise.columns.profile import profile
from enclave.anonymise.erasing.clear_up import clear_up
from enclave.anonymise.erasing.erase_version import erase_version
from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.catalogue.declare import declare
from enclave.catalogue.receive import begin_upload, finish_upload, receive_part
from enclave.catalogue.register import register
from enclave.catalogue.weigh import confirm
from enclave.dp_queries.answer import answer
from enclave.dp_queries.derive import derive
from enclave.dp_queries.fulfil import fulfil
from enclave.dp_queries.pricing import Ask
from enclave.egress_review.check import check
from enclave.egress_review.jailed import inspect
from enclave.egress_review.policy import Policy
from enclave.egress_review.release import release
from enclave.egress_review.request import Choice
from enclave.egress_review.submit import submit
from enclave.egress_review.vote import vote
from enclave.engines.reference import ReferenceEngine
from enclave.governance.agreement import Agreement, Item, Terms
from enclave.governance.appoint import appoint, found_agency, register_key
from enclave.governance.open_project import open_project
from enclave.governance.roles import Agency, Grant, Role
from enclave.governance.sign import draft, sign
from enclave.identity.enrol import enrol
from enclave.identity.ports import Session
from enclave.identity.sign_in import IDLE, SESSION, token_hash
from enclave.jobs.job import JobKind, JobState
from enclave.oversight.activate import activate
from enclave.privacy.ports import PrivacyPorts
from enclave.settings.layout import lay_out
from enclave.settings.settings import Profile, Settings
from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.terms.schema import Category, Column, Kind, TableSchema, Unit
from enclave.terms.submission import Finding, ReleaseForm
from enclave.wiring.database import now, prepare_database
from enclave.wiring.portal import Portal, build_portal
from tests.fakes.memory_anonymise import MemoryFiles, MemoryLookups, MemoryPeople, MemorySamples, MemoryScratch, parse_here

PASSWORD = "a long enough password"
INCIDENTS = DatasetName(agency="northshire_police", dataset="incidents")
STREET = DatasetName(agency="northshire_police", dataset="street_crime")
ATTENDANCES = DatasetName(agency="northshire_hospital", dataset="attendances")

# People who never were. The canary stands nowhere else: no page, log or message may show it.
CANARY = "Zebulon"
TASKS = {
    JobKind.PROFILE_UPLOAD: profile,
    JobKind.PREPARE_UPLOAD: prepare,
    JobKind.PUBLISH_UPLOAD: publish,
    JobKind.SWEEP_UPLOAD: clear_up,
}
_NAMES = (
    ("Zebulon", "Quatermain", "03/04/1980", "CM1 1AB", "M"),
    ("Ann", "O'Brien", "17/12/1999", "CM2 2BB", "F"),
    ("Joy", "Park", "01/02/1970", "CO1 1AA", "F"),
)
INCIDENTS_CSV = (
    b"forename,surname,dob,postcode,sex,district,outcome,age,month,note\n"
    + "".join(
        f"{','.join(_NAMES[row % 3])},{'NS'[row % 2]},{('charged', 'none')[row % 5 == 0]},{20 + row % 60},{1 + row % 28:02d}/0{1 + row % 9}/2024,"
        f"Seen by PC {_NAMES[row % 3][1]} near the station at night and again later on\n"
        for row in range(120)
    ).encode()
)
STREET_CSV = b"district,outcome,age,month\n" + b"".join(
    f"{'NS'[row % 2]},{('charged', 'none')[row % 5 == 0]},{row % 90},{1 + row % 28:02d}/0{1 + row % 9}/2024\n".encode() for row in range(90)
)

TABLE_CSV = b"district,incidents,largest\nNorth,1210,88\nSouth,1340,91\nEast,990,40\n"

# name: display, role, agency or project
PEOPLE: dict[str, tuple[str, Role | None, str]] = {
    "olive": ("Olive Grant", Role.DATA_OFFICER, "northshire_police"),
    "hugo": ("Hugo Marsh", Role.DATA_OFFICER, "northshire_hospital"),
    "sam": ("Sam Field", Role.SIGNATORY, "northshire_police"),
    "sara": ("Sara Quill", Role.SIGNATORY, "northshire_hospital"),
    "cora": ("Cora Bell", Role.CUSTODIAN, "northshire_police"),
    "colin": ("Colin Reed", Role.CUSTODIAN, "northshire_hospital"),
    "rhea": ("Rhea Storm", Role.RESEARCHER, "night-safety"),
    "rory": ("Rory Vale", Role.RESEARCHER, "quiet-study"),
    "lena": ("Lena Frost", Role.LEAD, "night-safety"),
    "gwen": ("Gwen Hale", Role.GOVERNANCE, ""),
    "otto": ("Otto Pike", Role.OPERATOR, ""),
    "nora": ("Nora Lane", None, ""),
}


@dataclass(kw_only=True)
class House:
    """The installation with everybody in it. ``keys`` are the signatories' private ones."""

    portal: Portal
    people: dict[str, Person] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    linked: MemoryPeople = field(default_factory=MemoryPeople)
    samples: MemorySamples = field(default_factory=MemorySamples)
    requests: dict[str, int] = field(default_factory=dict)
    waiting: int = 0

    def session(self, name: str, *, csrf: str = "") -> tuple[str, str]:
        """A session of that person, as signing in makes it: cookie token and CSRF token. Without the tenth of a second of a password."""
        csrf = csrf or f"csrf-of-{name}"
        token, when = f"token-of-{name}-{len(name)}", self.portal.identity.clock()
        digest = token_hash(token)
        with self.portal.transactions.begin() as work:
            work.sessions.end(digest)
            work.sessions.add(Session(token_hash=digest, person=self.people[name].id, csrf=csrf, expires=when + SESSION, seen=when))
        return token, csrf

    def expire(self, name: str) -> None:
        """The person did nothing for too long."""
        with self.portal.transactions.begin() as work:
            work.sessions.seen(token_hash(f"token-of-{name}-{len(name)}"), self.portal.identity.clock() - 2 * IDLE)

    def dataset(self, name: DatasetName) -> int:
        """The number of a dataset."""
        with self.portal.transactions.begin() as work:
            return self.dataset_in(work, name)

    def dataset_in(self, work: SqlWork, name: DatasetName) -> int:
        """The number of a dataset, inside a transaction."""
        found = work.datasets.by_name(name)
        assert found is not None
        return found.id

    def work_off(self) -> None:
        """Do every waiting job of an upload, as the worker does."""
        with self.portal.transactions.begin() as work:
            waiting = [job for job in work.jobs.unfinished() if job.kind in {*TASKS, JobKind.ERASE_VERSION}]
        for job in waiting:
            self._move(job.id, JobState.RUNNING, 5)
            if job.kind is JobKind.ERASE_VERSION:
                erase_version(version=int(str(job.parameters["version"])), ports=self.anonymise())
            else:
                TASKS[job.kind](upload=int(str(job.parameters["upload"])), ports=self.anonymise())
            self._move(job.id, JobState.DONE, 100)

    def anonymise(self) -> AnonymisePorts:
        """The worker's ports of the room, over the portal's own quarantine and database."""
        settings = self.portal.settings
        pair = quarantine_pair(KeyFolder(settings.folder("keys", "worker")), settings.folder("public"))
        return AnonymisePorts(
            begin=self.portal.transactions.begin,
            clock=now,
            quarantine=OpenParts(settings.folder("quarantine"), pair),
            parser=parse_here,
            people=self.linked,
            traces=SqlTraces(self.portal.database),
            lists=OpenParts(settings.folder("quarantine", "lists"), pair),
            files=self.files,
            samples=self.samples,
            scratch=lambda: nullcontext(MemoryScratch()),
            signer=JwsSigner(signing_key(KeyFolder(settings.folder("keys", "worker")), settings.folder("public"))),
            tombstones=FileJournal(settings.folder("journal", "tombstones.jsonl")),
            keys=lambda population: hashlib.sha256(population.encode()).digest(),
            lookups=MemoryLookups(),
            progress=lambda _percent: None,
        )

    def privacy(self) -> PrivacyPorts:
        """The worker's ports of the heart, with the reference engine over no rows at all."""
        settings = self.portal.settings
        signer = JwsSigner(signing_key(KeyFolder(settings.folder("keys", "worker")), settings.folder("public")))
        return PrivacyPorts(
            begin=self.portal.transactions.begin,
            clock=now,
            engine=ReferenceEngine(lambda _version: []),
            journal=FileJournal(settings.folder("journal", "reserves.jsonl")),
            signer=signer,
        )

    def ask(self, name: str, project: str, sql: str, *, rho: str = "0.01") -> str:
        """A question by that person, really charged and answered with noise alone. Returns the number of its receipt."""
        with self.portal.transactions.begin() as work:
            found = work.projects.by_slug(project)
        assert found is not None
        ports = replace(
            self.portal.queries,
            worker=lambda by, order: fulfil(by=by, order=order, ports=self.privacy()),
            derive=lambda by, order, parents: derive(by=by, order=order, parents=parents, ports=self.privacy()),
            pace=lambda _slot: nullcontext(),
        )
        answered = answer(by=self.people[name], project=found.id, sql=sql, ask=Ask(rho=rho), ports=ports)
        return str(answered.receipt["number"])

    def submit(self, name: str, title: str, files: list[tuple[str, bytes]], *, receipts: tuple[str, ...] = (), checked: bool = True) -> int:
        """Ask to let files out of the first project, and have them checked at once unless somebody wants to watch."""
        form = ReleaseForm(
            title=title,
            context="For the report to the council: how incidents spread over the districts at night.",
            controls="Counts come from answers of the enclave; groups below ten are combined.",
        )
        with self.portal.transactions.begin() as work:
            project = work.projects.by_slug("night-safety")
        assert project is not None
        made = submit(by=self.people[name], project=project.id, form=form, files=files, receipts=receipts, ports=self.portal.egress)
        if checked:
            self.check(made.id)
        return made.id

    def check(self, request: int) -> None:
        """Check a request, as the worker does."""
        check(request=request, ports=replace(self.portal.egress, scanner=scan_here))
        with self.portal.transactions.begin() as work:
            jobs = work.jobs.of(f"request:{request}")
        for job in jobs:
            self._move(job.id, JobState.RUNNING, 5)
            self._move(job.id, JobState.DONE, 100)

    def approve(self, request: int, *names: str) -> None:
        """Those custodians approve every file."""
        for name in names:
            for number in range(1, self.files_of(request) + 1):
                vote(by=self.people[name], request=request, file=number, choice=Choice.APPROVE, ports=self.portal.egress)

    def files_of(self, request: int) -> int:
        """How many files a request has."""
        with self.portal.transactions.begin() as work:
            found = work.requests.by_id(request)
        assert found is not None
        return len(found.files)

    def _move(self, job: int, state: JobState, percent: int) -> None:
        with self.portal.transactions.begin() as work:
            work.jobs.move(job, state=state, percent=percent)


def scan_here(data: bytes, *, suffix: str, policy: Policy, released: Sequence[dict[str, Json]]) -> tuple[Finding, ...]:
    """The port ``Scanner`` without a jail: for the tests' own files only."""
    found = inspect(data, suffix=suffix, smallest=policy.smallest_cell, answers=released)
    return tuple(one.finding() for one in found)


def figure() -> bytes:
    """A small bar chart as PNG."""
    picture = Image.new("RGB", (240, 140), "white")
    draw = ImageDraw.Draw(picture)
    for place, height in enumerate((60, 100, 80)):
        draw.rectangle((30 + 70 * place, 120 - height, 70 + 70 * place, 120), fill="#1c6371")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def bare_portal(home: Path, *, port: int = 8000, demo: bool = False) -> Portal:
    """An installation with keys and tables and nobody in it."""
    settings = Settings(home=home, port=port, profile=Profile.ROOTLESS, demo=demo)
    lay_out(settings)
    private, public = KeyFolder(settings.folder("keys", "worker")), settings.folder("public")
    signing_key(private, public)
    quarantine_pair(private, public)
    prepare_database(settings)
    return build_portal(settings)


def settle(portal: Portal) -> House:
    """Everybody moves in: people, agencies, roles, datasets, a signed agreement, one waiting for signatures, two projects, two questions."""
    house = House(portal=portal)
    for name, (display, _, _) in PEOPLE.items():
        house.people[name], house.secrets[name] = enrol(by=None, name=name, display=display, password=PASSWORD, ports=portal.identity)
    appoint(by=None, grant=Grant(person=house.people["gwen"].id, role=Role.GOVERNANCE), ports=portal.governance)
    for slug, title in (("northshire_police", "Northshire Police"), ("northshire_hospital", "Northshire Hospitals")):
        house.agencies[slug] = found_agency(by=house.people["gwen"], slug=slug, name=title, ports=portal.governance)
    _appoint_agencies(house)
    _register_datasets(house)
    agreement = _agree(house, terms())
    draft(by=house.people["gwen"], terms=terms(title="Extension for 2028"), ports=portal.governance)
    _open_projects(house, agreement)
    _publish_versions(house)
    receipt = house.ask("rhea", "night-safety", f"SELECT district, COUNT(*) FROM {INCIDENTS} GROUP BY district", rho="0.05")
    house.ask("rhea", "night-safety", f"SELECT COUNT(DISTINCT person) FROM {INCIDENTS} WHERE outcome = 'charged'")
    house.requests = _send_requests(house, receipt)
    house.waiting = send(house, INCIDENTS, INCIDENTS_CSV)
    house.work_off()
    return house


def _send_requests(house: House, receipt: str) -> dict[str, int]:
    """One under review with something to look at, one that is stopped, one that is released."""
    made = {
        "review": house.submit(
            "rhea", "Incidents by district", [("by_district.csv", TABLE_CSV), ("districts.png", figure())], receipts=(receipt,)
        ),
        "blocked": house.submit("rhea", "Incidents by street", [("by_street.csv", b"street,n\nHigh Street,3\nMill Lane,41\n")]),
        "released": house.submit("rhea", "Method", [("method.txt", b"Counts were asked of the enclave and rounded to tens.\n")]),
    }
    house.approve(made["released"], "cora", "colin")
    release(by=house.people["cora"], request=made["released"], ports=house.portal.egress)
    return made


def terms(*, title: str = "Safer nights in Northshire") -> Terms:
    """What both agencies sign."""
    today = now().date()
    return Terms(
        title=title,
        parties=("northshire_police", "northshire_hospital"),
        purpose="To learn which places and hours need help to make nights out safer.",
        benefit="Patrols, lighting and first aid where they prevent most harm.",
        lawful_basis="Public task, UK GDPR Article 6(1)(e)",
        population="northshire",
        population_cap="3",
        items=(
            Item(dataset=INCIDENTS, unit=Unit.PERSON, cap="2", project_share="1"),
            Item(dataset=ATTENDANCES, unit=Unit.PERSON, cap="2", project_share="1"),
            Item(dataset=STREET, unit=Unit.ROW, cap="1", project_share="0.5"),
        ),
        panel=True,
        reviewers=2,
        smallest_cell=10,
        row_level_clause="Street crime is published already; no person can be found in it.",
        starts=today - dt.timedelta(days=30),
        ends=today + dt.timedelta(days=700),
        notice_days=30,
    )


def schema(name: DatasetName, *, unit: Unit = Unit.PERSON) -> TableSchema:
    """The public schema of the published versions."""
    return TableSchema(
        name=name,
        label="Recorded incidents" if name.dataset == "incidents" else "Street crime",
        row="one incident",
        unit=unit,
        size=20_000,
        rows_per_person=3 if unit is Unit.PERSON else 1,
        attribution="" if unit is Unit.PERSON else "Contains public sector information licensed under the Open Government Licence v3.0.",
        columns=(
            Column(
                name="district",
                label="District",
                kind=Kind.CATEGORY,
                categories=(Category(code="N", label="North"), Category(code="S", label="South")),
            ),
            Column(name="outcome", label="Outcome", kind=Kind.CATEGORY, categories=(Category(code="charged"), Category(code="none"))),
            Column(name="age", label="Age", kind=Kind.INTEGER, low=0, high=110, unit="years"),
            Column(name="month", label="Month", kind=Kind.MONTH, low=640, high=675),
        ),
    )


def _appoint_agencies(house: House) -> None:
    gwen = house.people["gwen"]
    for name, (_, role, agency) in PEOPLE.items():
        if role is not None and agency in house.agencies:
            appoint(
                by=gwen,
                grant=Grant(person=house.people[name].id, role=role, agency=house.agencies[agency].id),
                ports=house.portal.governance,
            )
    appoint(by=gwen, grant=Grant(person=house.people["otto"].id, role=Role.OPERATOR), ports=house.portal.governance)
    for name in ("sam", "sara"):
        house.keys[name] = Ed25519PrivateKey.generate()
        public = house.keys[name].public_key().public_bytes_raw().hex()
        agency = house.agencies[PEOPLE[name][2]]
        register_key(by=gwen, person=house.people[name], agency=agency, public_key=public, ports=house.portal.governance)


def _register_datasets(house: House) -> None:
    for by, name, label, row, unit in (
        ("olive", INCIDENTS, "Recorded incidents", "one incident", Unit.PERSON),
        ("olive", STREET, "Street crime", "one incident", Unit.ROW),
        ("hugo", ATTENDANCES, "Emergency attendances", "one attendance", Unit.PERSON),
    ):
        register(
            by=house.people[by],
            name=name,
            label=label,
            row=row,
            unit=unit,
            population="northshire",
            attribution=""
            if unit is Unit.PERSON
            else "Contains public sector information licensed under the Open Government Licence v3.0.",
            ports=house.portal.catalogue,
        )


def _agree(house: House, wanted: Terms) -> Agreement:
    agreement = draft(by=house.people["gwen"], terms=wanted, ports=house.portal.governance)
    for name in ("sam", "sara"):
        signature = house.keys[name].sign(bytes.fromhex(wanted.digest)).hex()
        sign(by=house.people[name], agreement=agreement.id, agency=PEOPLE[name][2], signature=signature, ports=house.portal.governance)
    return activate(by=house.people["gwen"], agreement=agreement.id, ports=house.portal.oversight)


def _open_projects(house: House, agreement: Agreement) -> None:
    gwen = house.people["gwen"]
    for slug, title, datasets in (
        ("night-safety", "Safer nights", (INCIDENTS, ATTENDANCES, STREET)),
        ("quiet-study", "A study nobody has begun", (STREET,)),
    ):
        project = open_project(
            by=gwen,
            slug=slug,
            title=title,
            purpose="Which places and hours see most harm at night, and has the street lighting of 2024 changed that?",
            benefit="Councils learn where help prevents most harm.",
            agreement=agreement.id,
            datasets=datasets,
            ends=agreement.terms.ends,
            ports=house.portal.governance,
        )
        for name, (_, role, where) in PEOPLE.items():
            if role is not None and where == slug:
                appoint(by=gwen, grant=Grant(person=house.people[name].id, role=role, project=project.id), ports=house.portal.governance)


def _publish_versions(house: House) -> None:
    send(house, INCIDENTS, INCIDENTS_CSV)
    house.work_off()
    declare_as_planned(house, INCIDENTS, incidents_plan())
    confirm_newest(house, INCIDENTS)
    send(house, STREET, STREET_CSV)
    house.work_off()
    declare_as_planned(house, STREET, street_plan())
    confirm_newest(house, STREET)


def send(house: House, name: DatasetName, content: bytes, *, by: str = "olive") -> int:
    """An upload all of whose bytes have arrived."""
    person, ports = house.people[by], house.portal.catalogue
    upload = begin_upload(by=person, dataset=house.dataset(name), expected=len(content), ports=ports)
    receive_part(by=person, upload=upload.id, offset=0, data=content, ports=ports)
    return finish_upload(by=person, upload=upload.id, ports=ports).id


def declare_as_planned(house: House, name: DatasetName, plan: Declaration, *, by: str = "olive") -> None:
    """Declare the newest upload of the dataset."""
    with house.portal.transactions.begin() as work:
        upload = work.uploads.of_dataset(house.dataset_in(work, name))[0]
    declare(by=house.people[by], upload=upload.id, declaration=plan, ports=house.portal.catalogue)


def confirm_newest(house: House, name: DatasetName, *, by: str = "olive") -> None:
    """Prepare the newest upload of the dataset, look at its risk, and have it published."""
    house.work_off()
    with house.portal.transactions.begin() as work:
        upload = work.uploads.of_dataset(house.dataset_in(work, name))[0]
    confirm(by=house.people[by], upload=upload.id, limits=None, ports=house.portal.catalogue)
    house.work_off()


def incidents_plan() -> Declaration:
    """What the officer says of ``INCIDENTS_CSV``."""
    public = {column.name: column for column in schema(INCIDENTS).columns}
    return Declaration(
        size=20_000,
        rows_per_person=3,
        columns=(
            ColumnPlan(header="forename", treatment=Treatment.DROP, link_as=LinkRole.FORENAME),
            ColumnPlan(header="surname", treatment=Treatment.DROP, link_as=LinkRole.SURNAME),
            ColumnPlan(header="dob", treatment=Treatment.DROP, link_as=LinkRole.BIRTH_DATE, format="%d/%m/%Y"),
            ColumnPlan(header="postcode", treatment=Treatment.DROP, link_as=LinkRole.POSTCODE),
            ColumnPlan(header="sex", treatment=Treatment.DROP, link_as=LinkRole.SEX),
            ColumnPlan(header="district", treatment=Treatment.KEEP, public=public["district"]),
            ColumnPlan(header="outcome", treatment=Treatment.KEEP, public=public["outcome"]),
            ColumnPlan(header="age", treatment=Treatment.KEEP, public=public["age"]),
            ColumnPlan(header="month", treatment=Treatment.MONTH, format="%d/%m/%Y", public=public["month"]),
            ColumnPlan(header="note", treatment=Treatment.DROP),
        ),
    )


def street_plan() -> Declaration:
    """What the officer says of ``STREET_CSV``."""
    public = {column.name: column for column in schema(STREET, unit=Unit.ROW).columns}
    return Declaration(
        size=20_000,
        rows_per_person=1,
        columns=tuple(
            ColumnPlan(
                header=name,
                treatment=Treatment.MONTH if name == "month" else Treatment.KEEP,
                format="%d/%m/%Y" if name == "month" else "",
                public=public[name],
            )
            for name in ("district", "outcome", "age", "month")
        ),
    )
