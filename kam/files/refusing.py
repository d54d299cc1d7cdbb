"""The refusal of a whole file."""

from kam.refusals import Refusal, Refused


class FileRefused(Refused):
    """The file cannot be taken at all; nothing was read from it.

    ``code`` is stable and for programs, ``text`` is for the person: what was found and what to do.
    """

    def __init__(self, code: str, text: str):
        super().__init__(Refusal(code, text, field="file"))
        self.code = code
        self.text = text
