"""Who gets what for every address: one table, written by hand, walked for everybody. Objects are the house's own, so doors behind doors count.

Columns: anyone, olive (data officer, police), hugo (data officer, hospital), sam (signatory), cora (custodian), rhea (researcher of
night-safety), rory (researcher of another project), gwen (governance), otto (operator), nora (no role). 303 for anyone leads to signing in.
"""

from __future__ import annotations

import re

import pytest
from starlette.routing import Route

from enclave.web.access import ACCESS
from enclave.web.app import ROUTERS
from tests.factories.house import House

WHO = (None, "olive", "hugo", "sam", "cora", "rhea", "rory", "gwen", "otto", "nora")
EVERYBODY = (200,) * 10
IN, NO, GO, OUT = 200, 403, 303, 404


def only(*allowed: str | None, to: int = IN, anonymous: int = GO, others: int = NO, **special: int) -> tuple[int, ...]:
    """A row of the table: ``to`` for those named, ``special`` for some, ``others`` for the rest."""
    return tuple(anonymous if name is None else special.get(name, to if name in allowed else others) for name in WHO)


POLICE = "northshire_police.incidents"
# method, address -> expected status for WHO. {review}, {released}, {upload} and {agreement} are the house's own numbers.
READING: dict[str, tuple[int, ...]] = {
    "/": (200, 303, 303, 303, 303, 303, 303, 303, 303, 200),
    "/login": (200, *(303,) * 9),
    "/register": EVERYBODY,
    "/register.json": EVERYBODY,
    "/register/checkpoints.txt": EVERYBODY,
    "/how-it-protects": EVERYBODY,
    "/api/session": EVERYBODY,
    "/api/openapi.json": EVERYBODY,
    "/assets/{edition}/css/enclave.css": EVERYBODY,
    "/agency": only("olive", "hugo"),
    "/agency/datasets": only("olive", "hugo"),
    "/datasets": only("olive", "hugo", "sam", "cora", "gwen"),
    f"/datasets/{POLICE}": only("olive", "sam", "cora", "gwen", hugo=OUT),
    f"/datasets/{POLICE}/dictionary.json": only("olive", "sam", "cora", "gwen", hugo=OUT),
    f"/datasets/{POLICE}/versions/1": only("olive", "sam", "cora", "gwen", hugo=OUT),
    f"/datasets/{POLICE}/versions/1/erase": only("olive", hugo=OUT),
    f"/datasets/{POLICE}/erase": only("olive", hugo=OUT),
    f"/datasets/{POLICE}/upload": only("olive"),
    "/uploads/{upload}": only("olive", hugo=OUT, to=GO),
    "/uploads/{upload}/progress": only("olive", hugo=OUT),
    "/uploads/{upload}/columns": only("olive", hugo=OUT),
    "/uploads/{upload}/bounds": only("olive", hugo=OUT),
    "/uploads/{upload}/size": only("olive", hugo=OUT),
    "/uploads/{upload}/confirm": only("olive", hugo=OUT),
    "/uploads/{upload}/plan.json": only("olive", hugo=OUT),
    "/uploads/1/risk": only("olive", hugo=OUT),
    "/uploads/1/risk.json": only("olive", hugo=OUT),
    "/uploads/{upload}/texts/1/1": only("olive", to=OUT, hugo=OUT),  # this one has no texts
    "/uploads/1/rejected": only("olive", hugo=OUT),
    "/uploads/1/rejected.csv": only("olive", hugo=OUT),
    "/uploads/1/certificate": only("olive", hugo=OUT),
    "/uploads/1/certificate.json": only("olive", hugo=OUT),
    "/lists": only("olive", "hugo"),
    "/lists/example.csv": only("olive", "hugo"),
    "/api/uploads/{upload}": only("olive", hugo=OUT, anonymous=401),
    "/stop": only("olive", "hugo", "sam", "cora"),
    "/agreements": only("sam", "gwen"),
    "/agreements/{agreement}": only("sam", "gwen"),
    "/agreements/{agreement}/terms.json": only("sam", "gwen"),
    "/applications": (303, *(200,) * 9),
    "/applications/new": (303, *(200,) * 9),
    "/applications/9": (303, *(404,) * 9),
    "/governance": only("gwen"),
    "/governance/lists": only("gwen"),
    "/governance/agreements": only("gwen"),
    "/governance/projects": only("gwen"),
    "/governance/roles": only("gwen"),
    "/governance/keys": only("gwen"),
    "/governance/agencies": only("gwen"),
    "/projects": only("rhea", "rory"),
    "/projects/night-safety": only("rhea", rory=OUT),
    f"/projects/night-safety/datasets/{POLICE}": only("rhea", rory=OUT),
    f"/projects/night-safety/datasets/{POLICE}/dictionary.json": only("rhea", rory=OUT),
    f"/projects/night-safety/datasets/{POLICE}/dummy.csv": only("rhea", rory=OUT),
    f"/projects/night-safety/datasets/{POLICE}/synthetic.csv": only(rhea=OUT, rory=OUT),  # nobody has asked for one
    "/requests/{review}": only("rhea", "cora", rory=OUT),
    "/requests/{review}/state": only("rhea", "cora", rory=OUT),
    "/requests/{review}/files/1/download": only(rhea=409, rory=OUT),
    "/requests/{released}/files/1/download": only("rhea", rory=OUT),
    "/queue": only("cora"),
    "/requests/{review}/files/1": only("cora"),
    "/requests/{review}/files/2/picture": only("cora"),
    "/operator": only("otto"),
    "/operator/log": only("gwen", "otto"),
    "/audit": only("gwen", "otto"),
}
# Forms are sent empty: whoever is let in gets the form back or is led on, nobody else gets so far. 401 asks to sign in and loses nothing.
SENDING: dict[str, tuple[int, ...]] = {
    "/login": (401,) * 10,
    "/logout": (303,) * 10,
    "/agency/datasets": only("olive", "hugo", to=400, anonymous=401),
    f"/datasets/{POLICE}/versions/1/erase": only("olive", hugo=OUT, to=GO, anonymous=401),
    f"/datasets/{POLICE}/erase": only("olive", hugo=OUT, to=GO, anonymous=401),
    f"/datasets/{POLICE}/versions/1/close": only("olive", hugo=OUT, to=GO, anonymous=401),
    f"/datasets/{POLICE}/upload": only("olive", to=422, hugo=422, anonymous=401),
    f"/datasets/{POLICE}/unasked": only("olive", hugo=OUT, to=GO, anonymous=401),
    f"/datasets/{POLICE}/thaw": only("cora", to=409, anonymous=401),
    "/uploads/{upload}/columns": only("olive", hugo=OUT, to=GO, anonymous=401),
    "/uploads/{upload}/dictionary": only("olive", hugo=OUT, to=400, anonymous=401),
    "/uploads/{upload}/bounds": only("olive", hugo=OUT, to=GO, anonymous=401),
    "/uploads/{upload}/size": only("olive", hugo=OUT, to=422, anonymous=401),
    "/uploads/{upload}/confirm": only("olive", hugo=OUT, to=GO, anonymous=401),
    "/uploads/{upload}/risk": only("olive", hugo=OUT, to=GO, anonymous=401),
    "/uploads/{upload}/measure": only("olive", hugo=OUT, to=GO, anonymous=401),
    "/uploads/{upload}/texts/1/1": only("olive", to=409, hugo=OUT, anonymous=401),
    "/uploads/{upload}/reconsider": only("olive", hugo=OUT, to=409, anonymous=401),
    "/uploads/{upload}/withdraw": only("olive", hugo=OUT, to=GO, anonymous=401),
    "/lists": only("olive", "hugo", to=400, anonymous=401),
    "/lists/1/withdraw": only(olive=OUT, hugo=OUT, anonymous=401),
    "/lists/1/second": only("olive", "hugo", to=OUT, anonymous=401),
    "/governance/lists/1/dispute": only("gwen", to=OUT, anonymous=401),
    "/governance/lists/1/withdraw": only("gwen", to=400, anonymous=401),
    "/api/uploads": only("olive", "hugo", to=422, anonymous=401),
    "/api/uploads/{upload}/finish": only("olive", hugo=OUT, anonymous=401),
    "/agreements/{agreement}/sign": only("sam", "gwen", to=404, anonymous=401),
    "/agreements/{agreement}/notice": only("sam", to=404, anonymous=401),
    "/stop": only("olive", "hugo", "sam", "cora", to=404, anonymous=401),
    "/stop/lift": only("sam", to=404, anonymous=401),
    "/applications/new": (401, *(422,) * 9),
    "/applications/9/decide": (401, *(404,) * 9),
    "/applications/9/withdraw": (401, *(404,) * 9),
    "/governance/agreements": only("gwen", to=400, anonymous=401),
    "/governance/projects": only("gwen", to=400, anonymous=401),
    "/governance/roles": only("gwen", to=400, anonymous=401),
    "/governance/roles/end": only("gwen", to=400, anonymous=401),
    "/governance/keys": only("gwen", to=400, anonymous=401),
    "/governance/agencies": only("gwen", to=400, anonymous=401),
    "/projects/night-safety/notebook": only("rhea", to=GO, rory=OUT, anonymous=401),
    f"/projects/night-safety/datasets/{POLICE}/synthetic": only("rhea", to=GO, rory=OUT, anonymous=401),
    "/requests/{review}/withdraw": only("rhea", to=GO, rory=OUT, anonymous=401),
    "/requests/{released}/effects": only("rhea", to=400, rory=OUT, anonymous=401),
    "/requests/{review}/files/1/vote": only("cora", to=400, anonymous=401),
    "/requests/{review}/release": only("cora", to=409, anonymous=401),
    "/requests/{review}/revoke": only("cora", to=400, anonymous=401),
    "/requests/{review}/reject": only("cora", to=400, anonymous=401),
}
PUTTING: dict[str, tuple[int, ...]] = {"/api/uploads/{upload}/parts?offset=0": only("olive", hugo=OUT, to=409, anonymous=401)}


