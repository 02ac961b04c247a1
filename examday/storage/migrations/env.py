"""Alembic environment: the URL comes from examday.storage.database, never from a file."""

from alembic import context

from examday.storage import tables  # noqa: F401 - registers the models
from examday.storage.base import Base
from examday.storage.database import make_engine

engine = make_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True,
                      transaction_per_migration=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
