"""Tables of rough orders."""

from django.utils.translation import gettext_lazy as _

from kam.pages import Column, Table


class IntakeTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    created_at = Column(_("Handed over on"), kind="moment", sort=True)
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    author = Column(_("By"), kind="person")
    status = Column(_("State"), kind="chip")
    taken_by = Column(_("In work with"), kind="person")
    wanted_on = Column(_("Wanted on"), kind="date", sort=True)
    text = Column(_("What the client asks for"), accessor=lambda intake: intake.text[:90])
    promised_total = Column(_("Promised sum"), kind="money", visible=False)

    class Meta:
        related = ("client", "author", "taken_by")
        sort = "-created_at"


class IntakeLineTable(Table):
    position = Column(_("No."), kind="quantity")
    product = Column(_("Product"), accessor=lambda line: str(line.product) if line.product_id else line.wording,
                     hint=lambda line: "" if line.product_id else _("in the client's words"))  # fmt: skip
    quantity = Column(_("Quantity"), kind="quantity")
    price = Column(_("Promised price"), kind="money")

    class Meta:
        related = ("product",)