@pytest.fixture(scope="module")
def numbers(model: House) -> dict[str, int | str]:
    from enclave.web.assets import asset

    return {**model.requests, "upload": model.waiting, "agreement": 1, "edition": asset("css/enclave.css").split("/")[2]}


@pytest.mark.parametrize("address", READING)
def test_reading(visit, numbers, address: str) -> None:
    path = address.format(**numbers)
    assert tuple(visit(name).get(path).status_code for name in WHO) == READING[address]


@pytest.mark.parametrize("address", SENDING)
def test_sending(visit, house, numbers, address: str) -> None:
    path = address.format(**numbers)
    statuses = tuple(
        (visitor.api("POST", path, json={}) if path.startswith("/api/") else visitor.post(path)).status_code
        for visitor in (visit(name) for name in WHO)
    )
    assert statuses == SENDING[address]


@pytest.mark.parametrize("address", PUTTING)
def test_putting(visit, numbers, address: str) -> None:
    path = address.format(**numbers)
    assert tuple(visit(name).api("PUT", path, content=b"x").status_code for name in WHO) == PUTTING[address]


def routes() -> set[tuple[str, str]]:
    found = set()
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, Route)
            found |= {(method, route.path) for method in route.methods or ()}
    return found


def test_wish_08_every_route_is_in_the_access_table_and_nothing_else_is() -> None:
    assert routes() == set(ACCESS)


