"""The keeper of the tests' PostgreSQL, whom neither triggers nor row security bind."""

from sqlalchemy import make_url


def as_keeper(url: str) -> str:
    """The same database in the hands of a superuser; SQLite has no accounts."""
    if url.startswith("sqlite"):
        return url
    return make_url(url).set(username="examday").render_as_string(hide_password=False)
