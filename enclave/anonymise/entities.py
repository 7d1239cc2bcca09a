"""What detectors look for, and what a whole cell may look like. Their names are all that is ever reported, with counts."""

from __future__ import annotations

from enum import StrEnum


class Entity(StrEnum):
    """An identifier found in a cell. Names follow Presidio where it has one."""

    UK_NHS = "UK_NHS"
    UK_NINO = "UK_NINO"
    UK_UPN = "UK_UPN"
    UK_POSTCODE = "UK_POSTCODE"
    UK_PASSPORT = "UK_PASSPORT"
    UK_VEHICLE_REGISTRATION = "UK_VEHICLE_REGISTRATION"
    CRIME_REFERENCE = "CRIME_REFERENCE"
    EMAIL_ADDRESS = "EMAIL_ADDRESS"
    PHONE_NUMBER = "PHONE_NUMBER"
    IBAN_CODE = "IBAN_CODE"
    CREDIT_CARD = "CREDIT_CARD"
    IP_ADDRESS = "IP_ADDRESS"
    UK_DRIVING_LICENCE = "UK_DRIVING_LICENCE"
    UK_UPRN = "UK_UPRN"
    UK_ULN = "UK_ULN"
    UK_BANK_ACCOUNT = "UK_BANK_ACCOUNT"
    UK_COUNCIL_TAX = "UK_COUNCIL_TAX"
    POLICE_REFERENCE = "POLICE_REFERENCE"
    HOSPITAL_NUMBER = "HOSPITAL_NUMBER"
    DATE = "DATE"
    ADDRESS = "ADDRESS"
    URL = "URL"
    UUID = "UUID"
    MAC_ADDRESS = "MAC_ADDRESS"
    USER_NAME = "USER_NAME"
    US_SSN = "US_SSN"
    KNOWN = "KNOWN"
    LOCATION = "LOCATION"
    PERSON = "PERSON"
    WITHHELD = "WITHHELD"
    UNREADABLE = "UNREADABLE"

    @property
    def plain(self) -> str:
        """The entity in words."""
        return _PLAIN[self]

    @property
    def placeholder(self) -> str:
        """What stands in a text in its place, in square brackets."""
        return _PLACEHOLDERS.get(self, self.value.removeprefix("UK_"))


_PLAIN = {
    Entity.UK_NHS: "NHS number",
    Entity.UK_NINO: "National Insurance number",
    Entity.UK_UPN: "unique pupil number",
    Entity.UK_POSTCODE: "full postcode",
    Entity.UK_PASSPORT: "passport number",
    Entity.UK_VEHICLE_REGISTRATION: "vehicle registration",
    Entity.CRIME_REFERENCE: "crime reference",
    Entity.EMAIL_ADDRESS: "e-mail address",
    Entity.PHONE_NUMBER: "telephone number",
    Entity.IBAN_CODE: "bank account",
    Entity.CREDIT_CARD: "payment card",
    Entity.IP_ADDRESS: "internet address",
    Entity.UK_DRIVING_LICENCE: "driving licence number",
    Entity.UK_UPRN: "property reference number",
    Entity.UK_ULN: "unique learner number",
    Entity.UK_BANK_ACCOUNT: "sort code and account number",
    Entity.UK_COUNCIL_TAX: "council tax reference",
    Entity.POLICE_REFERENCE: "police reference for a person",
    Entity.HOSPITAL_NUMBER: "hospital number",
    Entity.DATE: "full date",
    Entity.ADDRESS: "address",
    Entity.URL: "web address",
    Entity.UUID: "random identifier",
    Entity.MAC_ADDRESS: "network card address",
    Entity.USER_NAME: "user name",
    Entity.US_SSN: "social security number",
    Entity.KNOWN: "identifier the agency knows",
    Entity.LOCATION: "place",
    Entity.PERSON: "person's name",
    Entity.WITHHELD: "text withheld because it could not be read",
    Entity.UNREADABLE: "text the detectors could not read",
}
_PLACEHOLDERS = {
    Entity.UK_NHS: "NHS_NUMBER",
    Entity.UK_NINO: "NI_NUMBER",
    Entity.UK_UPN: "PUPIL_NUMBER",
    Entity.UK_ULN: "LEARNER_NUMBER",
    Entity.IBAN_CODE: "BANK_ACCOUNT",
    Entity.KNOWN: "IDENTIFIER",
}


class Shape(StrEnum):
    """What a whole cell looks like, beyond being an identifier."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    YES_NO = "yes_no"
    TEN_DIGITS = "ten_digits"
    OUTWARD = "outward"
    ONS_CODE = "ons_code"
    UUID = "uuid"
    REFERENCE = "reference"
    NAME = "name"
    FORENAME = "forename"
    SURNAME = "surname"
    ADDRESS = "address"
    TIME = "time"
    PROSE = "prose"
    SUPPRESSED = "suppressed"  # what official statistics write instead of a small number