def test_the_tables_above_walk_every_route() -> None:
    walked = (
        [("GET", address) for address in READING] + [("POST", address) for address in SENDING] + [("PUT", address) for address in PUTTING]
    )
    for method, path in sorted(routes()):
        pattern = re.compile(re.sub(r"\{[^}]*\}", "[^/]+(?:/[^/]+)*" if ":path" in path else "[^/]+", path))
        assert any(one == method and pattern.fullmatch(address.partition("?")[0]) for one, address in walked), (method, path)


@pytest.mark.parametrize("address", [*SENDING, *PUTTING])
def test_nothing_changes_without_the_token_or_from_elsewhere(visit, house, numbers, address: str) -> None:
    path = address.format(**numbers)
    method = "PUT" if address in PUTTING else "POST"
    head = house.portal.log.head()
    for name in ("olive", "sam", "cora", "rhea", "gwen"):
        visitor = visit(name)
        for headers in (
            {},
            {"sec-fetch-site": "cross-site", "x-csrf-token": visitor.csrf},
            {"sec-fetch-site": "same-site", "x-csrf-token": visitor.csrf},
        ):
            assert visitor.client.request(method, path, headers=headers, content=b"").status_code == 403
        if address != "/login":
            wrong = visitor.client.request(method, path, headers={"sec-fetch-site": "same-origin", "x-csrf-token": "wrong"}, content=b"")
            assert wrong.status_code in {403, 422}
    assert house.portal.log.head() == head
