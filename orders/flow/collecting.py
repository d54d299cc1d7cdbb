"""The steps of collecting: promises to pay and letters."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.flows import Flow, Step
from orders.models import CollectionLetter, PaymentPromise

PROMISE_FLOW = Flow(
    model=PaymentPromise,
    manager="client.manager_id",
    colours={"open": "amber", "kept": "green", "broken": "red", "withdrawn": "grey"},
    steps=(
        Step("withdraw", _("Withdraw"), ("open",), "withdrawn", "orders.change_paymentpromise", done=_("Withdrawn"),
             needs_reason=True, danger=True),
        # Whether the word was kept is told by the nightly job, from the money received.
        Step("keep", _("Kept"), ("open",), "kept", "orders.change_paymentpromise", done=_("The word was kept"),
             listed=False),
        Step("break", _("Broken"), ("open",), "broken", "orders.change_paymentpromise", done=_("The word was broken"),
             listed=False),
    ),
)  # fmt: skip

LETTER_FLOW = Flow(
    model=CollectionLetter,
    manager="client.manager_id",
    colours={"proposed": "amber", "queued": "blue", "sent": "green", "failed": "red", "skipped": "grey"},
    steps=(
        Step("send", _("Send"), ("proposed", "failed"), "queued", "orders.send_letter",
             done=pgettext_lazy("in the history", "Handed over to be sent"), awaited=True, primary=True),
        Step("recompute", _("Recompute"), ("proposed", "failed"), "proposed", "orders.change_collectionletter",
             done=_("Recomputed")),
        # A claim goes by post as well: what was sent by e-mail gets its postal number here.
        Step("post", _("Sent by post"), ("proposed", "failed", "sent"), "sent", "orders.send_letter",
             done=_("Sent by post"), fields=("tracking",)),
        Step("skip", _("Skip"), ("proposed", "failed"), "skipped", "orders.send_letter", done=_("Skipped"),
             needs_reason=True, awaited=True, danger=True),
        # The worker that sends it tells how it went.
        Step("deliver", _("Delivered to the mail server"), ("queued",), "sent", "orders.send_letter", done=_("Sent"),
             listed=False),
        Step("fail", _("Could not be sent"), ("queued",), "failed", "orders.send_letter", done=_("Not sent"),
             listed=False),
    ),
)  # fmt: skip
