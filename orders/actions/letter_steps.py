"""What people and the worker do with a prepared letter: mend its words, send it, post it, skip it."""

from datetime import date

from django.core.mail import DNS_NAME, EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.rows import check_belongs
from kam import clock
from kam.access import Authority
from kam.flows import mover
from kam.notifications import notify
from kam.papers import pdf
from kam.records import check_version, save_changes
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.letters import lines_today, send_later, write_lines
from orders.documents.letters import CLAIM_COVER, claim_of_letter
from orders.flow import LETTER_FLOW
from orders.models import CollectionLetter, LetterLevel

FAILED = gettext_noop("%(letter)s to %(client)s could not be sent: %(error)s")
Status = CollectionLetter.Status
EDITED = ("contact", "email", "subject", "text")
REFIGURED = ("prepared_on", "amount", "overdue", "penalty", "subject", "text")


@writes
def change_letter(pk: int, *, by, version: int | None = None, **fields) -> CollectionLetter:
    """Mend the words or the addressee (`contact`, `email`, `subject`, `text`) of a letter that is not sent.

    Raises CollectionLetter.DoesNotExist for one unseen, Forbidden, EditConflict, Refused.
    """
    assert set(fields) <= set(EDITED), fields
    letter = _locked(pk, by)
    who = LETTER_FLOW.authority_on(letter, by, "orders.change_collectionletter")
    check_version(letter, version)
    if letter.status not in (Status.PROPOSED, Status.FAILED):
        raise Refused(Refusal("wrong_state", _("%(letter)s is not waiting any more.") % {"letter": letter}))
    contact = fields.get("contact")
    check_belongs(letter.client_id, contact=contact)
    if contact is not None and contact != letter.contact and not fields.get("email"):
        fields["email"] = contact.email
    return save_changes(letter, who=who, **fields)


@writes
def send_letter(pk: int, *, by, reason: str = "") -> CollectionLetter:
    """Agree to a letter and hand it to the worker that sends it; raises Forbidden, Refused.

    Refused without an address, and where nothing of what it names is open any more.
    """
    letter = _locked(pk, by)
    step, who = LETTER_FLOW.check(letter, "send", by=by, reason=reason)
    found = []
    if not letter.email:
        found.append(Refusal("no_address", _("There is no e-mail address: enter one, or send it by post.")))
    if not letter.lines.filter(invoice__open_amount__gt=0).exists():
        found.append(Refusal("paid_meanwhile", _("All that the letter names is paid: skip it.")))
    if found:
        raise Refused(*found)
    letter.decided_by, letter.error = who.by, ""
    LETTER_FLOW.finish(letter, step, who, reason=reason, also=("decided_by", "error"))
    send_later([letter.pk])
    return letter


@writes
def post_letter(pk: int, *, by, reason: str = "", tracking: str = "") -> CollectionLetter:
    """Note that a letter went by post, with its postal number; raises Forbidden, Refused."""
    letter = _locked(pk, by)
    step, who = LETTER_FLOW.check(letter, "post", by=by, reason=reason)
    letter.tracking, letter.error = tracking.strip(), ""
    letter.decided_by, letter.sent_at = letter.decided_by or who.by, letter.sent_at or clock.now()
    changes = {"tracking": ["", letter.tracking]}
    LETTER_FLOW.finish(
        letter, step, who, reason=reason, changes=changes, also=("tracking", "error", "decided_by", "sent_at")
    )
    return letter


@writes
def skip_letter(pk: int, *, by, reason: str) -> CollectionLetter:
    """Do not send a letter, and say why; raises Forbidden, Refused."""
    letter = _locked(pk, by)
    step, who = LETTER_FLOW.check(letter, "skip", by=by, reason=reason)
    letter.decided_by = who.by
    LETTER_FLOW.finish(letter, step, who, reason=reason, also=("decided_by",))
    return letter


