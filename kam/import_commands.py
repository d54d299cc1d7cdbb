"""An importer from the command line, as in the browser: checked with `--dry-run`, else taken at once and told."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kam.clock import today
from kam.imports import Importer, Report, Upload
from kam.models import User
from kam.refusals import Forbidden, Refused


class ImportCommand(BaseCommand):
    """The base of these commands: a subclass names its importer, and says what of its arguments the importer is asked.

    What is refused as a whole ends the command with one line; rows left out are told on standard error.
    """

    importer: type[Importer]

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")
        parser.add_argument("--by", metavar="EMAIL", help="the user in whose name it is done; else the first superuser")

    def chosen(self, arguments) -> dict[str, str]:
        """The options of the importer that the arguments of the command stand for."""
        return {}

    def handle(self, *args, files, dry_run, by, **arguments):
        missing = [str(path) for path in files if not path.is_file()]
        if missing:
            raise CommandError(_("There is no such file: %(files)s") % {"files": ", ".join(missing)})
        named = tuple((path.name, path) for path in files)
        upload = Upload(named, self._user(by), today(), options=self.chosen(arguments))
        importer = self.importer()
        try:
            report = importer.check(upload) if dry_run else importer.commit(upload)
        except (Refused, Forbidden) as refused:
            raise CommandError(str(refused)) from refused
        self._tell(report, dry_run)

    def _user(self, email):
        people = User.objects.filter(is_active=True)
        user = people.filter(email__iexact=email).first() if email else people.filter(is_superuser=True).first()
        if user is None:
            raise CommandError(_("There is no such user; name one with --by EMAIL."))
        return user

    def _tell(self, report: Report, dry_run: bool) -> None:
        for row in report.overview[1] if report.overview else ():
            self.stdout.write(" | ".join(row))
        for each in report.problems:
            where = ":".join(filter(None, (each.file, str(each.row or ""))))
            self.stderr.write(f"{each.severity}: {where}: {each.column}: {each.text} [{each.value}]")
        for noun, number in sorted(report.counts.items()):
            self.stdout.write(f"{noun}: {number}")
        if not report.changes:
            self.stdout.write(str(_("Nothing new: everything in the files is here already.")))
        elif dry_run:
            self.stdout.write(str(_("This was a check; nothing was written.")))
