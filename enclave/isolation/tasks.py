"""What may run in the jail: a fixed table of names. A caller chooses a name, never code.

A task is ``def run(source: BinaryIO, params: dict, emit: Emit) -> None``. `source` is a pipe (not seekable, read it once); `/tmp` is the
only writable place and lives in memory. What a task finds wrong with its input it emits as JSON; an exception means the task itself failed.
"""

TASKS: dict[str, str] = {
    "selftest.probe": "enclave.isolation.probe:run",
    "egress.check": "enclave.egress_review.jailed:run",
    "upload.profile": "enclave.anonymise.jail.files:profile",
    "text.redact": "enclave.anonymise.jail.redact_lines:redact_lines",
    "upload.rows": "enclave.anonymise.jail.files:rows",
}
