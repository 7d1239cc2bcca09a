"""Every table of the house. Foreign keys and uniqueness carry the rules that races would otherwise break."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[dt.datetime]):
    """A moment as ISO text in UTC with microseconds: sorts as text, and SQLite cannot lose its zone."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else value.astimezone(dt.UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        return None if value is None else dt.datetime.fromisoformat(value)


def _id() -> Column[int]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _to(target: str, *, primary_key: bool = False, nullable: bool = False, unique: bool = False, index: bool = False) -> Column[int]:
    name, _, _ = target.partition(".")
    return Column(
        name, BigInteger, ForeignKey(target), primary_key=primary_key, nullable=nullable, unique=unique or None, index=index or None
    )


# audit -------------------------------------------------------------------------------------------------------------------------

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("by", BigInteger),
    Column("subject", String(64), nullable=False, index=True),
    Column("details", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one"), primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
)

# identity ----------------------------------------------------------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    _id(),
    Column("name", String(40), nullable=False, unique=True),
    Column("display", String(120), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("totp_sealed", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Moment),
)
session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _to("person.id"),
    Column("csrf", String(64), nullable=False),
    Column("expires", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)
ticket = Table(
    "ticket",
    metadata,
    Column("ticket_hash", String(64), primary_key=True),
    _to("person.id"),
    Column("expires", Moment, nullable=False),
)

# governance --------------------------------------------------------------------------------------------------------------------

