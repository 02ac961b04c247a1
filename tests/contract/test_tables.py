"""Migrations make what the models say: a table that a new station has is the one that the code means."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from examday.storage.base import Base
from examday.storage.rows import tables


def test_migrations_make_the_tables_of_the_models(migrated: Path) -> None:
    assert list(tables()), "all models are loaded"
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differing = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert not differing, (
        "models and migrations differ; write what the newest migration lacks into it, or into one "
        "more if it is released (CONTRIBUTING, «How to add a table or a column»):\n"
        + "\n".join(map(str, differing))
    )
