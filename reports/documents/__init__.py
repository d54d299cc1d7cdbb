"""What the reports put into files: the finance workbook and the paper for the board."""