@writes
def recompute_letter(pk: int, *, by, day: date, reason: str = "") -> CollectionLetter:
    """Write a letter that waits anew as of this day: its invoices, sums, penalty and words; the addressee stays.

    Words that were mended by hand are replaced by those of the level. Raises Forbidden, and Refused where nothing of
    it is left to ask for: such a letter is skipped.
    """
    letter = _locked(pk, by)
    step, who = LETTER_FLOW.check(letter, "recompute", by=by, reason=reason)
    before = {name: getattr(letter, name) for name in REFIGURED}
    lines, subject, text = lines_today(letter, day)
    if not lines:
        text = _("Nothing is left that this letter would name: skip it.")
        raise Refused(Refusal("paid_meanwhile", text))
    letter.subject, letter.text, letter.error = subject, text, ""
    letter.lines.all().delete()
    write_lines([(letter, lines)])
    changes = {
        name: [str(old), str(getattr(letter, name))] for name, old in before.items() if old != getattr(letter, name)
    }
    LETTER_FLOW.finish(letter, step, who, reason=reason, changes=changes, also=(*REFIGURED, "error"))
    return letter


move_letter = mover({"send": send_letter, "post": post_letter, "skip": skip_letter, "recompute": recompute_letter})


@writes
def deliver_letter(pk: int) -> CollectionLetter | None:
    """Send a letter that waits to be sent; None where another worker is at it or it is sent already.

    What the mail server said stands on the letter; where it could not be sent, its KAM is told. The message keeps one
    identity, so that a mail server that gets it twice after a crash can tell.
    """
    rows = CollectionLetter.objects.select_for_update(of=("self",), skip_locked=True).filter(status=Status.QUEUED)
    letter = rows.select_related("client__manager", "level").filter(pk=pk).first()
    if letter is None:
        return None
    error = _sent(letter)
    if error:
        letter.error = error[:300]
        LETTER_FLOW.finish(letter, LETTER_FLOW.step("fail"), Authority(None), reason=error, also=("error",))
        people = [each for each in {letter.decided_by, letter.client.manager} if each is not None]
        values = {"letter": letter.number, "client": letter.client.name, "error": letter.error}
        notify(people, "letter_failed", FAILED, values=values, document=letter, urgent=True)
    else:
        letter.sent_at = clock.now()
        LETTER_FLOW.finish(letter, LETTER_FLOW.step("deliver"), Authority(None), also=("sent_at",))
    return letter


def deliver_waiting() -> int:
    """Send every letter that waits and was not sent: what a broker or a worker lost; returns how many were sent."""
    pks = CollectionLetter.objects.filter(status=Status.QUEUED).order_by("pk").values_list("pk", flat=True)
    letters = [deliver_letter(pk) for pk in list(pks)]
    return sum(letter is not None and letter.status == Status.SENT for letter in letters)


def _sent(letter: CollectionLetter) -> str:
    """Send the message; what went wrong, or nothing."""
    try:
        count = _message(letter).send()
    except Refused as refused:
        return str(refused)
    except OSError as error:  # what the mail server and the way to it raise; SMTP errors are of this kind
        return str(error) or type(error).__name__
    return "" if count else _("No mail server is set up.")


def _message(letter: CollectionLetter) -> EmailMessage:
    manager = letter.client.manager
    is_claim = letter.channel == LetterLevel.Channel.CLAIM
    message = EmailMessage(
        letter.subject,
        CLAIM_COVER.format(number=letter.number, day=letter.prepared_on) if is_claim else letter.text,
        None,
        [letter.email],
        reply_to=[manager.email] if manager else None,
        headers={"Message-ID": f"<letter-{letter.pk}@{DNS_NAME}>"},
    )
    if is_claim:
        paper = claim_of_letter(letter)
        message.attach(f"{paper.name}.pdf", pdf(paper), "application/pdf")
    return message


def _locked(pk: int, by) -> CollectionLetter:
    rows = CollectionLetter.objects.visible_to(by).select_for_update(of=("self",))
    return rows.select_related("client__manager").get(pk=pk)
