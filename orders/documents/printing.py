"""A paper as PDF."""

from kam.pdf import pdf_of
from orders.documents.papers import Paper


def pdf(paper: Paper) -> bytes:
    """The bytes of the paper's PDF."""
    return pdf_of(paper.template, {"paper": paper, "seller": paper.seller})
