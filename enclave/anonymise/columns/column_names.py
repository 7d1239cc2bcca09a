"""The names that columns of each class go by in British records, and in American ones where our test data have them."""

from __future__ import annotations

import re

from enclave.anonymise.column_class import ColumnClass

_NUMBER = "(id|ids|ref|reference|no|num|number|identifier|key)"
_PERSON = (
    "(patient|client|pupil|student|child|person|victim|suspect|offender|customer|mother|father|carer|parent|officer|owner|tenant|guardian|"
    "partner|witness|defendant|learner|resident|applicant|claimant|next of kin|nok|gp|doctor|nurse|clinician|consultant|teacher|staff)"
)
_OWN = (
    "(local|hospital|patient|client|customer|case|unit|pas|mrn|pupil|student|child|service user|swift|liquidlogic|mosaic|tenant|housing|"
    "prison|probation)"
)
_PEOPLE = (
    "(person|people|subject|individual|participant|respondent|member|household|family|national|personal|token|unique|true person|user|"
    "staff|employee|officer|learner|resident)"
)
_RECORD = "(record|row|event|episode|encounter|attendance|assessment|contact|visit|incident|case|referral|entry|admission|spell|order|appointment)"
_PLACE = (
    r"[lm]soa\d*|oa\d*|ward|district|region|county|country|borough|town|city|village|parish|state|force|area|constituency|ccg|icb|la|lad|"
    r"locality|utla|ltla|location|place|birthplace|reported by|falls within|fips|beat|neighbourhood"
)
_LAST = "(sur|last|family|maiden|previous|birth)"

