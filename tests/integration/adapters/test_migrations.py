"""A migrated database is the declared one, on SQLite and PostgreSQL: columns, keys, checks, indexes; and every step can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from enclave.adapters.sql.database import Database
from enclave.adapters.sql.migrate import config_for, migrate
from enclave.adapters.sql.tables import metadata

OURS = frozenset(metadata.tables)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


def differences(engine: Engine) -> list[Any]:
    """What Alembic would still change; tables that are not ours (DBOS has its own) do not count."""

    def ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in OURS

    with engine.connect() as connection:
        options = {"include_object": ours, "compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def shape(engine: Engine) -> dict[str, dict[str, Any]]:
    """Everything that a comparison by Alembic leaves out as well: checks, names of constraints, SQLite's own words."""
    with engine.connect() as connection:
        looked = inspect(connection)
        return {
            name: {
                "columns": {column["name"]: {**column, "type": str(column["type"]), "comment": ""} for column in looked.get_columns(name)},
                "primary": looked.get_pk_constraint(name),
                "foreign": _sorted(looked.get_foreign_keys(name)),
                "unique": _sorted(looked.get_unique_constraints(name)),
                "checks": _sorted(looked.get_check_constraints(name)),
                "indexes": _sorted(looked.get_indexes(name)),
                "words": _words(connection, name),
            }
            for name in sorted(OURS)
        }


def _words(connection: Connection, table: str) -> set[str]:
    if connection.dialect.name != "sqlite":
        return set()
    declared = str(connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar_one())
    return {word for word in ("AUTOINCREMENT", "WITHOUT ROWID", "STRICT") if word in declared}


def _sorted(found: list[Any]) -> list[str]:
    return sorted(json.dumps(one, sort_keys=True, default=str) for one in found)  # a condition of an index has no other readable form


def test_a_migrated_database_is_the_declared_one(database: Database, database_url: str) -> None:
    migrate(database.engine)
    assert differences(database.engine) == []
    migrated = shape(database.engine)
    with database.engine.begin() as connection:
        command.downgrade(config_for(connection), "base")
    metadata.create_all(database.engine)
    declared = shape(database.engine)
    assert migrated == declared


def test_a_difference_would_be_seen(database: Database) -> None:
    migrate(database.engine)
    declared = shape(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_job_state"))
        connection.execute(text("ALTER TABLE ticket ADD COLUMN extra INTEGER"))
        connection.execute(text("CREATE TABLE dbos_of_somebody_else (id INTEGER)"))
    assert sorted(str(one[0]) for one in differences(database.engine)) == ["add_index", "remove_column"]
    assert shape(database.engine) != declared


def test_every_step_can_be_taken_back_and_taken_again(database: Database) -> None:
    with database.engine.begin() as connection:
        steps = [one.revision for one in ScriptDirectory.from_config(config_for(connection)).walk_revisions()]
    assert steps[-1] == "0001"
    for _ in range(2):
        migrate(database.engine)
        for _ in steps:
            with database.engine.begin() as connection:
                command.downgrade(config_for(connection), "-1")
        with database.engine.connect() as connection:
            assert set(inspect(connection).get_table_names()) == {"alembic_version"}


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database.engine)
    with database.transaction() as connection:
        connection.execute(text("INSERT INTO agency (slug, name) VALUES ('police', 'Police')"))
    migrate(database.engine)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM agency")).scalars().all() == ["Police"]


def test_jobs_of_the_first_schema_have_been_tried_once(database: Database) -> None:
    with database.engine.begin() as connection:
        command.upgrade(config_for(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO job (kind, subject, parameters, state, percent, sentence, asked) "
                "VALUES ('profile_upload', 'upload:1', '{}', 'failed', 0, '', '2026-01-01T00:00:00.000000+00:00')"
            )
        )
    migrate(database.engine)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT attempt FROM job")).scalars().all() == [1]


def test_a_migration_that_fails_leaves_the_schema_as_it_was(database: Database) -> None:
    """Both databases can take back changes of the schema, if the driver does not commit behind our back."""
    with suppress(RuntimeError), database.engine.begin() as connection:
        command.upgrade(config_for(connection), "head")
        raise RuntimeError
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) & OURS == set()


def test_the_folder_may_have_a_per_cent_sign(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    from enclave.adapters.sql import migrate as module

    place = tmp_path / "100%_ours"
    place.symlink_to(module._MIGRATIONS)
    monkeypatch.setattr(module, "_MIGRATIONS", place)
    migrate(database.engine)
    assert differences(database.engine) == []
