"""The steps of every document from order to cash: one table a document."""

from orders.flow.bank import PLACEMENT_FLOW
from orders.flow.collecting import LETTER_FLOW, PROMISE_FLOW
from orders.flow.credit import CREDIT_REVIEW_FLOW
from orders.flow.selling import INTAKE_FLOW, ORDER_FLOW, RETURN_FLOW, SHIPMENT_FLOW
from orders.flow.settlements import ACT_FLOW, ACTION_FLOW, DISCREPANCY_FLOW, OFFSET_FLOW, RECONCILIATION_FLOW

__all__ = [
    "ACTION_FLOW",
    "ACT_FLOW",
    "CREDIT_REVIEW_FLOW",
    "DISCREPANCY_FLOW",
    "INTAKE_FLOW",
    "LETTER_FLOW",
    "OFFSET_FLOW",
    "ORDER_FLOW",
    "PLACEMENT_FLOW",
    "PROMISE_FLOW",
    "RECONCILIATION_FLOW",
    "RETURN_FLOW",
    "SHIPMENT_FLOW",
]
