"""The refusal of a whole file."""


class FileRefused(Exception):
    """The file cannot be taken at all.

    ``code`` is stable and for programs, ``text`` is for the person: what was found and what to do.
    """

    def __init__(self, code: str, text: str):
        super().__init__(text)
        self.code = code
        self.text = text