# Matched against a name in words, with a space at either end (``header_words.spelled``), so that a space in a pattern is the edge of a word.
_NAMES: dict[ColumnClass, tuple[str, ...]] = {
    ColumnClass.FORENAME: (
        r" (fore|first|given|christian|middle|preferred|known) ?names? ",
        r" (fname|forenames?|initials?) ",
        r"^ (first|middle) $",
        r" (first|given) nm ",
    ),
    ColumnClass.SURNAME: (rf" {_LAST} ?names? ", r" (lname|surnames?|maiden|aliase?s?) ", r"^ last $", r" (last|family) nm "),
    ColumnClass.FULL_NAME: (
        rf" (full|{_PERSON}) ?name ",
        r" (fore|first) ?name .*sur ?name ",
        r" first (and )?(sur|last) ?name ",
        r" (next of kin|nok|emergency contact|alternative contact)( name)? $| contact name ",
        r" named? (gp|consultant|clinician|worker|nurse) ",
        r" (social|key) worker ",
    ),
    ColumnClass.ADDRESS: (r" addr(ess)? ?\d* ", r" street ", r" (house|flat|building) (no|num|number|name)? ?", r" homeadd "),
    ColumnClass.POSTCODE: (r" post ?code ", r" (postal|zip|zip ?code|pcd[s2]?|pcode) "),
    ColumnClass.BIRTH_DATE: (
        r"( |my)dob ",
        r" birth ?date ",
        r" (date|year|month|day) (of )?birth ",
        r" birth (day|month|year) ",
        r" (born|birthday|d o b|yob) ",
    ),
    ColumnClass.PHONE: (r" (tele)?phone ", r" (mobile|tel|fax) ", r" (contact|home|work) (no|num|number|phone|tel) "),
    ColumnClass.EMAIL: (r" e ?mail",),
    ColumnClass.NHS_NUMBER: (
        rf" nhs {_NUMBER} ",
        r" nhs $",
        r" (nhsno|nhsnumber|newnhsno|chi number|chi no|h c number|hcn) ",
        rf" health service {_NUMBER} ",
    ),
    ColumnClass.NINO: (r" nino ", r" ni (no|num|number) ", r" national insurance "),
    ColumnClass.UPN: (r" upn ", r" unique pupil ", rf" pupil {_NUMBER} ", r" former upn "),
    ColumnClass.ULN: (r" uln ", r" (unique )?learner (ref|reference|no|num|number|record number) "),
    ColumnClass.PASSPORT: (r" passport ",),
    ColumnClass.DRIVING_LICENCE: (r" (driving|drivers?) (licen[cs]e|no|num|number|id) ", r"^ drivers $", r" licence (no|num|number) "),
    ColumnClass.VEHICLE_REGISTRATION: (
        r" (vrm|vrn|number ?plate|licen[cs]e plate) ",
        r" (vehicle|car) (reg|registration|plate|id|no|num|number|mark) ",
        r" reg(istration)? (plate|mark|no|num|number) ",
    ),
    ColumnClass.UPRN: (r" (uprn|usrn) ", r" unique property ", r" property (ref|reference) "),
    ColumnClass.LOCAL_NUMBER: (rf" {_OWN} {_NUMBER}", r" (mrn|lopatid|localid|patientid|upi) ", r" local (patient )?id"),
    ColumnClass.CRIME_REFERENCE: (
        rf" (crime|offence|occurrence|custody|incident|arrest|warrant|charge) {_NUMBER} ",
        r" (pnc|cro|crn|niche) ?(id|no|num|number)? $|^ (police )?urn $",
    ),
    ColumnClass.BANK_DETAILS: (
        r" sort ?code ",
        r" (bank|account|acct|acc) (acc(oun)?t )?(no|num|number|name|holder) ",
        r" (iban|bic|pan) ",
        r" (bank|credit|debit|payment) (account|card|details) ",
        r" card (no|num|number) ",
    ),
    ColumnClass.HANDLE: (
        r" (twitter|facebook|instagram|tiktok|snapchat|social media|handle|username|user ?name|screen name|login|gamertag) ",
    ),
    ColumnClass.IP_ADDRESS: (r" ip ?addr(ess)? ", r" (client|source|user|remote) ip ", r" ipv[46] "),
    ColumnClass.DEVICE: (
        r" (mac ?addr(ess)?|imei|imsi|iccid|udid|idfa|gaid) ",
        r" (device|cookie|session|advertising|handset) (id|no|number|key|address) ",
    ),
    ColumnClass.URL: (r" (url|website|web ?page|homepage|weblink|profile link) ",),
    ColumnClass.DEATH_DATE: (r" (death ?date|dod|deceased date|date deceased) ", r" date (of )?death ", r" death (datetime|day) "),
    ColumnClass.COORDINATES: (r" (lat|lon|long|lng|latitude|longitude|eastings?|northings?|grid ref(erence)?|what3words|geo ?point) ",),
    ColumnClass.PERSON_KEY: (
        rf" {_PEOPLE} ({_NUMBER}|person) ",
        r" (ssn|social security|hesid|pseudo \w+|personid|token\w*|susrecid|attendid) ",
        r"key ",
        r"^ id $",
    ),
    ColumnClass.FREE_TEXT: (r" (notes?|comments?|narrative|free ?text|remarks|observations?|mo|summary|details) ",),
    ColumnClass.SEX: (r" (sex|gender) ",),
    ColumnClass.EVENT_DATE: (r"date|month|week",),
    ColumnClass.GEOGRAPHY: (rf" ({_PLACE}) ",),
    ColumnClass.YES_NO: (r" (flag|ind|indicator|yn|is|has|was|were) ",),
}
NAMES: dict[ColumnClass, re.Pattern[str]] = {kind: re.compile("|".join(patterns)) for kind, patterns in _NAMES.items()}
OF_A_RECORD = re.compile(rf" {_RECORD} ?{_NUMBER} $")
# Whom an organisation's code or name points at is the organisation.
ORGANISATION = re.compile(
    r" (hospital|trust|provider|school|site|ward|clinic|practice|prac|org(anisation)?|centre|department|college|establishment|station|"
    r"laestab|urn|procode\w?|purcode|referorg|sitetret) ?(id|code|no|num|number|name|urn|laestab)? $|^ (gpprac|gp prac(tice)?)( code)? $"
)
CODE = re.compile(r" (code|codes|type|class|category|status|scheme|band|group|decile|quintile)\d* |code $")
CLINICAL = re.compile(r" (diag\w?\d?|diagnosis|oper|opertn|cause|icd ?\d*|opcs\d*|snomed|read|procedure|invest\d?|treat\d?|hrg\d*) ")
BARE_NAME = re.compile(r"^ (name|surname|last|first|middle) $")
ADDRESS_LINE = re.compile(r"^ (address )?line ?\d $|^ add ?\d $")
BARE_ACCOUNT = re.compile(r"^ (account|acc|acct)( no| num| number)? $")
