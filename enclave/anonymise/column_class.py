"""The classes a column may have."""

from __future__ import annotations

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
    ULN = "uln"
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"
    VEHICLE_REGISTRATION = "vehicle_registration"
    UPRN = "uprn"
    LOCAL_NUMBER = "local_number"
    CRIME_REFERENCE = "crime_reference"
    BANK_DETAILS = "bank_details"
    HANDLE = "handle"
    IP_ADDRESS = "ip_address"
    DEVICE = "device"
    URL = "url"
    DEATH_DATE = "death_date"
    COORDINATES = "coordinates"
    PERSON_KEY = "person_key"
    FREE_TEXT = "free_text"
    SEX = "sex"
    EVENT_DATE = "event_date"
    GEOGRAPHY = "geography"
    CATEGORY = "category"
    MEASURE = "measure"
    YES_NO = "yes_no"
    EMPTY = "empty"

    @property
    def plain(self) -> str:
        """The class in words, for the people who know the file."""
        return _PLAIN[self]


_PLAIN = {
    ColumnClass.FORENAME: "First names",
    ColumnClass.SURNAME: "Surnames",
    ColumnClass.FULL_NAME: "Full names",
    ColumnClass.ADDRESS: "Addresses",
    ColumnClass.POSTCODE: "Postcodes",
    ColumnClass.BIRTH_DATE: "Dates of birth",
    ColumnClass.PHONE: "Phone numbers",
    ColumnClass.EMAIL: "Email addresses",
    ColumnClass.NHS_NUMBER: "NHS numbers",
    ColumnClass.NINO: "National Insurance numbers",
    ColumnClass.UPN: "Unique pupil numbers",
    ColumnClass.ULN: "Unique learner numbers",
    ColumnClass.PASSPORT: "Passport numbers",
    ColumnClass.DRIVING_LICENCE: "Driving licence numbers",
    ColumnClass.VEHICLE_REGISTRATION: "Vehicle registrations",
    ColumnClass.UPRN: "Property references",
    ColumnClass.LOCAL_NUMBER: "Your own numbers for people",
    ColumnClass.CRIME_REFERENCE: "Crime references",
    ColumnClass.BANK_DETAILS: "Bank details",
    ColumnClass.HANDLE: "Names on social media",
    ColumnClass.IP_ADDRESS: "Internet addresses",
    ColumnClass.DEVICE: "Numbers of devices",
    ColumnClass.URL: "Web addresses",
    ColumnClass.DEATH_DATE: "Dates of death",
    ColumnClass.COORDINATES: "Points on the map",
    ColumnClass.PERSON_KEY: "Numbers of people or records",
    ColumnClass.FREE_TEXT: "Free text",
    ColumnClass.SEX: "Sex",
    ColumnClass.EVENT_DATE: "Dates of events",
    ColumnClass.GEOGRAPHY: "Places",
    ColumnClass.CATEGORY: "Categories",
    ColumnClass.MEASURE: "Numbers",
    ColumnClass.YES_NO: "Yes or no",
    ColumnClass.EMPTY: "Nothing: every cell is empty",
}


# Classes whose every value points at somebody; the others are kept where someone declares what they may hold.
IDENTIFYING = frozenset(list(ColumnClass)[: list(ColumnClass).index(ColumnClass.FREE_TEXT) + 1])
