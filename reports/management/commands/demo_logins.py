from django.core.management.base import BaseCommand

from kam.models import User
from kam.roles import ROLES
from reports.demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Print the demo's logins, one for each person, where the demo stands in the database."

    def handle(self, *args, **options):
        present = set(User.objects.values_list("email", flat=True))
        people = [person for person in PEOPLE if person.email in present]
        for person in people:
            self.stdout.write(f"{person.email:<26} {ROLES[person.role].label!s:<24} {person.last_name}")
        if people:
            self.stdout.write(f"password of all: {PASSWORD}")
