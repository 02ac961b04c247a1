"""Works that wait are found in their order; PostgreSQL waits for a chain and tells its end in one trip.

Revision: 0017, after 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """One index in place of another, and a function.

    VOLATILE: its second statement sees what was committed while the first waited.
    """
    op.drop_index("ix_booklet_state", "booklet")
    op.create_index("ix_booklet_waits", "booklet", ["state", "since", "id"])
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        """
        CREATE FUNCTION end_of_chain(family int, name text, of_site text, station text)
        RETURNS TABLE (seq int, at text, hash text) LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
          PERFORM pg_advisory_xact_lock(family, hashtext(name));
          RETURN QUERY SELECT e.seq, e.at::text, e.hash::text FROM event e
            WHERE e.site = of_site AND e.chain = station ORDER BY e.seq DESC LIMIT 1;
        END $$
        """
    )
