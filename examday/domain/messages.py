"""Marks text that a user will read.

The catalogues (examday/locale) translate it at the edge of the program.
"""


class Msgid(str):
    """A text of the program itself.

    Only such values of a message are translated; what people typed is a plain `str` and stays as it
    is, also where it is spelled like a msgid.
    """

    __slots__ = ()


def N_(message: str) -> Msgid:
    """`message` as a text of the program.

    Its presence tells the catalogue check that a translation is needed.
    """
    return Msgid(message)
