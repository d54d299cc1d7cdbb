"""Take bank statements from the command line, as the browser does."""

from kam.import_commands import ImportCommand
from orders.actions.import_statements import StatementsImporter


class Command(ImportCommand):
    help = "Take bank statements (1CClientBankExchange, camt.053, MT940, or a ZIP of them); safe to repeat."
    importer = StatementsImporter

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--add-accounts", action="store_true", help="take unknown accounts for ours")

    def chosen(self, arguments):
        return {"accounts": "add"} if arguments["add_accounts"] else {}