agency = Table(
    "agency", metadata, _id(), Column("slug", String(63), nullable=False, unique=True), Column("name", String(200), nullable=False)
)
agreement = Table("agreement", metadata, _id(), Column("state", String(16), nullable=False), Column("terms", JSON, nullable=False))
agreement_signature = Table(
    "agreement_signature",
    metadata,
    _to("agreement.id", primary_key=True),
    Column("agency", String(63), primary_key=True),
    _to("person.id"),
    Column("public_key", String(128), nullable=False),
    Column("signature", String(256), nullable=False),
    Column("at", Moment, nullable=False),
)
agreement_notice = Table(
    "agreement_notice",
    metadata,
    _to("agreement.id", primary_key=True),
    Column("agency", String(63), primary_key=True),
    _to("person.id"),
    Column("reason", Text, nullable=False),
    Column("given", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
)
agency_stop = Table(
    "agency_stop",
    metadata,
    _id(),
    _to("agency.id"),
    _to("person.id"),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("lifted", Moment),
    Column("lifter", BigInteger, ForeignKey("person.id")),
)
# Of two who stop at once one does: an agency has one stop that stands.
_STANDING = agency_stop.c.lifted.is_(None)
Index("uq_agency_stop_standing", agency_stop.c.agency, unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING)
application = Table(
    "application",
    metadata,
    _id(),
    Column("applicant", BigInteger, ForeignKey("person.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("proposal", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)
application_decision = Table(
    "application_decision",
    metadata,
    _to("application.id", primary_key=True),
    Column("agency", String(63), primary_key=True),
    _to("person.id"),
    Column("approves", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
project = Table(
    "project",
    metadata,
    _id(),
    Column("slug", String(41), nullable=False, unique=True),
    Column("title", String(200), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("benefit", Text, nullable=False),
    _to("agreement.id"),
    Column("datasets", JSON, nullable=False),
    Column("ends", String(10), nullable=False),
)
role_grant = Table(
    "role_grant",
    metadata,
    _id(),
    _to("person.id", index=True),
    Column("role", String(20), nullable=False),
    _to("agency.id", nullable=True),
    _to("project.id", nullable=True, index=True),
    Column("until", String(10)),
)
signatory_key = Table(
    "signatory_key",
    metadata,
    _to("person.id", primary_key=True),
    _to("agency.id", primary_key=True),
    Column("public_key", String(128), nullable=False),
)
sandbox = Table(
    "sandbox",
    metadata,
    _id(),
    _to("person.id"),
    _to("project.id"),
    Column("token_hash", String(64)),
    UniqueConstraint("person", "project"),
    sqlite_autoincrement=True,
)

# jobs --------------------------------------------------------------------------------------------------------------------------

job = Table(
    "job",
    metadata,
    _id(),
    Column("kind", String(32), nullable=False),
    Column("subject", String(64), nullable=False, index=True),
    Column("parameters", JSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("percent", Integer, nullable=False, default=0),
    Column("sentence", Text, nullable=False, default=""),
    Column("asked", Moment, nullable=False),
    # A job that failed may be tried again: each attempt is durable work of its own.
    Column("attempt", Integer, nullable=False, server_default="1"),
)

# catalogue ---------------------------------------------------------------------------------------------------------------------

population = Table(
    "population", metadata, _id(), Column("slug", String(130), nullable=False, unique=True), Column("unit", String(8), nullable=False)
)
dataset = Table(
    "dataset",
    metadata,
    _id(),
    Column("name", String(130), nullable=False, unique=True),
    _to("agency.id"),
    _to("population.id"),
    Column("label", String(200), nullable=False),
    Column("row", String(200), nullable=False),
    Column("attribution", Text, nullable=False, default=""),
    # How each file makes the next version, and whether one like the last is published without asking.
    Column("cadence", String(10), nullable=False, server_default="replace"),
    Column("unasked", Integer, nullable=False, server_default="0"),
)
upload = Table(
    "upload",
    metadata,
    _id(),
    _to("dataset.id", index=True),
    _to("person.id"),
    Column("state", String(16), nullable=False),
    Column("expected", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False, default=0),
    Column("sha256", String(64), nullable=False, default=""),
    Column("profile", JSON),
    Column("declaration", JSON),
    Column("report", JSON),
    Column("sentence", Text, nullable=False, default=""),
    # A version, but no foreign key: versions point at uploads already.
    Column("rebuilt_from", BigInteger),
    CheckConstraint("received <= expected", name="whole"),
    sqlite_autoincrement=True,
)
version = Table(
    "version",
    metadata,
    _id(),
    _to("dataset.id"),
    _to("upload.id", unique=True),
    Column("number", Integer, nullable=False),
    Column("schema", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("published", Moment, nullable=False),
    UniqueConstraint("dataset", "number"),
    sqlite_autoincrement=True,
)

# linkage: the crosswalk, append-only. Tokens are keyed hashes, encodings sealed, ids random: none says anything without the worker's keys -------

linked_person = Table(
    "linked_person",
    metadata,
    _to("population.id", primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
)
linkage_token = Table(
    "linkage_token",
    metadata,
    _to("population.id", primary_key=True),
    Column("token", LargeBinary(17), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("agency", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
linked_record = Table(
    "linked_record",
    metadata,
    _to("population.id", primary_key=True),
    Column("whole", LargeBinary(17), primary_key=True),
    Column("number", BigInteger, nullable=False),
    # How the record is compared, sealed with the worker's key.
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(["population", "number"], ["linked_person.population", "linked_person.number"]),
    Index("ix_linked_record_number", "population", "number"),
)

person_list = Table(
    "person_list",
    metadata,
    _id(),
    _to("population.id", index=True),
    _to("agency.id", index=True),
    _to("person.id"),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("written", String(40), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sent", Moment, nullable=False),
    Column("key", String(16), nullable=False, default=""),
    Column("entries", BigInteger, nullable=False, default=0),
    Column("unusable", BigInteger, nullable=False, default=0),
    Column("unusable_rows", JSON),
    Column("confirmed", Moment),
    Column("disputed", Moment),
    Column("sentence", Text, nullable=False, default=""),
    sqlite_autoincrement=True,
)
person_list_token = Table(
    "person_list_token",
    metadata,
    Column("list", BigInteger, ForeignKey("person_list.id"), primary_key=True),
    Column("token", LargeBinary(17), primary_key=True),
    sqlite_with_rowid=False,
)
# Who would be meant by an entry of a list: tokens of another key than those that link, and one may be several people's. ``agency``: whose
# record said so; 0 where that was not noted yet.
person_trace = Table(
    "person_trace",
    metadata,
    _to("population.id", primary_key=True),
    Column("token", LargeBinary(17), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("agency", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
# What an agency hears of other registers: one band a population, drawn again only when its time is over.
known_band = Table(
    "known_band",
    metadata,
    _to("population.id", primary_key=True),
    _to("agency.id", primary_key=True),
    Column("band", String(40), nullable=False),
    Column("drawn", Moment, nullable=False),
)

# privacy -----------------------------------------------------------------------------------------------------------------------

ledger = Table(
    "ledger",
    metadata,
    _id(),
    Column("kind", String(12), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("cap_rho", BigInteger, nullable=False),
    Column("cap_delta", BigInteger, nullable=False),
    Column("spent_rho", BigInteger, nullable=False, default=0),
    Column("spent_delta", BigInteger, nullable=False, default=0),
    UniqueConstraint("kind", "subject"),
    CheckConstraint("spent_rho >= 0 AND spent_rho <= cap_rho", name="rho"),
    CheckConstraint("spent_delta >= 0 AND spent_delta <= cap_delta", name="delta"),
)
charge = Table(
    "charge",
    metadata,
    _id(),
    _to("project.id", index=True),
    _to("person.id"),
    Column("purpose", String(16), nullable=False),
    Column("question", String(64), nullable=False),
    Column("asked", JSON, nullable=False),
    Column("rho", BigInteger, nullable=False),
    Column("delta", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("project", "question", "rho"),
    CheckConstraint("rho > 0 OR delta > 0", name="price"),
    sqlite_autoincrement=True,
)
charge_ledger = Table(
    "charge_ledger",
    metadata,
    _to("charge.id", primary_key=True),
    _to("ledger.id", primary_key=True),
)
settlement = Table(
    "settlement",
    metadata,
    _to("charge.id", primary_key=True),
    Column("noised", JSON, nullable=False),
    Column("receipt", JSON, nullable=False),
    Column("token", Text, nullable=False),
    Column("number", String(40), nullable=False, unique=True),
    Column("at", Moment, nullable=False),
)

# Records of the journal whose price a restored backup had forgotten and that was debited again.
replayed_reserve = Table("replayed_reserve", metadata, Column("digest", String(64), primary_key=True), Column("at", Moment, nullable=False))
frozen_dataset = Table(
    "frozen_dataset",
    metadata,
    _to("dataset.id", primary_key=True),
    Column("at", Moment, nullable=False),
    Column("first", BigInteger, ForeignKey("person.id")),
)

derivation = Table(
    "derivation",
    metadata,
    _id(),
    _to("project.id"),
    _to("person.id"),
    Column("basis", String(64), nullable=False),
    Column("number", String(40), nullable=False, unique=True),
    Column("noised", JSON, nullable=False),
    Column("receipt", JSON, nullable=False),
    Column("token", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("project", "basis"),
    sqlite_autoincrement=True,
)

# synthetic ---------------------------------------------------------------------------------------------------------------------

synthetic_copy = Table(
    "synthetic_copy",
    metadata,
    _id(),
    _to("project.id"),
    _to("person.id"),
    _to("version.id"),
    Column("rho", BigInteger, nullable=False),
    Column("delta", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    _to("charge.id", nullable=True),
    Column("asked", Moment, nullable=False),
    UniqueConstraint("project", "version", "rho", "delta"),
    CheckConstraint("(state = 'fitted') = (charge IS NOT NULL)", name="paid"),
    sqlite_autoincrement=True,
)

# egress ------------------------------------------------------------------------------------------------------------------------

egress_request = Table(
    "egress_request",
    metadata,
    _id(),
    _to("project.id", index=True),
    _to("person.id"),
    Column("title", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("controls", Text, nullable=False),
    Column("receipts", JSON, nullable=False),
    # The fingerprint of what was submitted; empty once withdrawn, so that the same may be submitted again.
    Column("standing", String(64), unique=True),
    Column("state", String(16), nullable=False, index=True),
    Column("submitted", Moment, nullable=False),
    Column("moved", Moment, nullable=False),
    Column("moved_by", BigInteger, ForeignKey("person.id")),
    Column("reason", Text, nullable=False, default=""),
    CheckConstraint("(standing IS NULL) = (state = 'withdrawn')", name="standing"),
    sqlite_autoincrement=True,
)
egress_file = Table(
    "egress_file",
    metadata,
    Column("request", BigInteger, ForeignKey("egress_request.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(120), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("findings", JSON, nullable=False),
)
egress_vote = Table(
    "egress_vote",
    metadata,
    Column("request", BigInteger, primary_key=True),
    Column("file", Integer, primary_key=True, autoincrement=False),
    _to("person.id", primary_key=True),
    Column("choice", String(16), nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["request", "file"], ["egress_file.request", "egress_file.number"]),
)
egress_download = Table(
    "egress_download",
    metadata,
    _id(),
    Column("request", BigInteger, nullable=False, index=True),
    Column("file", Integer, nullable=False),
    _to("person.id"),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["request", "file"], ["egress_file.request", "egress_file.number"]),
    sqlite_autoincrement=True,
)
# What came of a released request.
effect = Table(
    "effect",
    metadata,
    _id(),
    Column("request", BigInteger, ForeignKey("egress_request.id"), nullable=False, index=True),
    _to("person.id"),
    Column("decision", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
