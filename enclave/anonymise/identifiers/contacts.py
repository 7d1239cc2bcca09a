"""Is this whole cell a way to reach, pay or recognise somebody: e-mail, telephone, web, devices, bank? Standard library, linear time."""

from __future__ import annotations

import re
from ipaddress import ip_address

from enclave.anonymise.identifiers import check_digits

_PHONE = re.compile(r"(?:\+44 ?(?:\(0\) ?)?|0044 ?|\(?0)[1-9](?:[ ()-]{0,2}\d){8,9}|44[1237-9]\d{9}")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z\d]{11,30}")
# Visa, Mastercard, American Express, Discover, Diners, JCB and Maestro, by their first digits and lengths.
_CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|"
    r"3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|(?:50|5[6-8]|6[37])\d{14}"
)
_ACCOUNT = re.compile(r"\d{2}-\d{2}-\d{2}[ ,/]{1,2}\d{8}")
_MAC = re.compile(r"[0-9A-F]{2}(?:([:-])[0-9A-F]{2})(?:\1[0-9A-F]{2}){4}", re.IGNORECASE)
_URL = re.compile(r"(?:[a-z]{2,6}://|www\.)[^\s]{3,300}", re.IGNORECASE)
_HANDLE = re.compile(r"@[A-Za-z0-9_.]{2,30}")


def is_email(text: str) -> bool:
    """An e-mail address."""
    return len(text) <= 320 and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """A UK telephone number with its leading 0 or +44."""
    return len(text) <= 30 and _PHONE.fullmatch(text) is not None


def is_iban(text: str) -> bool:
    """An international bank account number."""
    text = text.replace(" ", "").upper()
    return text.isascii() and _IBAN.fullmatch(text) is not None and check_digits.iban(text)


def is_card(text: str) -> bool:
    """A payment card of a known issuer, in groups or not."""
    digits = text.replace(" ", "").replace("-", "")
    return digits.isascii() and _CARD.fullmatch(digits) is not None and check_digits.luhn(digits)


def is_bank_account(text: str) -> bool:
    """A sort code with hyphens (without, it is only a number) followed by an account number."""
    return _ACCOUNT.fullmatch(text) is not None


def is_ip(text: str) -> bool:
    """An IPv4 address, or an IPv6 address of four groups and more."""
    if text.count(".") != 3 and text.count(":") < 3:
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_mac(text: str) -> bool:
    """The hardware address of a device."""
    return _MAC.fullmatch(text) is not None


def is_url(text: str) -> bool:
    """A web address."""
    return _URL.fullmatch(text) is not None


def is_handle(text: str) -> bool:
    """A name on social media, with its at sign."""
    return _HANDLE.fullmatch(text) is not None
