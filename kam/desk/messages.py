"""What a page says after a write."""

from django.contrib import messages

from kam.refusals import Refused


def told(request, text, refused: Refused | None = None) -> None:
    """Say that it is done, or every reason why it is not."""
    if refused is None:
        messages.success(request, str(text))
        return
    for refusal in refused.refusals:
        messages.error(request, str(refusal.text))
