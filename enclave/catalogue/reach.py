"""Whether a list of people can reach the rows of a file, going by what was declared of its columns."""

from __future__ import annotations

from collections.abc import Iterable

from enclave.catalogue.declaration import LinkRole

_R = LinkRole
_NAMES = (frozenset({_R.FORENAME, _R.SURNAME}), frozenset({_R.FULL_NAME}))
_BESIDE = (_R.BIRTH_DATE, _R.POSTCODE, _R.ADDRESS, _R.PLACE, _R.PHONE)
_NUMBERS = frozenset({_R.NHS_NUMBER, _R.PUPIL_NUMBER})
_CONTACTS = frozenset({_R.EMAIL, _R.PHONE})


def beyond_lists(roles: Iterable[LinkRole | None]) -> str:
    """A sentence for the officer where opt-outs will miss people of this file; "" where lists reach it.

    Whoever sends a list mostly has names and dates of birth, so a number alone is reached only by a list that has it too, or through
    another agency's records.
    """
    said = {role for role in roles if role}
    if any(names <= said for names in _NAMES) and said & set(_BESIDE):
        return ""
    if said & _NUMBERS:
        return (
            "Lists of people who opted out reach these rows only where the list has the same numbers, or other records tell whose they are."
        )
    if said & _CONTACTS:
        return "Lists of people who opted out reach these rows only where the list has the same e-mail addresses or mobile telephones."
    return "Lists of people who opted out cannot reach these rows. Link by a number, an e-mail address, or a name with something beside it."
