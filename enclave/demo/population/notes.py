"""Free text as busy people write it, full of what must not get out: names, telephone numbers, dates, streets.

``{name}`` is who the record is about, ``{other}`` somebody else; both are true names, whatever the register's own fields say.
"""

from __future__ import annotations

from enclave.demo.population import days
from enclave.demo.population.arrays import Draw, Ints
from enclave.demo.population.people import Block

POLICE = (
    "Attended {street} {date}. Spoke to {name} who was visibly upset. {other} had left prior to arrival. Advice given.",
    "Call from {other} ({phone}) re: ongoing dispute with {name}. No offences disclosed at this time.",
    "{name} states that on {date} unknown male entered via rear door. CSI requested. Contact {phone}.",
    "IP {name} declined to make a statement. Safeguarding referral submitted. OIC to call back on {phone}.",
    "Third call this month from {street}. {other} seen arguing with {name} outside no. 12. No injuries.",
    "{other} (neighbour) witnessed two youths on bikes near {street} at approx 21:40. {name} updated by phone {phone}.",
    "Arrived 23:10. {name} intoxicated, taken home to relative {other}. Intel report submitted {date}.",
    "Voluntary interview with {name} booked for {date}. Solicitor {other} informed.",
)
HOSPITAL = (
    "{name} brought in by partner {other}. Fall on stairs at home {date}. X-ray L wrist NAD. Analgesia given, d/c.",
    "Seen with relative {other}. 2/7 hx cough and fever. Chest clear. GP letter sent.",
    "Pt {name} c/o R sided headache following assault. GCS 15. Head injury advice sheet given. NOK {other} {phone}.",
    "Laceration to forearm, 6 sutures. Tetanus up to date. {name} to attend practice nurse {date} for ROS.",
    "Self-presented. Low mood, denies plan or intent. Psych liaison (Dr {other}) to review. Mobile {phone}.",
    "DNW after 3h. Called {phone}, spoke to {other}, advised to return if worse.",
    "Bruising of varying ages noted on upper arms. {name} reluctant to discuss. MARAC form considered, d/w Sr {other}.",
    "Chest pain ?cause. ECG NSR, trop negative x2. {name} keen to go home to {street}. Safety-netted.",
)
GP = (
    "Tel consult. {name} anxious re work, not sleeping. Discussed CBT, review {date}. Tel {phone}.",
    "{name} attended with relative {other}. URTI, no abx. Worsening advice given.",
    "Med review with {name}. BP 138/84. Repeat issued. Blood form given, next due {date}.",
    "Home visit to {street}. Carer {other} reports reduced appetite. Obs stable.",
    "Letter received from Dr {other}: discharged from clinic {date}. Problem list updated.",
    "Pt tearful in consultation, difficulties at home with {other}. Given helpline number. Will call {phone} Friday.",
    "Back pain 3/52, no red flags. Physio referral for {name}. MED3 until {date}.",
    "Failed encounter, no answer on {phone}. Text sent to {name}.",
)


def notes(block: Block, templates: tuple[str, ...], draw: Draw, person: Ints, day: Ints, *, share: float) -> list[str]:
    """One text per row, empty in all but ``share`` of them."""
    size = len(person)
    has = (draw.random(size) < share).tolist()
    which, other = draw.integers(len(templates), size=size).tolist(), draw.integers(block.size, size=size).tolist()
    rows = zip(has, which, person.tolist(), other, day.tolist(), strict=True)
    return [_note(block, templates[template], who, whom, when) if wanted else "" for wanted, template, who, whom, when in rows]


def _note(block: Block, template: str, who: int, whom: int, day: int) -> str:
    return template.format(
        name=f"{block.forenames[who]} {block.surnames[who]}",
        other=f"{block.forenames[whom]} {block.surnames[whom]}",
        phone=block.telephones[who].replace(" ", "") if who % 3 == 0 else block.telephones[who],
        date=days.written(days.BRITISH)[day],
        street=block.street_name(int(block.street[who])),
    )
