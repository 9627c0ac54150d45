"""Scenarios and runs that outlive the visit."""

from ui.store.database import Store
from ui.store.engine import default_url
from ui.store.records import Record, Run

__all__ = ["Record", "Run", "Store", "default_url"]
