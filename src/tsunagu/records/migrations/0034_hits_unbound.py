"""A hit that an owner is told of costs one row and one index: policies stand for the keys, as with items of banks."""

from typing import Any

from django.db import migrations, models
from django.db.models import deletion


def _of(name: str, to: str, **how: Any) -> migrations.AlterField:
    key = models.ForeignKey(on_delete=deletion.PROTECT, to=to, db_constraint=False, db_index=False, **how)
    return migrations.AlterField("lookuphit", name, key)


class Migration(migrations.Migration):
    dependencies = [("records", "0033_claimed")]
    operations = [
        _of("agency", "records.agency"),
        _of("bank", "records.bank"),
        _of("asked_by", "records.agency", related_name="+"),
    ]
