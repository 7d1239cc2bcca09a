"""The way in: the front page, signing in and out, and coming back to where one was."""

from __future__ import annotations

import time

import pytest

from enclave.identity.credentials import code_at
from tests.factories.clicks import hidden
from tests.factories.house import PASSWORD, House


def credentials(house: House, name: str, **other: str) -> dict[str, str]:
    return {"name": name, "password": PASSWORD, "code": code_at(house.secrets[name], int(time.time())), **other}


def test_the_front_page_says_what_this_is(visit) -> None:
    page = visit().get("/")
    assert page.status_code == 200
    assert "Sign in" in page.text
    assert "nobody’s record is ever shown" in page.text


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("olive", "/agency"),
        ("cora", "/queue"),
        ("rhea", "/projects"),
        ("gwen", "/governance"),
        ("sam", "/agreements"),
        ("otto", "/operator"),
    ],
)
def test_everybody_lands_where_their_work_starts(visit, name: str, start: str) -> None:
    assert visit(name).get("/").headers["location"] == start


def test_somebody_without_a_role_is_told_so(visit) -> None:
    assert "you have no role yet" in visit("nora").get("/").text


def test_signing_in_sets_a_host_only_cookie_and_goes_on(visit, house) -> None:
    visitor = visit()
    answer = visitor.post("/login", credentials(house, "rhea", next="/projects/night-safety"))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/projects/night-safety"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain" not in cookie
    assert visitor.get("/login").headers["location"] == "/projects"


@pytest.mark.parametrize("wrong", [{"password": "wrong wrong wrong"}, {"code": "000000"}, {"name": "nobody"}])
def test_a_wrong_try_says_neither_what_was_wrong_nor_the_password(visit, house, wrong: dict[str, str]) -> None:
    page = visit().post("/login", credentials(house, "rhea") | wrong)
    assert page.status_code == 401
    assert "The name, password or code is not right." in page.text
    assert PASSWORD not in page.text


def test_too_many_tries_are_slowed_down(visit, house) -> None:
    visitor = visit()
    for _ in range(5):
        visitor.post("/login", credentials(house, "nora") | {"code": "000000"})
    assert visitor.post("/login", credentials(house, "nora")).status_code == 429


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "/login"]
)
def test_nobody_is_led_to_another_site(visit, house, wanted: str) -> None:
    assert visit().post("/login", credentials(house, "rhea", next=wanted)).headers["location"] == "/projects"


def test_signing_out_ends_the_session(visit, house) -> None:
    visitor = visit("rhea")
    answer = visitor.post("/logout")
    assert answer.status_code == 303
    visitor.client.cookies.set("enclave", house.session("rhea")[0], domain="portal.localhost", path="/")
    house.expire("rhea")
    assert visitor.post("/logout").status_code == 303


def test_a_reading_page_leads_to_the_sign_in_page_and_back(visit) -> None:
    assert visit().get("/projects?sort=name").headers["location"] == "/login?next=/projects%3Fsort%3Dname"


def test_what_was_typed_survives_the_end_of_the_session(visit, house) -> None:
    visitor = visit("gwen")
    house.expire("gwen")
    page = visitor.post("/governance/projects", {"slug": "new-one", "title": "Wörds & <tags>"})
    assert page.status_code == 401
    assert "Nothing is lost." in page.text
    assert "gwen" not in page.text
    kept = hidden(page.text)
    assert kept["resume_to"] == "/governance/projects"
    again = visitor.post("/login", credentials(house, "gwen") | kept)
    assert again.status_code == 200
    assert "It has not been sent yet." in again.text
    fields = hidden(again.text)
    assert fields["title"] == "Wörds & <tags>"
    assert fields["csrf"] not in {"", visitor.csrf}


def test_a_page_older_than_the_session_asks_once_more(visit) -> None:
    page = visit("gwen").post("/governance/projects", {"slug": "new-one"}, csrf="of another session")
    assert page.status_code == 403
    assert hidden(page.text)["slug"] == "new-one"


def test_a_fragment_of_an_ended_session_leads_the_whole_page_to_sign_in(visit) -> None:
    answer = visit().get("/projects", **{"HX-Request": "true", "Referer": "http://portal.localhost:8000/projects/night-safety"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login?next=/projects/night-safety"
