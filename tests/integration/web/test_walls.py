"""The walls around the whole application, and the document of its API."""

from __future__ import annotations

from enclave.web.security.body_limit import FORM


def test_every_kind_of_answer_carries_the_headers(visit) -> None:
    olive = visit("olive")
    for answer in (
        olive.get("/agency"),
        olive.get("/nothing"),
        olive.get("/queue"),
        olive.post("/logout", site=None),
        olive.get("/api/session"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


def test_pages_have_nothing_inline(visit) -> None:
    for path in ("/", "/login", "/register"):
        page = visit().get(path).text
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert "https://" not in page.replace("https://www.w3.org", "")


def test_another_host_is_refused_and_this_machine_is_led_to_the_name(visit) -> None:
    assert visit().client.get("/", headers={"host": "evil.example"}).status_code == 421
    assert visit().client.get("/login", headers={"host": "127.0.0.1:8000"}).headers["location"] == "http://portal.localhost:8000/login"


def test_an_endless_form_is_cut_off(visit) -> None:
    def body():
        for _ in range(2 * FORM // 65_536):
            yield b"x" * 65_536

    headers = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
    answer = visit("olive").client.post("/agency/datasets", content=body(), headers=headers)
    assert answer.status_code == 413


def test_the_document_of_the_api_names_every_call(visit) -> None:
    document = visit().get("/api/openapi.json").json()
    calls = {"", "/{upload}", "/{upload}/parts", "/{upload}/finish"}
    assert set(document["paths"]) == {"/api/session", *(f"/api/uploads{call}" for call in calls)}
    assert "application/octet-stream" in document["paths"]["/api/uploads/{upload}/parts"]["put"]["requestBody"]["content"]
    assert document["components"]["schemas"]["Refusal"]["required"] == ["who", "rule", "sentence", "instead", "details"]


def test_scripts_get_refusals_as_json(visit) -> None:
    body = visit().api("GET", "/api/uploads/1").json()
    assert body["rule"] == "W-01"
    assert set(body) == {"who", "rule", "sentence", "instead", "details"}


def test_banners_follow_the_settings(visit, house, client) -> None:
    from dataclasses import replace

    from enclave.settings.settings import Profile

    assert "Reduced protection." in visit().get("/").text
    assert "Demonstration." not in visit().get("/").text
    settings = replace(house.portal.settings, demo=True, profile=Profile.FULL)
    client.app.state.portal = replace(house.portal, settings=settings)
    assert "Demonstration." in visit().get("/").text
    assert "Reduced protection." not in visit().get("/").text
