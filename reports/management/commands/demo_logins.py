from django.core.management.base import BaseCommand

from kam.models import User
from kam.roles import ROLES
from reports.demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Print the demo's logins, one for each person, where the demo stands in the database."

    def handle(self, *args, **options):
        present = set(User.objects.values_list("email", flat=True))
        people = [person for person in PEOPLE if person.email in present]
        rows = [(person.email, str(ROLES[person.role].label), person.last_name) for person in people]
        first, second = (max((len(row[place]) for row in rows), default=0) for place in (0, 1))
        for email, role, name in rows:
            self.stdout.write(f"{email:<{first}}  {role:<{second}}  {name}")
        if people:
            self.stdout.write(f"password of all: {PASSWORD}")
