"""Alembic environment: the URL comes from examday.storage.database, never from a file."""

import importlib
import pkgutil

from alembic import context

import examday.storage
from examday.storage.base import Base
from examday.storage.database import make_engine

for module in pkgutil.iter_modules(examday.storage.__path__):
    if module.name.startswith("tables"):
        # registers the models, or alembic would take their tables for superfluous
        importlib.import_module(f"examday.storage.{module.name}")

engine = make_engine(context.config.attributes["url"])
with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        # A table that is made anew is gone for a moment while others point at it. Said before the
        # transaction: inside it SQLite does not listen.
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
