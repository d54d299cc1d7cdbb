"""How the program says no: every reason at once, each naming its object and the way out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One reason why something was not done.

    `code` is stable and machine-readable, `text` is in the user's language, `field` names the form
    field and `line` the position of the document line that the reason belongs to, where there is one.
    """

    code: str
    text: str
    field: str = ""
    line: int | None = None

    def __str__(self):
        return str(self.text)


class Refused(Exception):
    """What was asked cannot be done now; nothing was written. Carries every reason."""

    def __init__(self, *refusals: Refusal):
        self.refusals = refusals
        super().__init__("; ".join(str(refusal) for refusal in refusals))


class Forbidden(Exception):
    """The person has no right to do this to what they may see (403)."""


class EditConflict(Refused):
    """Somebody saved the document after the person opened it."""


class Unconfirmed(Refused):
    """Nothing is wrong for certain: the same call goes through with these codes in `confirmed_warnings`."""
