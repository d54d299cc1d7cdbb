"""`python -m tests.orders.statement_process DATABASE FILE`: take a bank statement, as a worker would."""

import os
import sys
from datetime import date
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.db import connection

django.setup()

from kam.imports import Upload  # noqa: E402
from kam.models import User  # noqa: E402
from orders.actions.import_statements import StatementsImporter  # noqa: E402

if __name__ == "__main__":
    connection.settings_dict["NAME"] = sys.argv[1]
    path = Path(sys.argv[2])
    by = User.objects.get(email="root@dcm.example")
    report = StatementsImporter().commit(Upload(((path.name, path),), by, date.fromisoformat(sys.argv[3])))
    sys.stdout.write(f"changes {report.changes}")
