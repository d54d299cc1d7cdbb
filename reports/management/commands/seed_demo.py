import time

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from kam.clock import today
from reports.demo.company import DemoExists, build_company
from reports.demo.scale import build_large


class Command(BaseCommand):
    help = "Build the demo company: two years of dealings ending today. Needs an empty database."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=2026, help="another number gives another company")
        parser.add_argument("--until", type=str, default="", help="the last day (ISO date), instead of today")
        parser.add_argument(
            "--scale", type=int, default=0, metavar="N",
            help="instead, add a large set for benchmarks: N times 100 000 order lines (100 gives 10 million)",
        )  # fmt: skip

    def handle(self, *args, **options):
        end = today().fromisoformat(options["until"]) if options["until"] else today()
        began = time.monotonic()
        if options["scale"]:
            if options["scale"] < 1:
                raise CommandError("--scale takes a whole number from 1.")
            build_large(connection, scale=options["scale"], end=end, told=self.stdout.write)
        else:
            self._build(end, options["seed"])
        self.stdout.write(self.style.SUCCESS(f"Built in {time.monotonic() - began:.0f} s."))

    def _build(self, end, seed):
        def told(day):
            if day.day == 1:
                self.stdout.write(f"{day:%B %Y}")

        try:
            build_company(end=end, seed=seed, told=told)
        except DemoExists as exists:
            raise CommandError(
                f"The database has {exists.users} users already: the demo is built only into an empty one."
            ) from exists
