"""Seed the role groups; what each may do stands in kam.roles."""

from django.db import migrations

ROLES = (
    "kam",
    "sales_support",
    "head_of_sales",
    "finance_director",
    "general_director",
    "marketing",
    "trainer",
    "service",
    "administrator",
)


def seed(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("kam", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
