"""The classes a column may have, and the names columns of each class go by in British records."""

from __future__ import annotations

import re
from enum import StrEnum


class ColumnClass(StrEnum):
    """What a column holds."""

    FORENAME = "forename"
    SURNAME = "surname"
    FULL_NAME = "full_name"
    ADDRESS = "address"
    POSTCODE = "postcode"
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    EMAIL = "email"
    NHS_NUMBER = "nhs_number"
    NINO = "nino"
    UPN = "upn"
    LOCAL_NUMBER = "local_number"
    CRIME_REFERENCE = "crime_reference"
    PERSON_KEY = "person_key"
    FREE_TEXT = "free_text"
    SEX = "sex"
    EVENT_DATE = "event_date"
    GEOGRAPHY = "geography"
    CATEGORY = "category"
    MEASURE = "measure"
    YES_NO = "yes_no"
    EMPTY = "empty"


# Classes whose every value points at somebody; the others are kept where someone declares what they may hold.
IDENTIFYING = frozenset(list(ColumnClass)[: list(ColumnClass).index(ColumnClass.FREE_TEXT) + 1])

_NUMBER = "(id|ref|reference|no|num|number|identifier|key)"
_PERSON = "(patient|client|pupil|student|child|person|victim|suspect|offender|customer|mother|father|carer|parent|officer|owner|tenant)"
_OWN = "(local|hospital|patient|client|customer|case|unit|pas|mrn|pupil|student|child|service user|swift|tenant|housing)"
_PEOPLE = "(person|people|subject|individual|participant|respondent|member|household|family|national|personal|token|unique|true person)"
_RECORD = "(record|row|event|episode|encounter|attendance|assessment|contact|visit|incident|case|referral|entry|admission|spell|order)"
_PLACE = (
    r"[lm]soa\d*|oa\d*|ward|district|region|county|country|borough|town|city|village|parish|state|force|area|constituency|ccg|icb|la|lad|"
    r"locality|utla|ltla|location|place|birthplace|lat|lon|long|latitude|longitude|eastings?|northings?|reported by|falls within|fips|beat|"
    r"neighbourhood"
)

# Matched against a name in words, with a space at either end (``headers.words``), so that a space in a pattern is the edge of a word.
_NAMES: dict[ColumnClass, tuple[str, ...]] = {
    ColumnClass.FORENAME: (
        r" (fore|first|given|christian|middle|preferred|known) ?names? ",
        r" (fname|forenames?|initials?) ",
        r"^ first $",
    ),
    ColumnClass.SURNAME: (r" (sur|last|family|maiden|previous|birth) ?names? ", r" (lname|surname|maiden) ", r"^ last $"),
    ColumnClass.FULL_NAME: (rf" (full|{_PERSON}) ?name ", r" (fore|first) ?name .*sur ?name ", r" first (and )?(sur|last) ?name "),
    ColumnClass.ADDRESS: (r" addr(ess)? ?\d* ", r" street ", r" (house|flat|building) (no|num|number|name)? ?", r" (uprn|homeadd) "),
    ColumnClass.POSTCODE: (r" post ?code ", r" (postal|zip|zip ?code|pcd[s2]?|pcode) "),
    ColumnClass.BIRTH_DATE: (
        r"( |my)dob ",
        r" birth ?date ",
        r" (date|year|month) of birth ",
        r" birth (day|month|year) ",
        r" (born|d o b) ",
    ),
    ColumnClass.PHONE: (r" (tele)?phone ", r" (mobile|tel) ", r" (contact|home|work) (no|num|number|phone|tel) "),
    ColumnClass.EMAIL: (r" e ?mail",),
    ColumnClass.NHS_NUMBER: (rf" nhs {_NUMBER} ", r" nhs $", r" (nhsno|nhsnumber|newnhsno) ", rf" health service {_NUMBER} "),
    ColumnClass.NINO: (r" nino ", r" ni (no|num|number) ", r" national insurance "),
    ColumnClass.UPN: (r" (upn|uln) ", r" unique (pupil|learner) ", rf" pupil {_NUMBER} "),
    ColumnClass.LOCAL_NUMBER: (rf" {_OWN} {_NUMBER}", r" (mrn|lopatid|localid|patientid|upi) ", r" local (patient )?id"),
    ColumnClass.CRIME_REFERENCE: (
        rf" (crime|offence|occurrence|custody|incident|arrest) {_NUMBER} ",
        r" (pnc|cro|crn|niche) ?(id|no|number)? ",
    ),
    ColumnClass.PERSON_KEY: (
        rf" {_PEOPLE} ({_NUMBER}|person) ",
        r" (ssn|passport|drivers?|driving licen[cs]e|social security|hesid|pseudo \w+|personid|token\w*|susrecid|attendid) ",
        r"key ",
        r"^ id $",
    ),
    ColumnClass.FREE_TEXT: (r" (notes?|comments?|narrative|free ?text|remarks|observations?|mo) ",),
    ColumnClass.SEX: (r" (sex|gender) ",),
    ColumnClass.EVENT_DATE: (r"date|month|week",),
    ColumnClass.GEOGRAPHY: (rf" ({_PLACE}) ",),
    ColumnClass.YES_NO: (r" (flag|ind|indicator|yn|is|has|was|were) ",),
}
NAMES: dict[ColumnClass, re.Pattern[str]] = {kind: re.compile("|".join(patterns)) for kind, patterns in _NAMES.items()}
OF_A_RECORD = re.compile(rf" {_RECORD} ?{_NUMBER} $")
BARE_NAME = re.compile(r"^ (name|surname|last|first) $")
