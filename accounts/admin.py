"""The back office of this floor: for looking at rows as they lie; they are written through the pages, by actions."""

from django.contrib import admin

from accounts import models


class LookOnly(admin.ModelAdmin):
    """Shows rows and changes none: a write here would pass by the rules and the trail."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(models.Client)
class ClientAdmin(LookOnly):
    list_display = ("name", "inn", "kpp", "channel", "status", "manager", "external_id")
    list_filter = ("channel", "status")
    list_select_related = ("manager",)
    search_fields = ("sort_key", "inn", "external_id")


@admin.register(models.Outlet)
class OutletAdmin(LookOnly):
    list_display = ("name", "client", "city", "manager", "is_active", "external_id")
    list_select_related = ("client", "manager")
    search_fields = ("sort_key", "external_id")


@admin.register(models.CreditTerms)
class CreditTermsAdmin(LookOnly):
    list_display = ("client", "starts_on", "ends_on", "credit_limit", "days", "day_kind", "price_column")
    list_select_related = ("client", "price_column")
    search_fields = ("client__sort_key", "client__inn")


@admin.register(models.PriceColumn)
class PriceColumnAdmin(LookOnly):
    list_display = ("code", "name", "currency", "vat_included", "is_active", "external_id")


@admin.register(models.DecreedDay)
class DecreedDayAdmin(LookOnly):
    list_display = ("day", "is_working", "comment")
