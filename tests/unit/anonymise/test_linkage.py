"""Who is linked, who is not, and that people, once found, never change."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.anonymise.identifiers.exact import nhs_number
from enclave.anonymise.linkage.batch import Recorder
from enclave.anonymise.linkage.candidates import COMMON
from enclave.anonymise.linkage.compare import evidence, weigh
from enclave.anonymise.linkage.encoding import RECORD, Encoder, full_names
from enclave.anonymise.linkage.identity import Identity, Reader, address, birth_date, e_mail, post_code, soundex, split_name, telephone
from enclave.anonymise.linkage.tokens import KINDS, SIZE, WHOLE, Tokeniser, kind_of, says_enough
from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment
from tests.deep import draws
from tests.factories.identities import KEY, assigned, counted, recorded

NAMES = st.sampled_from(["ann", "anne", "bob", "smith", "smyth", "obrien", "jones"])
IDENTITIES = st.builds(
    Identity,
    nhs=st.sampled_from(["", "9434765919", "9434765870"]),
    forename=NAMES | st.just(""),
    surname=NAMES | st.just(""),
    born=st.sampled_from(["", "19800403", "19800304", "19991217"]),
    sex=st.sampled_from(["", "m", "f"]),
    postcode=st.sampled_from(["", "SW1A2AA", "CM11AB"]),
    place=st.sampled_from(["", "london", "bury"]),
    email=st.sampled_from(["", "ann.smith@example.org"]),
)


def reader(*roles: LinkRole) -> Reader:
    return Reader([ColumnPlan(header=role.value, treatment=Treatment.DROP, link_as=role, format="%d/%m/%Y") for role in roles])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Zoë", "O'Brien-Łuk", "03/04/1980"), ("ZOE", "OBrien Luk", "03/04/1980")),
        (("Zoe\u200b", "O\u2019BRIEN LUK", " 03/04/1980 "), ("Zoe", "o brien luk", "03/04/1980")),
        (("\uff21\uff4e\uff4e", "Bell", "03/04/1980"), ("ann", "BELL", "03/04/1980")),
        (("Mrs Ann", "Bell", "03/04/1980"), ("Ann", "Bell", "03/04/1980")),
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
        ("BELL, Ann Marie", ("ann", "marie", "bell")),
        ("Mrs. Ann Marie Bell", ("ann", "marie", "bell")),
        ("Bell", ("bell",)),
        ("", ()),
        ("Dr", ()),
        ("unknown", ()),
    ],
)
def test_full_names_are_split(name: str, parts: tuple[str, ...]) -> None:
    assert split_name(name) == parts


def test_further_names_stand_beside_the_name() -> None:
    read = reader(LinkRole.FORENAME, LinkRole.FORENAME, LinkRole.SURNAME, LinkRole.SURNAME).read
    assert read(("Ann", "Marie", "Bell", "Maiden")) == Identity(forename="ann", surname="bell", others=("marie", "maiden"))
    assert reader(LinkRole.FULL_NAME, LinkRole.FORENAME).read(("Bell", "Bell")) == Identity(forename="bell")


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


@pytest.mark.parametrize("text", ["", "never", "01/01/1900", "30/12/1899", "00/00/1980", "1/2/99"])
def test_dates_that_mean_unknown_link_nobody(text: str) -> None:
    assert not birth_date(text, "%d/%m/%Y")


def test_a_mistyped_date_keeps_its_digits() -> None:
    assert birth_date("81/02/1961", "%d/%m/%Y") == "19610281"
    assert birth_date("3/4/1980", "%d/%m/%Y") == "19800403"


@pytest.mark.parametrize(
    ("read", "text", "found"),
    [
        (post_code, "sw1a 2aa", "SW1A2AA"),
        (post_code, "ZZ99 3WZ", ""),
        (post_code, "00000", ""),
        (address, "12a, High St.", ("12a", "highst")),
        (address, "Flat 3 Mill House", ("3", "flatmillhouse")),
        (address, "unknown 12", ("12", "unknown")),
        (address, "", ("", "")),
        (telephone, "+44 20 7946 0018", "2079460018"),
        (telephone, "0000000000", ""),
        (telephone, "999", ""),
        (e_mail, " Ann@Example.org", "ann@example.org"),
        (e_mail, "none", ""),
    ],
)
def test_what_is_read_of_where_somebody_lives(read, text: str, found: object) -> None:  # type: ignore[no-untyped-def]
    assert read(text) == found


def test_short_names_stand_for_all_they_are_short_for() -> None:
    assert {"albert", "herbert", "robert"} <= set(full_names("bert"))
    assert set(full_names("rob")) & set(full_names("bobby"))
    assert not set(full_names("mary")) & set(full_names("margaret"))
    assert full_names("zebulon") == ("zebulon",)


@given(IDENTITIES)
def test_tokens_are_many_or_none_and_never_the_text(who: Identity) -> None:
    tokens = Tokeniser(KEY).tokens(who)
    assert len(set(tokens)) == len(tokens)
    assert bool(tokens) == says_enough(who)
    assert all(len(token) == SIZE for token in tokens)
    assert not tokens or kind_of(tokens[0]) == WHOLE
    assert tokens == Tokeniser(KEY).tokens(who)
    assert not set(tokens) & set(Tokeniser(KEY[::-1]).tokens(who))


def test_no_common_field_is_a_token_alone() -> None:
    """A name, a town, a sex alone would give itself away by how often it comes; numbers, addresses and dates of birth do not repeat so."""
    for lone in ({"forename": "ann"}, {"surname": "smith"}, {"place": "london"}, {"sex": "f"}, {"postcode": "CM11AB"}):
        one, other = (Tokeniser(KEY).tokens(Identity(email=email, **lone)) for email in ("ann@a.org", "bea@b.org"))
        assert one
        assert not set(one) & set(other)
    assert len({number for number, _, _ in KINDS}) == len(KINDS)


def test_parts_cannot_run_into_each_other() -> None:
    one, other = (set(Tokeniser(KEY).tokens(Identity(forename=a, surname=b, street="millroad"))[1:]) for a, b in (("ab", "c"), ("a", "bc")))
    assert one
    assert not one & other


def test_a_short_key_is_refused() -> None:
    for make in (Tokeniser, Encoder):
        with pytest.raises(ValueError, match="32"):
            make(b"short")


@given(IDENTITIES, IDENTITIES)
def test_an_encoding_depends_on_the_key_and_on_nothing_else(one: Identity, other: Identity) -> None:
    here, again, there = Encoder(KEY).encode([one, other]), Encoder(KEY).encode([one, other]), Encoder(KEY[::-1]).encode([one, other])
    assert here.tobytes() == again.tobytes()
    bits = [weigh(evidence(one[:1], one[1:]), 20) for one in (here, there, here[::-1])]
    assert bits[0] == bits[1] == bits[2]
    for name in ("nhs", "phone", "occupation"):
        assert here[name][0] != there[name][0] or not here[name][0]
    for name in ("forename", "surname", "place"):
        assert here[name]["exact"][0] != there[name]["exact"][0] or not here[name]["exact"][0]


ANN = Identity(forename="ann", surname="smith", born="19800403", sex="f", postcode="CM11AB", number="3", street="millroad")


def like(who: Identity, **changed: object) -> Identity:
    return Identity(**{**{name: getattr(who, name) for name in Identity.__dataclass_fields__}, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"born": "19800304"},
        {"born": "19800408", "postcode": ""},
        {"forename": "anne", "surname": "smyth"},
        {"surname": "wed"},
        {"forename": "smith", "surname": "ann"},
        {"surname": "smtih", "postcode": ""},
        {"postcode": "SW1A2AA", "number": "9", "street": "elsewhere"},
        {"sex": ""},
    ],
)
def test_slips_and_moves_that_are_forgiven(changed: dict[str, object]) -> None:
    people = assigned([ANN, like(ANN, **changed)])
    assert people[0] == people[1]


def test_a_number_that_only_one_person_has_decides() -> None:
    ann = like(ANN, nhs="9434765919")
    same = assigned([ann, Identity(nhs="9434765919", forename="bob", surname="jones", born="19511111")])
    assert same[0] == same[1]
    other = assigned([ann, like(ANN, nhs="9434765870")])
    assert other[0] != other[1]


@pytest.mark.parametrize(
    ("who", "changed"),
    [
        ("twins", {"forename": "bea"}),
        ("twins named alike", {"forename": "annabel"}),
        ("twins of two sexes", {"forename": "andrew", "sex": "m"}),
        ("mother and daughter of one name", {"born": "20060917"}),
        ("spouses", {"forename": "robert", "born": "19781122", "sex": "m"}),
        ("spouses of unknown age", {"forename": "robert", "born": "", "sex": "m"}),
        ("siblings", {"forename": "bea", "born": "19831122"}),
        ("a household with one e-mail", {"forename": "bea", "email": "smiths@example.org"}),
    ],
)
def test_households_are_not_people(who: str, changed: dict[str, object]) -> None:
    """However many records there are of each, and with an e-mail and a telephone for all."""
    shared = {"email": "smiths@example.org", "phone": "2079460018"}
    for extra in ({}, shared if who != "mother and daughter of one name" else {}):
        one, other = like(ANN, **extra), like(ANN, **{**changed, **extra})
        records = [one, other, like(one, postcode=""), like(other, postcode=""), like(one, number=""), like(other, number="")]
        people = assigned(records)
        assert len({*people[0::2]}) == len({*people[1::2]}) == 1, who
        assert people[0] != people[1], who


def test_what_is_shared_by_many_links_nobody() -> None:
    """A shared address or surname, a name alone, a birthday alone: not enough, each for itself."""
    for one, other in (
        (Identity(surname="smith", number="3", street="millroad", postcode="CM11AB"), ANN),
        (Identity(forename="ann", surname="smith", postcode="A1"), Identity(forename="ann", surname="smith", postcode="B2")),
    ):
        people = assigned([one, other])
        assert people[0] != people[1]


def test_nobody_is_who_says_no_more_than_others_say_too() -> None:
    for who in (
        Identity(forename="ann", surname="smith"),
        Identity(born="19800403", place="london"),
        Identity(born="19800403", postcode="CM11AB", sex="f"),
        Identity(surname="smith", place="london"),
        Identity(forename="ann", born="19800101"),
        Identity(number="3", street="millroad", postcode="CM11AB"),
    ):
        assert not says_enough(who)
    for who in (Identity(nhs="9434765919"), Identity(forename="zebulon", surname="quatermain"), Identity(surname="smith", born="19800403")):
        assert says_enough(who)


def test_the_order_of_an_upload_does_not_matter() -> None:
    records = [
        ANN,
        like(ANN, forename="bea"),
        like(ANN, born="19800304"),
        like(ANN, surname="wed"),
        like(ANN, forename="bea", surname="wed"),
    ]
    wanted = {frozenset(place for place, one in enumerate(people) if one == person) for people in [assigned(records)] for person in people}
    for order in itertools.permutations(range(len(records))):
        people = assigned([records[place] for place in order])
        assert {frozenset(order[at] for at, one in enumerate(people) if one == person) for person in people} == wanted


UPLOADS = st.lists(st.lists(IDENTITIES, max_size=8), max_size=4)


@settings(deadline=None, max_examples=draws(25))
@given(UPLOADS)
def test_nobody_ever_moves_and_a_retry_finds_the_same_people(uploads: list[list[Identity]]) -> None:
    crosswalk = counted()
    first = [assigned(upload, crosswalk) for upload in uploads]
    assert [assigned(upload, crosswalk) for upload in uploads] == first
    assert [assigned(upload, crosswalk) for upload in uploads[::-1]] == first[::-1]


@settings(deadline=None, max_examples=draws(25))
@given(UPLOADS)
def test_a_later_upload_moves_nobody(uploads: list[list[Identity]]) -> None:
    for cut in range(len(uploads)):
        short, long = counted(), counted()
        before = [assigned(upload, short) for upload in uploads[:cut]]
        assert [assigned(upload, long) for upload in uploads][:cut] == before


def test_agencies_are_linked() -> None:
    crosswalk = counted()
    first = assigned([ANN, like(ANN, forename="bea")], crosswalk, agency=1)
    second = assigned([like(ANN, forename="bea", surname="wed"), like(ANN, born="19800304")], crosswalk, agency=2)
    assert second == first[::-1]
    assert assigned([ANN], crosswalk, agency=3) == first[:1]
    with pytest.raises(ValueError, match="one agency"):
        crosswalk.assign([one for number in (1, 2) for one in recorded([ANN], agency=number) if one])


def partition(people: list[int]) -> list[int]:
    """Who is the same as whom, whatever their ids."""
    return [people.index(person) for person in people]


def test_a_list_made_up_cannot_ask_who_is_in_another_register() -> None:
    """The attack: two records that do not link by themselves, but would through somebody whom another agency knows. Whatever the other knows,
    the attacker counts two people; in one upload, over two, in any order, and with the very words of the other register.
    """
    by_mail = Identity(email="ann.smith@example.org", forename="ann", place="london")
    by_home = like(ANN, email="", place="")
    whole = like(ANN, email="ann.smith@example.org", place="london")
    for known in ([], [whole], [whole, by_mail], [whole, by_home, by_mail], [like(whole, surname="wed")]):
        for uploads in ([[by_mail, by_home]], [[by_mail], [by_home]], [[by_home], [by_mail]], [[by_mail], [by_home], [by_mail, by_home]]):
            crosswalk = counted()
            assigned(known, crosswalk, agency=1)
            mine = [person for upload in uploads for person in assigned(upload, crosswalk, agency=2)]
            assert mine[0] != mine[1]


@pytest.mark.parametrize("fakes", [1, COMMON - 1, COMMON, COMMON + 1])
def test_a_token_filled_up_with_made_up_people_does_not_ask_either(fakes: int) -> None:
    """One more holder of a common token, whoever's, must not decide whether the attacker's next record finds the attacker's own people."""
    numbers = [text for number in range(40_000_000, 40_003_000) for check in "0123456789" if nhs_number(text := f"{number}0{check}")]
    counts = set()
    for there in (False, True):
        crosswalk = counted()
        if there:
            assigned([Identity(forename="ann", surname="smith", born=ANN.born, nhs=numbers[-1])], crosswalk, agency=1)
        made_up = [Identity(forename="ann", surname="smith", born=ANN.born, nhs=number) for number in numbers[:fakes]]
        mine = assigned(made_up, crosswalk, agency=2)
        mine += assigned([Identity(forename="ann", surname="smith", born=ANN.born, phone="7700900123")], crosswalk, agency=2)
        counts.add(len(set(mine)))
    assert len(counts) == 1


@settings(deadline=None, max_examples=draws(60))
@given(others=UPLOADS, mine=UPLOADS)
def test_what_an_agency_counts_does_not_depend_on_others(others: list[list[Identity]], mine: list[list[Identity]]) -> None:
    alone, among = counted(), counted()
    for upload in others:
        assigned(upload, among, agency=1)
    wanted = [person for upload in mine for person in assigned(upload, alone, agency=2)]
    found: list[int] = []
    for place, upload in enumerate(mine):
        found += assigned(upload, among, agency=2)
        for other in others[place:]:
            assigned(other, among, agency=3)
    assert partition(found) == partition(wanted)


def test_a_record_is_whole_or_none() -> None:
    made = Recorder(KEY)([ANN, Identity(forename="ann")])
    assert made[1] is None
    assert made[0] is not None
    assert len(made[0].encoding) == RECORD.itemsize
    assert np.frombuffer(made[0].encoding, dtype=RECORD)["born_bits"][0] == 13
