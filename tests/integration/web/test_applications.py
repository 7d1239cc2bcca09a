"""Applying in the browser's eyes: the form by the Five Safes, both sides before deciding, and the project at the end."""

from __future__ import annotations

import pytest

POLICE, HOSPITAL = "northshire_police.incidents", "northshire_hospital.attendances"
FORM = {
    "title": "Frosty mornings", "slug": "frosty-mornings", "purpose": "Does frost bring falls?", "benefit": "Gritters know where.",
    "cost": "Thirty broken hips a winter.", "people": "Nora Lane, accredited until 2028.", "methods": "Counts by month and district.",
    "outputs": "One table and one figure.", "agreement": "1", "datasets": POLICE, "ends-day": "1", "ends-month": "3", "ends-year": "2027",
}  # fmt: skip


def number(answer) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rsplit("/", 1)[1]


def test_from_the_form_to_the_project(visit) -> None:
    nora, cora = visit("nora"), visit("cora")
    assert 'href="/applications/new"' in nora.get("/").text
    made = number(nora.post("/applications/new", FORM))
    assert "Waiting for the owners" in nora.get(f"/applications/{made}").text
    page = cora.get(f"/applications/{made}").text
    assert page.index("If it is done") < page.index("If it is not done") < page.index("Thirty broken hips a winter.")
    assert "The project could learn about each person in it at most privacy loss" in page
    listed = cora.get("/applications").text
    assert listed.index("Waiting for your agency") < listed.index("Frosty mornings") < listed.index("Others")
    assert cora.post(f"/applications/{made}/decide", {"agency": "northshire_police", "choice": "yes"}).status_code == 303
    assert "Cora Bell said yes on" in nora.get(f"/applications/{made}").text
    assert "Frosty mornings" in nora.get("/projects").text
    assert "Does frost bring falls?" in visit(None).get("/register").text


def test_a_no_says_why_and_applying_again_starts_from_what_was_typed(visit) -> None:
    nora, sam = visit("nora"), visit("sam")
    made = number(nora.post("/applications/new", FORM))
    wordless = sam.post(f"/applications/{made}/decide", {"agency": "northshire_police", "choice": "no"})
    assert wordless.status_code == 422
    assert "A refusal says why" in wordless.text
    assert sam.post(f"/applications/{made}/decide", {"agency": "northshire_police", "reason": "Typed already."}).status_code == 422
    no = {"agency": "northshire_police", "choice": "no", "reason": "Months, not days, please."}
    assert sam.post(f"/applications/{made}/decide", no).status_code == 303
    assert sam.post(f"/applications/{made}/decide", no).status_code == 409
    page = nora.get(f"/applications/{made}").text
    assert "Sam Field said no on" in page
    assert "Months, not days, please." in page
    again = nora.get(f"/applications/new?from={made}").text
    assert "Thirty broken hips a winter." in again
    assert "Thirty broken hips" not in visit("rory").get(f"/applications/new?from={made}").text


@pytest.mark.parametrize("field", ["title", "purpose", "benefit", "cost", "people", "methods", "outputs"])
def test_wish_06_an_empty_field_is_named_and_nothing_else_is_lost(visit, field: str) -> None:
    page = visit("nora").post("/applications/new", FORM | {field: ""})
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert FORM["cost" if field != "cost" else "benefit"] in page.text


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"ends-month": "13"}, 400),
        ({"datasets": "nonsense"}, 400),
        ({"datasets": ""}, 400),
        ({"agreement": "2"}, 400),
        ({"slug": "night-safety"}, 409),
    ],
)
def test_what_cannot_be_read_or_given_is_refused_on_the_page(visit, wrong: dict[str, str], status: int) -> None:
    page = visit("nora").post("/applications/new", FORM | wrong)
    assert page.status_code == status
    assert "Does frost bring falls?" in page.text
    assert "Something in the form" not in page.text


def test_strangers_see_nothing_and_the_applicant_takes_it_back(visit) -> None:
    nora = visit("nora")
    made = number(nora.post("/applications/new", FORM))
    for stranger in ("rhea", "olive", "colin", "otto"):
        assert visit(stranger).get(f"/applications/{made}").status_code == 404
        assert visit(stranger).post(f"/applications/{made}/withdraw").status_code == 404
    assert visit("gwen").get(f"/applications/{made}").status_code == 200
    assert nora.post(f"/applications/{made}/withdraw").status_code == 303
    assert "Taken back" in nora.get(f"/applications/{made}").text
    assert nora.post(f"/applications/{made}/withdraw").status_code == 409
