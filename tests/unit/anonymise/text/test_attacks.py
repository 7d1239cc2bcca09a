"""Every row of the table of attacks on detectors, and some of our own: found, and nothing but the placeholder is left of it."""

from __future__ import annotations

import base64

import pytest

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.redact import redact

NHS = "9434765919"
SPACED = "943 476 5919"


def wide(text: str) -> str:
    """In full-width characters."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ATTACKS = [
    ("943\n476\n5919", Entity.UK_NHS),
    ("943  476  5919", Entity.UK_NHS),
    ("943\u00a0476\u00a05919", Entity.UK_NHS),
    ("943\t476\t5919", Entity.UK_NHS),
    ("943–476–5919", Entity.UK_NHS),
    (wide(NHS), Entity.UK_NHS),
    ("٩٤٣٤٧٦٥٩١٩", Entity.UK_NHS),
    ("943\u200b476\u200b5919", Entity.UK_NHS),
    ("943\x004765919", Entity.UK_NHS),
    ("943&nbsp;476&nbsp;5919", Entity.UK_NHS),
    ("943.476.5919", Entity.UK_NHS),
    ("943/476/5919", Entity.UK_NHS),
    ("943, 476, 5919", Entity.UK_NHS),
    ("9 4 3 4 7 6 5 9 1 9", Entity.UK_NHS),
    ("ID9434765919X", Entity.UK_NHS),
    ("x_9434765919_y", Entity.UK_NHS),
    ("NHS:9434765918", Entity.UK_NHS),
    ("9.43E+9", Entity.UK_NHS),
    ("9.434765919E+09", Entity.UK_NHS),
    (b64(NHS), Entity.UK_NHS),
    (b64(b64(f"NHS {SPACED}")), Entity.UK_NHS),
    (base64.urlsafe_b64encode(b"??>>9434765919").decode(), Entity.UK_NHS),
    (NHS.encode().hex(), Entity.UK_NHS),
    ("%39%34%33%34%37%36%35%39%31%39", Entity.UK_NHS),
    ("943%20476%205919", Entity.UK_NHS),
    ("\\u0039\\u0034\\u00334765919", Entity.UK_NHS),
    ('{"nhs": 9434765919}', Entity.UK_NHS),
    ("&#57;&#52;&#51;4765919", Entity.UK_NHS),
    ("\u202e9195674349\u202c", Entity.UK_NHS),
    ("jane.doe\uff20example.org", Entity.EMAIL_ADDRESS),
    ("jane\u200b.doe@exam\u200bple.org", Entity.EMAIL_ADDRESS),
    ("jane [at] example [dot] org", Entity.EMAIL_ADDRESS),
    ("jane(at)example(dot)org", Entity.EMAIL_ADDRESS),
    ("jane at example dot org", Entity.EMAIL_ADDRESS),
    ("jane%40example.org", Entity.EMAIL_ADDRESS),
    ("jane@council.local", Entity.EMAIL_ADDRESS),
    ("jane@council", Entity.EMAIL_ADDRESS),
    ("АB 12 34 56 С", Entity.UK_NINO),  # noqa: RUF001
    ("AB\u00ad123456C", Entity.UK_NINO),
    ("AB-12-34-56-C", Entity.UK_NINO),
    ("AB123456", Entity.UK_NINO),
    ("ab 12 34 56 c", Entity.UK_NINO),
    ("SW1A  2AA", Entity.UK_POSTCODE),
    ("sw1a2aa", Entity.UK_POSTCODE),
    ("07700 900123", Entity.PHONE_NUMBER),
    ("+44 (0)7700 900 123", Entity.PHONE_NUMBER),
    ("0044 7700-900-123", Entity.PHONE_NUMBER),
    ("(01245) 496000", Entity.PHONE_NUMBER),
    ("third of April 1980", Entity.DATE),
    ("the twenty-first of March nineteen eighty", Entity.DATE),
    ("3 April 1980", Entity.DATE),
    ("3rd Apr 80", Entity.DATE),
    ("03041980", Entity.DATE),
    ("1980-04-03", Entity.DATE),
    ("3.4.80", Entity.DATE),
    ("April 3rd, 1980", Entity.DATE),
    ("passport 123456789", Entity.UK_PASSPORT),
    ("passport no: 12 345 6789", Entity.UK_PASSPORT),
    ("MORGA 657054 SM9IJ", Entity.UK_DRIVING_LICENCE),
    ("MORGA657054SM9IJ", Entity.UK_DRIVING_LICENCE),
]


@pytest.mark.parametrize(("attack", "entity"), ATTACKS)
@pytest.mark.parametrize("around", ["{}", "seen again, {} was given", "({})"])
def test_an_attack_is_found(attack: str, entity: Entity, around: str) -> None:
    text = around.format(attack)
    found = redact(text)
    assert entity in {span.entity for span in found.spans}
    left = found.text
    for span in found.spans:
        left = left.replace(f"[{span.entity.placeholder}]", "")
    assert not any(char.isdigit() for char in left), left
    assert "jane" not in left


# Recipe 17: every way for a pattern to begin, without end. A quadratic one takes minutes on 100 KB; linear ones are timed by the benchmark.
TRAPS = [
    "a.a.a.", "1-", "aaaa@", "@@@@", "http://aaa", "http://", "www.", "::::", ":", "0700 ", "9434765919", "9 ", "9.", "AB12", "AB 12 ",
    "GB82WEST", "GB82 ", "Mr ", "Mr A", "Aa-", "Aa ", "A. ", "O'", "4111 ", "(((", "SW1A ", "SW1A 2AA ", "943 476 5919 ", "a@b.co ",
    "192.168.", "fe80::", "fe80:", "020 7946 0958 ", "+44", "A1:", "1/2/", "1 April ", "third of ", "twenty ", "born ", "dob ",
    "flat 1 ", "12 High ", "12 High Street ", "lives at ", "nhs ", "passport ", "MORGA", "MORG9", "%41", "\\u0041", "&#65;", "QUJD",
    "4142", "my name is ", "mum ", "signed ", "van der ", "sort code ", "council tax ", "user name ", "aa:bb:", "a_", "-", "\xe9",
    "\u0301", "\u202e", "\u200b", " ", "\n", "Jane ", "jane\xad", "reg ", "A123 ", "car A1 ", " at a dot ", "[at]", "[dot]", "a [",
    "1.1E+", "x/", "a.bc/", "'",
]  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.timeout(60)
def test_a_text_built_to_be_slow_is_not(trap: str) -> None:
    text = (trap * 30_000)[:30_000]
    redact(text, row_known=["Jane", "Aaron", "9434765919", "1980-04-03", "12 High Street"])
