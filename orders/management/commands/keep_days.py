"""Keep the ageing of the days before the nights began."""

import time
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kam.clock import today
from kam.models import Run
from kam.refusals import Refused
from kam.runs import carry_out
from orders.actions.old_days import plan_keeping

TELL_SECONDS = 5


class Command(BaseCommand):
    help = (
        "Keep what every client owed at the end of each day from FROM to TO, as the nights do for new days. "
        "Safe to repeat: days that are kept are passed over, so one that was cut off goes on."
    )

    def add_arguments(self, parser):
        parser.add_argument("first", type=date.fromisoformat, metavar="FROM", help="the first day (ISO date)")
        parser.add_argument("last", type=date.fromisoformat, metavar="TO", help="the last day (ISO date)")
        parser.add_argument("--again", action="store_true", help="take days anew that are kept already")

    def handle(self, *args, first, last, again, **options):
        try:
            run = plan_keeping(first, last, today=today(), again=again)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.told_at, self.began = 0.0, time.monotonic()
        carry_out(run.pk, heard=self._tell)
        run = Run.objects.get(pk=run.pk)
        if run.status != Run.Status.DONE:
            raise CommandError(run.error or _("It was stopped; the days done so far are kept."))
        self.stdout.write(_("Kept %(days)s days in %(seconds)d s; days kept before were passed over.") % {
            "days": run.counts["days_kept"], "seconds": time.monotonic() - self.began,
        })  # fmt: skip

    def _tell(self, done, total):
        """A line every few seconds, and the first and the last one."""
        if done in (0, total) or time.monotonic() - self.told_at >= TELL_SECONDS:
            self.told_at = time.monotonic()
            self.stdout.write(_("%(done)s of %(total)s days") % {"done": done, "total": total})
