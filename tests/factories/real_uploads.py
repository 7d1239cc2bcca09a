"""An installation on disk with one agency, whose uploads go through the worker's own adapters: SQLite, sealed quarantine, encrypted Parquet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from enclave.adapters.keys import DataKeys, KeyFolder, LinkageKeys
from enclave.adapters.lookup_folders import LookupFolders
from enclave.adapters.parquet_store import ParquetStore
from enclave.adapters.scratch import scratch_in
from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.people import SqlPersonIndex
from enclave.anonymise.columns.profile import profile
from enclave.anonymise.ports import AnonymisePorts, Parser
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.declare import declare
from enclave.catalogue.receive import begin_upload, finish_upload, receive_part
from enclave.catalogue.register import register
from enclave.catalogue.upload import Upload
from enclave.catalogue.weigh import confirm
from enclave.governance.appoint import appoint, found_agency
from enclave.governance.roles import Grant, Role
from enclave.identity.enrol import enrol
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit
from enclave.wiring.database import open_database
from tests.factories.house import PASSWORD, House, bare_portal
from tests.fakes.memory_anonymise import parse_here

DATASET = DatasetName(agency="northshire_hospital", dataset="attendances")


class RealDesk:
    """The agency's desk. ``parser`` reads files here, or in the jail."""

    def __init__(self, home: Path, *, parser: Parser = parse_here) -> None:
        self.home = home
        self.portal = bare_portal(home)
        self._parser = parser
        self._officer, _ = enrol(by=None, name="hugo", display="Hugo Marsh", password=PASSWORD, ports=self.portal.identity)
        gwen, _ = enrol(by=None, name="gwen", display="Gwen Hale", password=PASSWORD, ports=self.portal.identity)
        appoint(by=None, grant=Grant(person=gwen.id, role=Role.GOVERNANCE), ports=self.portal.governance)
        agency = found_agency(by=gwen, slug=DATASET.agency, name="Northshire Hospitals", ports=self.portal.governance)
        appoint(by=gwen, grant=Grant(person=self._officer.id, role=Role.DATA_OFFICER, agency=agency.id), ports=self.portal.governance)
        self.dataset = register(
            by=self._officer,
            name=DATASET,
            label="Attendances",
            row="one attendance",
            unit=Unit.PERSON,
            population="northshire",
            ports=self.portal.catalogue,
        ).id
        settings = self.portal.settings
        self._private = KeyFolder(settings.folder("keys", "worker"))
        wrapping = self._private.key("data-wrapping")
        self.store = ParquetStore(
            settings.folder("versions"), DataKeys(settings.folder("keys", "worker", "data"), key_encryption_key=wrapping)
        )

    def ports(self) -> AnonymisePorts:
        """The worker's ports, its own adapters in place of the house's fakes."""
        settings = self.portal.settings
        return replace(
            House(portal=self.portal).anonymise(),
            parser=self._parser,
            people=SqlPersonIndex(open_database(settings), Sealer(self._private.key("crosswalk"))),
            files=self.store,
            scratch=scratch_in(settings.folder("scratch")),
            keys=LinkageKeys(self._private.key("linkage")),
            lookups=LookupFolders(settings.folder("lookups")),
        )

    def received(self, content: bytes) -> int:
        """An upload all of whose bytes have arrived, and its profile."""
        ports = self.portal.catalogue
        upload = begin_upload(by=self._officer, dataset=self.dataset, expected=len(content), ports=ports)
        receive_part(by=self._officer, upload=upload.id, offset=0, data=content, ports=ports)
        finish_upload(by=self._officer, upload=upload.id, ports=ports)
        return upload.id

    def profiled(self, upload: int) -> Upload:
        """The upload once every cell was looked at."""
        profile(upload=upload, ports=self.ports())
        return self.upload(upload)

    def published(self, upload: int, plan: Declaration) -> Upload:
        """The upload once it was declared and published."""
        declare(by=self._officer, upload=upload, declaration=plan, ports=self.portal.catalogue)
        prepare(upload=upload, ports=self.ports())
        confirm(by=self._officer, upload=upload, limits=None, ports=self.portal.catalogue)
        publish(upload=upload, ports=self.ports())
        return self.upload(upload)

    def upload(self, upload: int) -> Upload:
        """The upload as it is now."""
        with self.portal.transactions.begin() as work:
            found = work.uploads.by_id(upload)
        assert found is not None
        return found
