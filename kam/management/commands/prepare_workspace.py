"""Make the database ready for people: migrations, the demo in an empty one, and who may sign in."""

from django.core.management import BaseCommand, call_command, get_commands

from kam.models import User


class Command(BaseCommand):
    help = "Apply migrations, load the demo into an empty database, show the logins of the demo."

    def add_arguments(self, parser):
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *, no_demo, **options):
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        known = get_commands()
        if not no_demo and "seed_demo" in known and not User.objects.exists():
            self.stdout.write("The database is empty: building the demo company (under three minutes)")
            call_command("seed_demo", stdout=self.stdout)
        if "demo_logins" in known:
            call_command("demo_logins", stdout=self.stdout)
