"""Access rules of views. A view without one cannot be served: the app refuses to start."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, g

from examday.domain.people.roles import PERMISSIONS, forbidden

View = TypeVar("View", bound=Callable[..., Any])


def access(action: str) -> Callable[[View], View]:
    """Only people whose roles allow `action` (a row of the permission matrix) reach the view."""
    if action not in PERMISSIONS:
        raise KeyError(f"no such row in the permission matrix: {action}")

    def mark(view: View) -> View:
        view.access_rule = action  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Anybody may see this: log-in, help, static files."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def logged_in(view: View) -> View:
    """Any logged-in person may see this (own password, language, change of person)."""
    view.access_rule = "logged-in"  # type: ignore[attr-defined]
    return view


def rule_of(app: Flask, endpoint: str) -> str | None:
    """The access rule of an endpoint; Flask's own static files are public."""
    return (
        "public"
        if endpoint == "static"
        else getattr(app.view_functions[endpoint], "access_rule", None)
    )


def may_open(app: Flask, endpoint: str) -> bool:
    """Whether this page is there, and the present person may open it: no link leads to a refusal."""
    if endpoint not in app.view_functions:
        return False
    rule = rule_of(app, endpoint) or ""
    return rule in ("public", "logged-in") or g.actor.may(rule)


def check_rules(app: Flask) -> None:
    """Refuse to start when a route has no rule."""
    bare = sorted(
        {r.endpoint for r in app.url_map.iter_rules() if rule_of(app, r.endpoint) is None}
    )
    if bare:
        raise RuntimeError("routes without an access rule: " + ", ".join(bare))


def enforce(rule: str) -> bool:
    """True when the present person may go on; False = must log in first; Forbidden when the role
    is wrong.
    """
    if rule == "public":
        return True
    if g.actor is None:
        return False
    if rule != "logged-in" and not g.actor.may(rule):
        raise forbidden(rule)
    return True
