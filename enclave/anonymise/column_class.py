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


# Classes whose every value points at somebody; the others are kept where someone declares what they may hold.
IDENTIFYING = frozenset(list(ColumnClass)[: list(ColumnClass).index(ColumnClass.FREE_TEXT) + 1])
