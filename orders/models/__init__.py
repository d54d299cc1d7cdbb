"""Nouns from the catalogue to cash."""

from orders.models.ageing_snapshot import AgeingDay, AgeingDoubt, AgeingPlace, AgeingSnapshot, AgeingTotal, CountedUnder
from orders.models.allocation import Allocation
from orders.models.bank_account import BankAccount
from orders.models.bank_statement import BankStatement, BankStatementLine
from orders.models.brand import Brand
from orders.models.category import Category
from orders.models.collection_letter import CollectionLetter, LetterLine
from orders.models.company import Company
from orders.models.corrective_action import CorrectiveAction
from orders.models.credit_note import CreditNote, CreditNoteLine
from orders.models.credit_review import CreditReview
from orders.models.debtor import Debtor
from orders.models.discrepancy import Discrepancy
from orders.models.discrepancy_act import DiscrepancyAct, DiscrepancyActLine
from orders.models.exchange_rate import ExchangeRate
from orders.models.intake import Intake, IntakeLine
from orders.models.invoice import Invoice, InvoiceLine
from orders.models.key_rate import KeyRate
from orders.models.letter_level import LetterLevel
from orders.models.offset import Offset
from orders.models.order import Order, OrderLine
from orders.models.payment import Payment
from orders.models.payment_discipline import PaymentDiscipline
from orders.models.payment_promise import PaymentPromise
from orders.models.price import Price
from orders.models.product import Product
from orders.models.product_cost import ProductCost
from orders.models.quota import Quota
from orders.models.reconciliation import Reconciliation, ReconciliationLine
from orders.models.refund import Refund
from orders.models.reservation import Reservation
from orders.models.returns import Return, ReturnLine
from orders.models.shipment import Shipment, ShipmentLine
from orders.models.shipping_stop import ShippingStop, StopPolicy
from orders.models.special_term import SpecialTerm
from orders.models.stock_level import StockLevel
from orders.models.stop_list_entry import StopListEntry
from orders.models.supply import Supply, SupplyLine
from orders.models.vat_rate import VatRate
from orders.models.warehouse import Warehouse

__all__ = [
    "AgeingDay",
    "AgeingDoubt",
    "AgeingPlace",
    "AgeingSnapshot",
    "AgeingTotal",
    "Allocation",
    "BankAccount",
    "BankStatement",
    "BankStatementLine",
    "Brand",
    "Category",
    "CollectionLetter",
    "Company",
    "CorrectiveAction",
    "CountedUnder",
    "CreditNote",
    "CreditNoteLine",
    "CreditReview",
    "Debtor",
    "Discrepancy",
    "DiscrepancyAct",
    "DiscrepancyActLine",
    "ExchangeRate",
    "Intake",
    "IntakeLine",
    "Invoice",
    "InvoiceLine",
    "KeyRate",
    "LetterLevel",
    "LetterLine",
    "Offset",
    "Order",
    "OrderLine",
    "Payment",
    "PaymentDiscipline",
    "PaymentPromise",
    "Price",
    "Product",
    "ProductCost",
    "Quota",
    "Reconciliation",
    "ReconciliationLine",
    "Refund",
    "Reservation",
    "Return",
    "ReturnLine",
    "Shipment",
    "ShipmentLine",
    "ShippingStop",
    "SpecialTerm",
    "StockLevel",
    "StopListEntry",
    "StopPolicy",
    "Supply",
    "SupplyLine",
    "VatRate",
    "Warehouse",
]
