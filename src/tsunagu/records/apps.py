"""The records floor as a Django application."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Names the application, so that migrations find it."""

    name = "tsunagu.records"
    label = "records"
