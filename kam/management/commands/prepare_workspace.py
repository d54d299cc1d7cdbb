"""Make the database ready for people: migrations, the demo in an empty one, and who may sign in."""

from django.core.management import BaseCommand, call_command, get_commands
from django.db import connection

from kam.models import User

# Written on the database while the demo is built: nobody works in it before that is done, so what a
# broken-off build left may be thrown away.
MARK = "the demo is being built"


class Command(BaseCommand):
    help = "Apply migrations, build the demo in an empty database, show the logins of the demo."

    def add_arguments(self, parser):
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *, no_demo, **options):
        if read_mark() == MARK:
            self.stdout.write("Removing a demo whose building was broken off")
            empty_database()
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        known = get_commands()
        if not no_demo and "seed_demo" in known and not User.objects.exists():
            self.stdout.write("The database is empty: building the demo company (a few minutes)")
            write_mark(MARK)
            call_command("seed_demo", stdout=self.stdout)
            write_mark("")
        if "demo_logins" in known:
            call_command("demo_logins", stdout=self.stdout)


def read_mark():
    """The comment on our database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        return cursor.fetchone()[0]


def write_mark(text):
    """Set the comment on our database; empty removes it."""
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [text])


def empty_database():
    """Throw away everything in the database, the mark included."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    write_mark("")
