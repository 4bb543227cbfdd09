"""Many ids in one condition, as one array: a placeholder each is put together one value at a time on this side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Field, ForeignKey, Lookup

if TYPE_CHECKING:
    Condition = Lookup[Any]
else:
    Condition = Lookup


@ForeignKey.register_lookup
@Field.register_lookup
class Among(Condition):
    """`field__among=values`: the field is one of these whole numbers or UUIDs, none of which needs a quote."""

    lookup_name = "among"

    def get_prep_lookup(self) -> str:
        """Return the array as the server writes it."""
        return f"{{{','.join(map(str, self.rhs))}}}"

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002 - Django's
        """Return the array as one value."""
        return "%s", (value,)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition."""
        column, given = self.process_lhs(compiler, connection)
        array, values = self.process_rhs(compiler, connection)
        return f"{column} = ANY({array}::{self.lhs.output_field.rel_db_type(connection)}[])", (*given, *values)
