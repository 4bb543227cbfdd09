"""The wiring is of services, whose records have tables: Django is set up before the first of them is loaded."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
django.setup()
