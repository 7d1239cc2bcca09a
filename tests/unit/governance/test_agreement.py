"""The agreement as data: what cannot be agreed cannot be built, and what is signed is what is stored, byte for byte."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.governance.agreement import TRANSITIONS, Agreement, AgreementState, Item, Signature, Terms
from enclave.terms.canonical import canonical_bytes
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit
from tests.factories.malformed import meddled
from tests.factories.schemas import SLUGS, WORDS
from tests.factories.world import terms

INCIDENTS = DatasetName(agency="police", dataset="incidents")
STREET = DatasetName(agency="police", dataset="street")
SAID = WORDS.map(lambda text: f"x{text}")


@st.composite
def drawn_terms(draw: st.DrawFn) -> Terms:
    parties = draw(st.lists(SLUGS, min_size=1, max_size=4, unique=True))
    caps = st.integers(1, 10**6).map(lambda millis: f"{millis // 1000}.{millis % 1000:03d}")
    items = {}
    for agency, dataset in draw(st.lists(st.tuples(st.sampled_from(parties), SLUGS), min_size=1, max_size=4)):
        share, cap = sorted((draw(caps), draw(caps)), key=PrivacyLoss.allowing)
        name = DatasetName(agency=agency, dataset=dataset)
        items[name] = Item(dataset=name, unit=draw(st.sampled_from(Unit)), cap=cap, project_share=share)
    starts = draw(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
    return Terms(
        title=draw(SAID),
        parties=tuple(parties),
        purpose=draw(SAID),
        benefit=draw(SAID),
        lawful_basis=draw(SAID),
        population=draw(SAID),
        population_cap=draw(caps),
        items=tuple(items.values()),
        panel=draw(st.booleans()),
        reviewers=draw(st.integers(2, 9)),
        smallest_cell=draw(st.integers(1, 99)),
        row_level_clause=draw(SAID),
        starts=starts,
        ends=starts + dt.timedelta(days=draw(st.integers(1, 5_000))),
        notice_days=draw(st.integers(0, 999)),
    )


@given(drawn_terms())
def test_what_is_stored_is_what_was_signed(made: Terms) -> None:
    body = json.loads(canonical_bytes(made.as_json()))
    again = Terms.from_json(body)
    assert again == made
    assert again.digest == made.digest == hashlib.sha256(canonical_bytes(made.as_json())).hexdigest()


@given(drawn_terms(), drawn_terms())
def test_different_terms_have_different_digests(one: Terms, other: Terms) -> None:
    assert (one.digest == other.digest) == (one == other)


@given(st.data(), drawn_terms())
def test_a_meddled_body_is_refused_or_is_exactly_what_would_be_signed(data: st.DataObject, made: Terms) -> None:
    body = data.draw(meddled(st.just(made.as_json())))
    if not isinstance(body, dict):
        return
    try:
        read = Terms.from_json(body)
    except (ValueError, KeyError):
        return
    assert canonical_bytes(read.as_json()) == canonical_bytes(body)


def test_a_clause_that_nobody_understands_is_not_dropped_silently() -> None:
    with pytest.raises(ValueError, match="does not understand"):
        Terms.from_json({**terms().as_json(), "side_letter": "The police may see rows."})


def test_the_digest_stays_what_it_was() -> None:
    """Pinned: whoever changes the canonical form makes every signature there is worthless."""
    assert terms().digest == "b9235c154df95566d02949940c208eda3b4eea39c635e622977153a4e957576a"


def item(**changes: Any) -> Item:
    return Item(**({"dataset": INCIDENTS, "unit": Unit.PERSON, "cap": "1", "project_share": "0.5"} | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"project_share": "0"},
        {"project_share": "1.000000000001"},
        {"project_share": "-0.1"},
        {"cap": "0", "project_share": "0"},
        {"cap": "nan"},
        {"cap": "inf"},
        {"cap": "1/0"},
        {"cap": "3/2"},
        {"cap": "1e0"},
        {"cap": " 1"},
        {"cap": "1\n"},
        {"cap": ""},
        {"cap": "one"},
        {"cap": "\u0661"},
        {"cap": "9999999"},
        {"cap": "1.0000000000001"},
    ],
    ids=str,
)
def test_a_budget_no_ledger_can_hold_exactly_cannot_be_agreed(changes: dict[str, str]) -> None:
    item()
    with pytest.raises(ValueError, match=r"budget|64-bit"):
        item(**changes)


BAD: list[dict[str, Any]] = [
    {"parties": ()},
    {"parties": ("police", "police")},
    {"title": " "},
    {"purpose": ""},
    {"benefit": "\n"},
    {"lawful_basis": ""},
    {"population": " "},
    {"population_cap": "0"},
    {"population_cap": "plenty"},
    {"population_cap": ""},
    {"reviewers": 1},
    {"reviewers": -2},
    {"smallest_cell": 0},
    {"notice_days": -1},
    {"starts": dt.date(2040, 1, 1)},
    {"starts": dt.date(2041, 1, 1)},
    {"items": ()},
    {"items": (item(), item(cap="2"))},
    {"items": (item(), item(dataset=DatasetName(agency="council", dataset="homes")))},
    {"items": (item(dataset=STREET, unit=Unit.ROW),)},
    {"items": (item(dataset=STREET, unit=Unit.ROW),), "row_level_clause": "  "},
]


@pytest.mark.parametrize("changes", BAD, ids=lambda changes: str(changes)[:70])
def test_what_contradicts_itself_cannot_be_built(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        terms(**changes)


def test_row_level_protection_has_its_own_clause_and_needs_no_population() -> None:
    made = terms(items=(item(dataset=STREET, unit=Unit.ROW),), row_level_clause="Public already.", population="")
    assert made.item(STREET) is made.items[0]
    assert made.item(INCIDENTS) is None


def test_the_table_of_states() -> None:
    assert set(TRANSITIONS) == set(AgreementState)
    moves = {(old, new) for old, news in TRANSITIONS.items() for new in news}
    assert moves == {
        (AgreementState.DRAFT, AgreementState.SIGNING),
        (AgreementState.SIGNING, AgreementState.ACTIVE),
        (AgreementState.SIGNING, AgreementState.WITHDRAWN),
        (AgreementState.ACTIVE, AgreementState.WITHDRAWN),
    }


@pytest.mark.parametrize("state", AgreementState)
@pytest.mark.parametrize("signed", [0, 1, 2])
@pytest.mark.parametrize(
    ("day", "within"),
    [
        (dt.date(2019, 12, 31), False),
        (dt.date(2020, 1, 1), True),
        (dt.date(2030, 1, 1), True),
        (dt.date(2040, 1, 1), True),
        (dt.date(2040, 1, 2), False),
    ],
)
def test_in_force_means_active_signed_by_all_and_within_its_dates(state: AgreementState, signed: int, day: dt.date, within: bool) -> None:
    made = terms()
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    signatures = tuple(
        Signature(agency=agency, person=1, public_key="k", signature="s", at=moment) for agency in ("police", "health")[:signed]
    )
    agreement = Agreement(id=1, state=state, terms=made, signatures=signatures)
    assert agreement.in_force(day) == (state is AgreementState.ACTIVE and signed == 2 and within)
    assert agreement.missing == ("police", "health")[signed:]


def test_an_edit_of_anything_is_another_agreement() -> None:
    changes: list[dict[str, Any]] = [
        {"panel": False},
        {"reviewers": 3},
        {"smallest_cell": 9},
        {"notice_days": 31},
        {"ends": dt.date(2039, 1, 1)},
    ]
    digests = {terms().digest} | {replace(terms(), **change).digest for change in changes}
    assert len(digests) == len(changes) + 1


def test_a_delta_is_signed_and_an_agreement_without_one_keeps_its_bytes() -> None:
    plain = Item(dataset=DatasetName(agency="police", dataset="x"), unit=Unit.PERSON, cap="2", project_share="1")
    granted = replace(plain, delta="0.000001")
    assert "delta" not in plain.as_json()
    assert granted.as_json()["delta"] == "0.000001"
    assert (plain.granting("1").delta, granted.granting("1").delta) == (0, 10**12)
    for wrong in ("1", "0.00001", "0.0000000000000000001", "-0.000001", ""):
        with pytest.raises(ValueError, match="delta"):
            replace(plain, delta=wrong)


def test_what_each_file_does_is_signed_and_an_agreement_that_does_not_say_keeps_its_bytes() -> None:
    plain = Item(dataset=DatasetName(agency="police", dataset="x"), unit=Unit.PERSON, cap="2", project_share="1")
    appended = replace(plain, cadence="append")
    assert "cadence" not in plain.as_json()
    assert appended.as_json() == {**plain.as_json(), "cadence": "append"}
    with pytest.raises(ValueError, match="replace, append or are snapshots"):
        replace(plain, cadence="sometimes")
