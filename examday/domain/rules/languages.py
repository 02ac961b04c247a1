"""Which language the answers of an exam are in."""

FOREIGN_LANGUAGE = {"09": "en", "10": "de", "11": "fr", "13": "es"}
"""In these exams (by subject code) answers are in the language (ISO 639-1), which has letters of its own."""
RUSSIAN = "ru"
"""All other subjects are answered in Russian."""


def language_of(subject: str) -> str:
    """The language in which this subject is answered."""
    return FOREIGN_LANGUAGE.get(subject, RUSSIAN)
