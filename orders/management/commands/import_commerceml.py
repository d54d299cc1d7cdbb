"""Take an export of 1C from the command line, as the browser does."""

from kam.import_commands import ImportCommand
from orders.actions.import_commerceml import CommercemlImporter


class Command(ImportCommand):
    help = "Import catalogue, prices, stock, partners and orders from CommerceML files (XML or ZIP) of one export."
    importer = CommercemlImporter
