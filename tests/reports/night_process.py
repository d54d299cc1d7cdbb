"""`python -m tests.reports.night_process DATABASE DAY`: close the days due up to one, as a worker would."""

import os
import sys
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.db import connection

django.setup()

from reports.actions.nightly import run_nights  # noqa: E402

if __name__ == "__main__":
    connection.settings_dict["NAME"] = sys.argv[1]
    run_nights(until=date.fromisoformat(sys.argv[2]))
