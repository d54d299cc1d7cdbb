"""Nouns of the ground floor."""

from kam.models.api_token import ApiToken
from kam.models.attachment import Attachment
from kam.models.export_log import ExportLog
from kam.models.fields import MomentField, MoneyField, QuantityField
from kam.models.idempotency_key import IdempotencyKey
from kam.models.import_mapping import ImportMapping
from kam.models.notification import Notification
from kam.models.number_series import NumberSeries
from kam.models.record import Record
from kam.models.run import Run
from kam.models.saved_view import ColumnChoice, SavedView
from kam.models.sign_in import SignIn
from kam.models.substitution import Substitution
from kam.models.trail_entry import TrailEntry
from kam.models.user import User

__all__ = [
    "ApiToken",
    "Attachment",
    "ColumnChoice",
    "ExportLog",
    "IdempotencyKey",
    "ImportMapping",
    "MomentField",
    "MoneyField",
    "Notification",
    "NumberSeries",
    "QuantityField",
    "Record",
    "Run",
    "SavedView",
    "SignIn",
    "Substitution",
    "TrailEntry",
    "User",
]
