"""What the nights leave: their runs and the figures of each day."""

from reports.models.key_figure import BrandFigure, ExpectedCash, ExpectedPlace, ExpectedTotal, KeyFigure
from reports.models.nightly_run import NightlyPart, NightlyRun

__all__ = ["BrandFigure", "ExpectedCash", "ExpectedPlace", "ExpectedTotal", "KeyFigure", "NightlyPart", "NightlyRun"]
