"""The data officer's desk and datasets."""

from __future__ import annotations

from tests.factories.house import ATTENDANCES, CANARY, INCIDENTS, House


def test_the_desk_says_what_is_in_order_and_what_waits(visit) -> None:
    page = visit("olive").get("/agency").text
    assert "Northshire Police" in page
    assert "In order: version 1" in page
    assert "2 questions in the last day, for Safer nights." in page
    assert "Extension for 2028" in page
    assert "Emergency attendances" not in page


def test_an_empty_desk_says_what_would_fill_it(visit) -> None:
    page = visit("hugo").get("/agency").text
    assert "No data yet. Upload a file to publish the first version." in page


def test_a_dataset_shows_uses_with_their_price_and_the_budget(visit) -> None:
    page = visit("olive").get(f"/datasets/{INCIDENTS}").text
    assert "Number of rows by district" in page
    assert "Number of people, where outcome is as asked" in page
    assert "Rhea Storm" in page
    assert "Privacy loss 0.06 of 2 is used: enough is left for about 190 questions like the last one." in page
    assert "At most" not in page or "of which at most 3 count" in page
    assert CANARY not in page


def test_a_version_reports_exactly_to_its_officer_alone(visit) -> None:
    page = visit("olive").get(f"/datasets/{INCIDENTS}/versions/1").text
    assert "Rows in the file" in page
    assert "120" in page
    for other in ("cora", "sam", "gwen"):
        text = visit(other).get(f"/datasets/{INCIDENTS}/versions/1").text
        assert "Version 1" in text or "version 1" in text
        assert "Rows in the file" not in text


def test_custodians_and_governance_see_a_dataset_without_its_uploads(visit) -> None:
    for name in ("cora", "sam", "gwen"):
        page = visit(name).get(f"/datasets/{INCIDENTS}")
        assert page.status_code == 200
        assert "/uploads/" not in page.text


def test_another_agencys_dataset_does_not_exist(visit) -> None:
    for name in ("olive", "cora"):
        assert visit(name).get(f"/datasets/{ATTENDANCES}").status_code == 404
    assert visit("olive").get("/datasets/northshire_police.nothing").status_code == 404
    assert visit("olive").get("/datasets/nonsense").status_code == 404


def test_a_new_dataset_leads_to_its_first_upload(visit) -> None:
    fields = {
        "agency": "northshire_police",
        "dataset": "custody",
        "label": "Custody",
        "row": "one detention",
        "unit": "person",
        "population": "northshire",
    }
    answer = visit("olive").post("/agency/datasets", fields)
    assert answer.headers["location"] == "/datasets/northshire_police.custody/upload"
    again = visit("olive").post("/agency/datasets", fields)
    assert again.status_code == 409
    assert "There is already a dataset called northshire_police.custody." in again.text
    assert 'value="one detention"' in again.text


def test_a_name_that_will_not_do_is_mended_on_the_page(visit) -> None:
    page = visit("olive").post("/agency/datasets", {"agency": "northshire_police", "dataset": "Stop & Search", "label": "Stops"})
    assert page.status_code == 400
    assert "Stop &amp; Search" in page.text


def test_nobody_registers_for_another_agency(visit) -> None:
    assert visit("olive").post("/agency/datasets", {"agency": "northshire_hospital", "dataset": "beds"}).status_code == 403


def test_custodians_see_what_their_agencys_datasets_have_left(visit) -> None:
    page = visit("cora").get("/datasets").text
    assert "Recorded incidents" in page
    assert "Emergency attendances" not in page
    assert "/upload" not in page
    assert "Emergency attendances" in visit("gwen").get("/datasets").text


def test_a_frozen_dataset_waits_for_two_custodians_of_its_agency(visit, house: House) -> None:
    with house.portal.transactions.begin() as work:
        dataset = house.dataset_in(work, INCIDENTS)
        work.freezes.add(dataset, at=house.portal.queries.clock())
    assert "Two custodians must look first." in visit("olive").get(f"/datasets/{INCIDENTS}").text
    cora = visit("cora")
    assert "let it answer again" in cora.get(f"/datasets/{INCIDENTS}").text
    assert cora.post(f"/datasets/{INCIDENTS}/thaw").status_code == 303
    page = cora.get(f"/datasets/{INCIDENTS}").text
    assert "A second custodian is waited for." in page
    assert "let it answer again" not in page
    assert cora.post(f"/datasets/{INCIDENTS}/thaw").status_code == 409
    assert visit("colin").post(f"/datasets/{INCIDENTS}/thaw").status_code == 404


def test_the_owner_reads_when_the_budget_ends(visit) -> None:
    assert "At the pace of the last 30 days it" in visit("olive").get(f"/datasets/{INCIDENTS}").text
