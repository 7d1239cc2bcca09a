"""Plays the worker for uploads: looks at the header line, publishes what was declared. Nothing is treated, nothing is linked."""

from __future__ import annotations

from enclave.catalogue.upload import UploadState
from tests.fakes.memory_work import MemoryEnclave


class QuickWorker:
    """One call does one step of one waiting upload, oldest first. ``refuse`` names datasets whose files it will not have."""

    def __init__(self, enclave: MemoryEnclave, *, refuse: frozenset[str] = frozenset()) -> None:
        self._enclave = enclave
        self.refuse = refuse
        self.published: list[str] = []

    def __call__(self, seconds: float) -> None:
        """As ``feed``'s pause: while the feeder waits, the worker works."""
        assert seconds > 0
        with self._enclave.begin() as work:
            for dataset in work.datasets.all():
                for upload in work.uploads.of_dataset(dataset.id):
                    if upload.state is UploadState.PROFILING:
                        self._profile(work, upload, str(dataset.name))
                    elif upload.state is UploadState.PREPARING:
                        work.uploads.move(upload.id, old=UploadState.PREPARING, new=UploadState.WEIGHING, report={})
                    elif upload.state is UploadState.PUBLISHING:
                        self._publish(work, upload, dataset)

    def _profile(self, work, upload, name) -> None:
        if name in self.refuse:
            sentence = "The file cannot be read."
            work.uploads.move(upload.id, old=UploadState.PROFILING, new=UploadState.REFUSED, sentence=sentence)
            return
        content = self._enclave.quarantine.whole(upload.id)
        assert len(content) == upload.expected
        headers = content[: content.index(b"\n")].decode().split(",")
        work.uploads.move(upload.id, old=UploadState.PROFILING, new=UploadState.DECLARING, profile={"headers": headers})

    def _publish(self, work, upload, dataset) -> None:
        schema = upload.declaration.schema(
            name=dataset.name, label=dataset.label, row=dataset.row, unit=dataset.population.unit, attribution=dataset.attribution
        )
        work.datasets.add_version(dataset=dataset.id, upload=upload.id, schema=schema)
        work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PUBLISHED)
        self.published.append(str(dataset.name))
        self._enclave.quarantine.erase(upload.id)
