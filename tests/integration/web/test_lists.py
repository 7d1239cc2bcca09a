"""The officer sends a list on a page, sees where it is, and takes it back."""

from __future__ import annotations

import pytest

from enclave.anonymise.removal.read_list import read_list
from enclave.anonymise.removal.rebuild import rebuild
from enclave.catalogue.upload import UploadState
from tests.factories.house import INCIDENTS, House

OPT_OUT = b"forename,surname,dob,postcode\nZebulon,Quatermain,03/04/1980,CM1 1AB\n"


def people(house: House) -> str:
    with house.portal.transactions.begin() as work:
        dataset = work.datasets.by_name(INCIDENTS)
    assert dataset is not None
    return f"{dataset.agency}:{dataset.population.id}"


def fields(house: House, **changes: str) -> dict[str, str]:
    return {"people": people(house), "kind": "opt_out", "written": "%d/%m/%Y", **changes}


def newest(house: House) -> int:
    with house.portal.transactions.begin() as work:
        dataset = work.datasets.by_name(INCIDENTS)
        assert dataset is not None
        return work.person_lists.of_population(dataset.population.id)[0].id


def test_from_the_page_to_the_successor_and_back(visit, house) -> None:
    olive = visit("olive")
    assert "You have sent no list." in olive.get("/lists").text
    assert olive.post("/lists", fields(house), files={"list": ("anything.csv", OPT_OUT)}).headers["location"] == "/lists"
    page = olive.get("/lists").text
    assert "Being read" in page
    assert "within 1 hour" in page
    number = newest(house)
    read_list(number=number, ports=house.anonymise())
    page = olive.get("/lists").text
    assert "In force" in page
    assert "Fewer than 10 entries." in page
    assert "File erased; tokens made with key" in page
    with house.portal.transactions.begin() as work:
        dataset = house.dataset_in(work, INCIDENTS)
        assert work.datasets.open_version(dataset) is None
        (waiting,) = (upload for upload in work.uploads.of_dataset(dataset) if upload.state is UploadState.REBUILDING)
    shown = olive.get(f"/datasets/{INCIDENTS}").text
    assert "Being made again" in shown
    assert "The version before is made again" in olive.get(f"/uploads/{waiting.id}").text
    rebuild(upload=waiting.id, ports=house.anonymise())
    version = olive.get(f"/datasets/{INCIDENTS}/versions/2").text
    assert "made again from version 1" in version
    assert "How many people it removed is told to nobody" in version
    assert "some asked not to be in it" in visit(None).get("/register").text
    assert olive.post(f"/lists/{number}/withdraw").headers["location"] == "/lists"
    assert "Withdrawn" in olive.get("/lists").text
    assert "no list of people who asked not to be in it" in visit(None).get("/register").text


@pytest.mark.parametrize(
    ("changes", "content", "said"),
    [
        ({"people": "1"}, OPT_OUT, "not filled in whole"),
        ({"kind": "both"}, OPT_OUT, "not filled in whole"),
        ({"written": "%s"}, OPT_OUT, "not filled in whole"),
        ({}, b"", "empty or larger than 7 MB"),
        ({"people": "1:99"}, OPT_OUT, "no data about these people"),
    ],
)
def test_what_is_missing_is_said_on_the_page(visit, house, changes: dict[str, str], content: bytes, said: str) -> None:
    page = visit("olive").post("/lists", fields(house, **changes), files={"list": ("l.csv", content)})
    assert page.status_code in {400, 403, 404}
    assert said in page.text
    assert "Zebulon" not in page.text


def test_another_agencys_list_does_not_exist(visit, house) -> None:
    visit("olive").post("/lists", fields(house), files={"list": ("l.csv", OPT_OUT)})
    hugo = visit("hugo")
    assert "List " + str(newest(house)) not in hugo.get("/lists").text
    assert hugo.post(f"/lists/{newest(house)}/withdraw").status_code == 404


def test_a_large_list_waits_for_a_colleague_and_governance_looks_into_it(visit, house) -> None:
    olive, gwen = visit("olive"), visit("gwen")
    rows = "".join(f"Joy{number},Park,01/02/1970,\n" for number in range(1_100))
    olive.post("/lists", fields(house), files={"list": ("l.csv", b"forename,surname,dob,postcode\n,,01/02/1980,\n" + rows.encode())})
    number = newest(house)
    read_list(number=number, ports=house.anonymise())
    page = olive.get("/lists").text
    assert "Waits for a second officer" in page
    assert "Row 1: it says too little" in page
    assert "Stand by it" not in page  # not for whom sent it
    assert "does not also confirm" in olive.post(f"/lists/{number}/second").text
    seen = gwen.get("/governance/lists").text
    assert f"List {number}" in seen
    assert "1,1" not in seen
    assert "10 to 300 characters" in gwen.post(f"/governance/lists/{number}/withdraw", {"reason": "no"}).text
    assert "Only a list in force" in gwen.post(f"/governance/lists/{number}/dispute", {"disputed": "yes"}).text
    answered = gwen.post(f"/governance/lists/{number}/withdraw", {"reason": "These people do not exist."})
    assert answered.headers["location"] == "/governance/lists"
    assert "Withdrawn by governance: These people do not exist." in olive.get("/lists").text


def test_governance_disputes_a_list_in_force(visit, house) -> None:
    visit("olive").post("/lists", fields(house), files={"list": ("l.csv", OPT_OUT)})
    number = newest(house)
    read_list(number=number, ports=house.anonymise())
    gwen = visit("gwen")
    assert gwen.post(f"/governance/lists/{number}/dispute", {"disputed": "yes"}).headers["location"] == "/governance/lists"
    assert "Disputed since" in gwen.get("/governance/lists").text
    gwen.post(f"/governance/lists/{number}/dispute", {"disputed": "no"})
    assert "Disputed since" not in gwen.get("/governance/lists").text
