"""What is remembered while a bundle of files is read, and how elements report what is wrong."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

import orders.commerceml.nodes as nodes
from orders.commerceml.items import Finding, PriceType, Severity
from orders.commerceml.nodes import type_of_node
from orders.commerceml.values import Skipped

_LONGEST_ID = 200


@dataclass
class Reading:
    """The memory of one bundle: dictionaries that later files refer to. It grows with them, not with goods."""

    file: str = ""
    price_types: dict[str, PriceType] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    # Property id -> value id -> name, only for properties that name the maker.
    brand_values: dict[str, dict[str, str]] = field(default_factory=dict)
    brands_told: set[tuple[str, str]] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def found(
        self, node: type_of_node, code: str, text: str, value: str = "", severity: Severity = Severity.WARNING
    ) -> None:
        """Keep a finding about an element until the reader hands it over."""
        self.findings.append(
            Finding(severity, code, text, self.file, node.sourceline or 0, nodes.path_of(node), value[:200])
        )

    def skipped(self, node: type_of_node, reason: Skipped) -> None:
        """Report an element that is left out."""
        self.found(node, reason.code, reason.text, reason.value, Severity.ERROR)

    def drain(self) -> list[Finding]:
        """Hand over the findings kept so far."""
        kept, self.findings = self.findings, []
        return kept


def required_id(found: dict[str, type_of_node], what: str) -> str:
    """The Ид of an element; raises Skipped when it is missing or absurdly long."""
    value = nodes.text(found, "Ид")
    if not value:
        raise Skipped("no_id", _("%(what)s has no Ид.") % {"what": what})
    if len(value) > _LONGEST_ID:
        raise Skipped("long_id", _("%(what)s has an Ид that is too long.") % {"what": what}, value)
    return value
