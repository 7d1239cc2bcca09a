"""Tokens forgive spelling and nothing else; people, once found, never change."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.anonymise.identity import Identity, Reader, birth_date, soundex, split_name
from enclave.anonymise.link import Known, decide
from enclave.anonymise.tokens import DECISIVE, SIZE, WHOLE, Tokeniser, Tokens, kind_of
from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment

KEY = bytes(range(32))
NAMES = st.sampled_from(["ann", "anne", "bob", "smith", "smyth", "obrien", "jones"])
IDENTITIES = st.builds(
    Identity,
    nhs=st.sampled_from(["", "9434765919", "9434765870"]),
    forename=NAMES | st.just(""),
    surname=NAMES | st.just(""),
    born=st.none() | st.sampled_from([dt.date(1980, 4, 3), dt.date(1980, 3, 4), dt.date(1999, 12, 17)]),
    sex=st.sampled_from(["", "m", "f"]),
    postcode=st.sampled_from(["", "SW1A2AA", "CM11AB"]),
)


def reader(*roles: LinkRole) -> Reader:
    return Reader([ColumnPlan(header=role.value, treatment=Treatment.DROP, link_as=role, format="%d/%m/%Y") for role in roles])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Zoë", "O'Brien-Łuk", "03/04/1980"), ("ZOE", "OBrien Luk", "03/04/1980")),
        (("Zoe\u200b", "O\u2019BRIEN LUK", " 03/04/1980 "), ("Zoe", "o brien luk", "03/04/1980")),
        (("\uff21\uff4e\uff4e", "Bell", "03/04/1980"), ("ann", "BELL", "03/04/1980")),
    ],
)
def test_spelling_that_never_matters(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    read = reader(LinkRole.FORENAME, LinkRole.SURNAME, LinkRole.BIRTH_DATE).read
    assert read(one) == read(other)
    assert read(one).surname


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ann Bell", ("ann", "bell")),
        ("BELL, Ann Marie", ("ann", "bell")),
        ("Mrs. Ann Marie Bell", ("ann", "bell")),
        ("Bell", ("", "bell")),
        ("", ("", "")),
        ("Dr", ("", "")),
    ],
)
def test_full_names_are_split(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("robert", "r163"),
        ("rupert", "r163"),
        ("ashcraft", "a261"),
        ("tymczak", "t522"),
        ("pfister", "p236"),
        ("honeyman", "h555"),
        ("", ""),
    ],
)
def test_soundex_as_the_archives_publish_it(name: str, code: str) -> None:
    assert soundex(name) == code


@pytest.mark.parametrize("text", ["", "never", "31/02/2000", "01/01/1900", "30/12/1899"])
def test_dates_that_mean_unknown_link_nobody(text: str) -> None:
    assert birth_date(text, "%d/%m/%Y") is None


@given(IDENTITIES)
def test_tokens_are_many_or_none_and_never_the_text(who: Identity) -> None:
    tokens = Tokeniser(KEY).tokens(who)
    assert len(set(tokens)) == len(tokens) != 1
    assert all(len(token) == SIZE for token in tokens)
    assert [kind_of(token) for token in tokens] == sorted(kind_of(token) for token in tokens)
    assert tokens == Tokeniser(KEY).tokens(who)
    assert not set(tokens) & set(Tokeniser(KEY[::-1]).tokens(who))
    if who.nhs:
        assert kind_of(tokens[1]) == 1


def test_parts_cannot_run_into_each_other() -> None:
    maker = Tokeniser(KEY)
    one = Identity(forename="ab", surname="c", born=dt.date(1980, 4, 3))
    other = Identity(forename="a", surname="bc", born=dt.date(1980, 4, 3))
    exact = {kind_of(token): token for token in maker.tokens(one)}[3]
    assert exact not in maker.tokens(other)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        Tokeniser(b"short")


BORN = dt.date(1980, 4, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Identity(forename="ann", surname="smith", born=BORN), Identity(forename="ann", surname="smith", born=dt.date(1980, 3, 4))),
        (Identity(forename="ann", surname="smith", born=BORN, sex="f"), Identity(forename="anne", surname="smyth", born=BORN, sex="f")),
        (
            Identity(forename="ann", surname="smith", born=BORN, postcode="A1"),
            Identity(forename="ann", surname="wed", born=BORN, postcode="A1"),
        ),
        (Identity(forename="ann", surname="smith", born=BORN), Identity(forename="smith", surname="ann", born=BORN)),
        (Identity(forename="ann", surname="smith", born=BORN), Identity(forename="ann", surname="smtih", born=BORN)),
        (
            Identity(nhs="9434765919", forename="ann", surname="smith", born=BORN),
            Identity(nhs="9434765919", forename="bob", surname="jones", born=None),
        ),
    ],
)
def test_slips_that_are_forgiven(one: Identity, other: Identity) -> None:
    people = assign([one, other])
    assert people[0] == people[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Twins: all but the forename.
        (
            Identity(forename="ann", surname="smith", born=BORN, sex="f", postcode="A1"),
            Identity(forename="bea", surname="smith", born=BORN, sex="f", postcode="A1"),
        ),
        # The same words, but numbers that only one person can have.
        (
            Identity(nhs="9434765919", forename="ann", surname="smith", born=BORN),
            Identity(nhs="9434765870", forename="ann", surname="smith", born=BORN),
        ),
        (Identity(forename="ann", surname="smith", postcode="A1"), Identity(forename="ann", surname="smith", postcode="B2")),
    ],
)
def test_people_who_are_not_one(one: Identity, other: Identity) -> None:
    people = assign([one, other])
    assert people[0] != people[1]


def assign(people: list[Identity], known: Known | None = None) -> list[int]:
    records = [Tokeniser(KEY).tokens(who) for who in people]
    fresh = itertools.count(1 + max((known.owners.values()) if known and known.owners else [0]))
    found, _ = decide([tokens for tokens in records if tokens], known if known is not None else Known(owners={}), lambda: next(fresh))
    places = iter(found)
    return [next(places) if tokens else -place - 1 for place, tokens in enumerate(records)]


def copy_of(known: Known) -> Known:
    return Known(owners=dict(known.owners), deciding={person: dict(tokens) for person, tokens in known.deciding.items()})


TOKENS = st.lists(st.lists(IDENTITIES, max_size=8), max_size=4)


@settings(deadline=None)
@given(TOKENS)
def test_nobody_ever_moves_and_a_retry_finds_the_same_people(uploads: list[list[Identity]]) -> None:
    known = Known(owners={})
    first = [assign(upload, known) for upload in uploads]
    after = copy_of(known)
    again = [assign(upload, known) for upload in uploads]
    assert [one for upload in again for one in upload] == [one for upload in first for one in upload]
    assert known == after


@settings(deadline=None)
@given(TOKENS)
def test_a_token_keeps_its_owner_and_every_record_keeps_its_own_token(uploads: list[list[Identity]]) -> None:
    known = Known(owners={})
    for upload in uploads:
        before = dict(known.owners)
        assign(upload, known)
        assert before.items() <= known.owners.items()
    for who in itertools.chain(*uploads):
        tokens: Tokens = Tokeniser(KEY).tokens(who)
        assert not tokens or (kind_of(tokens[0]) == WHOLE and tokens[0] in known.owners)


@settings(deadline=None)
@given(st.lists(IDENTITIES, max_size=12))
def test_different_numbers_are_different_people(people: list[Identity]) -> None:
    found = assign(people)
    numbers: dict[int, set[str]] = {}
    for who, person in zip(people, found, strict=True):
        if who.nhs:
            numbers.setdefault(person, set()).add(who.nhs)
    assert all(len(one) == 1 for one in numbers.values())
    assert {1, 2} == DECISIVE
