"""Statements are not compiled while they run: ours take milliseconds, compiling takes hundreds of them.

A setting of the database reaches every connection, also those of a pooler. Who migrates may not own the database: then
its owner says the same (docs/deploying.md).
"""

from django.db import migrations

OFF = """
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'jit stays as the server has it';
END $$"""
BACK = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET jit', current_database()); END $$"


class Migration(migrations.Migration):
    dependencies = [("kam", "0002_roles")]
    operations = [migrations.RunSQL(OFF, BACK)]
