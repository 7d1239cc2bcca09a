"""Read a list of people in the jail, keep keyed tokens of it, put it in force, erase the file."""

from __future__ import annotations

from collections.abc import Sequence

from enclave.anonymise.linkage.identity import Reader
from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.reading.headers import words
from enclave.anonymise.reading.parse import read_table
from enclave.anonymise.refusal import FileRefusedError, Refusal, refuse
from enclave.anonymise.removal.put_in_force import Read, put_confirmed, put_in_force
from enclave.anonymise.removal.tracer import Tracer, why_unusable
from enclave.audit.events import Event
from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment
from enclave.catalogue.person_list import ListKind, ListState, PersonList, list_step
from enclave.terms.errors import OperatorError

# Names that a list's columns may have, in words. A column under another name would silently find fewer people, so it is refused.
COLUMNS = {
    "nhs number": LinkRole.NHS_NUMBER, "nhs no": LinkRole.NHS_NUMBER, "pupil number": LinkRole.PUPIL_NUMBER, "upn": LinkRole.PUPIL_NUMBER,
    "forename": LinkRole.FORENAME, "first name": LinkRole.FORENAME, "given name": LinkRole.FORENAME, "surname": LinkRole.SURNAME,
    "last name": LinkRole.SURNAME, "family name": LinkRole.SURNAME, "name": LinkRole.FULL_NAME, "full name": LinkRole.FULL_NAME,
    "date of birth": LinkRole.BIRTH_DATE, "birth date": LinkRole.BIRTH_DATE, "dob": LinkRole.BIRTH_DATE, "sex": LinkRole.SEX,
    "gender": LinkRole.SEX, "postcode": LinkRole.POSTCODE, "email": LinkRole.EMAIL, "e mail": LinkRole.EMAIL, "email address": LinkRole.EMAIL,
    "phone": LinkRole.PHONE, "telephone": LinkRole.PHONE, "mobile": LinkRole.PHONE, "phone number": LinkRole.PHONE,
    "mobile number": LinkRole.PHONE, "address": LinkRole.ADDRESS, "town": LinkRole.PLACE, "city": LinkRole.PLACE, "place": LinkRole.PLACE,
    "middle name": LinkRole.FORENAME, "maiden name": LinkRole.SURNAME, "former surname": LinkRole.SURNAME,
}  # fmt: skip


def read_list(*, number: int, ports: AnonymisePorts) -> None:
    """Read a list that was sent. May run again at any time: what is done stays done."""
    found, slug = _find(number, ports)
    if found.state is ListState.READING:
        try:
            _read(found, slug, ports)
        except FileRefusedError as error:
            _refuse(found, error.why, ports)
    elif found.state is ListState.CONFIRMED:
        put_confirmed(found, ports=ports)
    ports.lists.erase(number)
    ports.progress(100)


def _find(number: int, ports: AnonymisePorts) -> tuple[PersonList, str]:
    with ports.begin() as work:
        found = work.person_lists.by_id(number)
        slug = next((one.population.slug for one in work.datasets.all() if found and one.population.id == found.population), None)
    if found is None or slug is None:
        raise OperatorError(rule="A-25", sentence="The job is about a list that does not exist.")
    return found, slug


def _read(found: PersonList, slug: str, ports: AnonymisePorts) -> None:
    tracer = Tracer(ports.keys(slug))
    sure = found.kind is ListKind.CONSENT
    made = Read()
    plans: list[ColumnPlan] = []
    with ports.lists.open(found.id) as source:
        for batch in read_table(ports.parser, source, size=found.size, accept=lambda headers: plans.extend(_plans(headers, found.written))):
            reader = Reader(plans)
            for cells in zip(*(batch[place].to_pylist() for place in reader.places), strict=True):
                who = reader.read(cells)
                tokens = tracer.sure(who) if sure else tracer.traces(who)
                made.tokens.update(tokens)
                made.entries += 1
                if not tokens:
                    made.means_nobody(why_unusable(who, sure=sure))
    if not made.tokens:
        raise refuse("U-61")
    ports.progress(50)
    put_in_force(found, made, key=tracer.key_id, ports=ports)


def _plans(headers: Sequence[str], written: str) -> list[ColumnPlan]:
    """What each column says of a person. Raises ``FileRefusedError`` for a name that no list has."""
    plans = []
    for place, header in enumerate(headers, start=1):
        role = COLUMNS.get(words(header).strip())
        if role is None:
            raise refuse("U-60", column=place)
        plans.append(
            ColumnPlan(header=header, treatment=Treatment.DROP, link_as=role, format=written if role is LinkRole.BIRTH_DATE else "")
        )
    return plans


def _refuse(found: PersonList, why: Refusal, ports: AnonymisePorts) -> None:
    change = list_step(ListState.READING, ListState.REFUSED)
    with ports.begin() as work:
        if work.person_lists.move(found.id, old=change.old, new=change.new, sentence=f"{why.sentence} {why.instead}"):
            work.record(Event(kind=change.event, by=None, subject=f"list:{found.id}", details={"rule": why.rule}))
