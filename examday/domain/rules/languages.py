"""Which language the answers of an exam are in."""

FOREIGN_LANGUAGE = {"09": "en", "10": "de", "11": "fr", "13": "es"}
"""Subject code → language (ISO 639-1) in which these exams are answered: its letters are not
foreign there."""
RUSSIAN = "ru"
"""All other subjects are answered in Russian, so only the exceptions are listed."""


def language_of(subject: str) -> str:
    """The language in which this subject is answered."""
    return FOREIGN_LANGUAGE.get(subject, RUSSIAN)
