"""Accounts, log-in, own secrets, rights and the view of each person."""

from examday.domain.people.roles import Actor, Role
from examday.storage.tables import Person
from tests.conftest import PASSWORD, PIN, Browser
from tests.scenes.gallery import Gallery


def show(gallery: Gallery) -> None:
    """From the empty station to a locked account."""
    guest = Browser(gallery.app)
    gallery.keep("an empty station", "/", guest.get("/"))
    gallery.keep("the first account", "/first", guest.get("/first"))
    sent = {"name": "", "login": "x y", "password": "1", "again": "2", "pin": "1"}
    gallery.keep("a bad first account", "/first", guest.post("/first", sent))
    gallery.add_person(gallery.store, "head", Role.SITE_HEAD)
    gallery.add_person(gallery.store, "anna", Role.ASSISTANT, Role.ROOM_ORGANISER)
    gallery.add_person(gallery.store, "companion", Role.MEDICAL_WORKER)
    gallery.add_person(gallery.store, "new", Role.ASSISTANT, must_change=True)
    gallery.keep("log-in", "/login", guest.get("/login"))
    for what, fields in (
        ("a wrong password", {"login": "anna", "password": "нет"}),
        ("nothing is typed", {"login": "", "password": ""}),
    ):
        gallery.keep(f"log-in: {what}", "/login", guest.post("/login", fields))
    gallery.keep("a page before log-in", "/board/", guest.get("/board/"))
    gallery.keep("a page that is not there", "/board/", gallery.at("head").browser.get("/nowhere"))
    gallery.keep("a page of another role", "/people", gallery.at("anna").browser.get("/people"))
    gallery.look("nothing is planned", "head", "/")
    for page in (
        "board/",
        "board/close",
        "custody/",
        "packing/",
        "plan/",
        "plan/readiness",
        "print/",
    ):
        gallery.look(f"nothing is planned: {page}", "head", f"/{page}")
    gallery.look("nothing to enter", "companion", "/")
    own_secrets(gallery)
    accounts(gallery)
    gallery.look("what each role may do", "anna", "/permissions")


def own_secrets(gallery: Gallery) -> None:
    """A new person sets a password and a PIN."""
    gallery.look("secrets must be set first", "new", "/board/")
    gallery.look("own secrets", "new", "/own-secrets")
    gallery.look("own secrets of somebody known", "anna", "/own-secrets")
    for what, fields in (
        ("too short", {"password": "123", "again": "123", "pin": "2580"}),
        ("not the same", {"password": PASSWORD + " ой", "again": PASSWORD, "pin": "2580"}),
        ("an easy PIN", {"password": PASSWORD + " ой", "again": PASSWORD + " ой", "pin": "1111"}),
    ):
        page = gallery.at("new").open("/own-secrets")
        asked = {name: text for name, text in fields.items() if name in page.form("").typed}
        gallery.press(f"own secrets: {what}", "new", "/own-secrets", "", "", asked)


def accounts(gallery: Gallery) -> None:
    """The head keeps the accounts."""
    gallery.look("the head proves who it is", "head", "/people")
    gallery.press("a wrong secret", "head", "/prove", "", "", {"secret": "0000"})
    gallery.press("the head is proven", "head", "/prove", "", "", {"secret": PIN})
    gallery.look("the accounts", "head", "/people")
    gallery.look("a new account", "head", "/people/new")
    gallery.press("a new account without a name", "head", "/people/new")
    fields = {"name": "Нина", "login": "anna", "roles": ["assistant"]}
    gallery.press("a log-in that is taken", "head", "/people/new", "", "", fields)
    people = {}
    for login in ("anna", "head", "new"):
        with gallery.store.read() as uow:
            people[login] = uow.session.query(Person).filter_by(login=login).one().id
        gallery.look(f"the account of {login}", "head", f"/people/{people[login]}")
    locked_out(gallery, people)
    page = f"/people/{people['anna']}"
    gallery.press("an account without a role", "head", page, "", "", {"roles": []})
    gallery.press("an account without a name", "head", page, "", "", {"name": " "})
    gallery.press("an account is closed", "head", page, "", "disable")
    gallery.look("a closed account", "head", page)
    gallery.look("the accounts, one of them closed", "head", "/people")


def locked_out(gallery: Gallery, people: dict[str, str]) -> None:
    """Somebody guesses at a log-in; another account has no password yet."""
    guest = Browser(gallery.app)
    for _try in range(10):
        gallery.clock.forward(minutes=2)
        guest.post("/login", {"login": "anna", "password": "нет"})
    with gallery.store.begin(Actor.system("test")) as uow:
        uow.get(Person, people["new"]).password_hash = ""
        uow.record("test:secrets", f"person:{people['new']}")
    gallery.press("the head is proven once more", "head", "/prove", "", "", {"secret": PIN})
    gallery.look("the accounts, one of them locked", "head", "/people")
    gallery.look("a locked account", "head", f"/people/{people['anna']}")
