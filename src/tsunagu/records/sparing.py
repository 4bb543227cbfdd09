"""Migrations applied with fewer models drawn: most of what a migration does concerns one; Django draws all it touches.

Here nearly all models touch each other, so that drawing them took four fifths of the time in which an empty database
was made ready. A change of a table, as the database is told of it, needs that table's model and those that it points
to, which stand already: the model alone is drawn anew. Before anything else, such as another type for a key, all models
are drawn anew, in the state before and in the one after, and Django has its way. A test holds the tables that come of
it to those of Django's own states.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import BaseConstraint, Field, Index


class SparingState(ProjectState):
    """The models between two migrations, of which most changes draw one anew.

    Django clones a state before each operation and changes the one or the other: the two know each other.
    """

    _twin: SparingState | None = None
    _is_local = False

    def clone(self) -> SparingState:
        """Return an exact copy."""
        copy = SparingState()
        copy.__dict__.update(super().clone().__dict__)
        self._twin, copy._twin = copy, self
        return copy

    def add_model(self, model_state: ModelState) -> None:
        """Add a model, to which nothing points yet."""
        with self._locally():
            super().add_model(model_state)

    def add_field(
        self, app_label: str, model_name: str, name: str, field: Field[Any, Any], preserve_default: Any
    ) -> None:
        """Add a field."""
        with self._locally(unless=field.primary_key):
            super().add_field(app_label, model_name, name, field, preserve_default)

    def alter_field(
        self, app_label: str, model_name: str, name: str, field: Field[Any, Any], preserve_default: Any
    ) -> None:
        """Change a field; whether others may point to it decides what is drawn."""
        before = self.models[app_label, model_name].fields[name]
        with self._locally(unless=before.unique or field.unique):
            super().alter_field(app_label, model_name, name, field, preserve_default)

    def add_index(self, app_label: str, model_name: str, index: Index) -> None:
        """Add an index."""
        with self._locally():
            super().add_index(app_label, model_name, index)

    def add_constraint(self, app_label: str, model_name: str, constraint: BaseConstraint) -> None:
        """Add a constraint."""
        with self._locally():
            super().add_constraint(app_label, model_name, constraint)

    def remove_index(self, app_label: str, model_name: str, index_name: str) -> None:
        """Remove an index."""
        with self._locally():
            super().remove_index(app_label, model_name, index_name)

    def remove_constraint(self, app_label: str, model_name: str, constraint_name: str) -> None:
        """Remove a constraint."""
        with self._locally():
            super().remove_constraint(app_label, model_name, constraint_name)

    def alter_model_options(
        self, app_label: str, model_name: str, options: dict[str, Any], option_keys: Any = None
    ) -> None:
        """Change what the database is not told, such as the order that rows are listed in."""
        with self._locally():
            super().alter_model_options(app_label, model_name, options, option_keys)

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        """Draw a model anew after it was changed, alone or with all others."""
        if not self._is_local:
            self._draw_all_anew()
            super().reload_model(app_label, model_name, delay=delay)
        elif "apps" in self.__dict__:
            self.is_delayed = True  # so Django says that others may still point to the model as it was
            with self.apps.bulk_update():
                self.apps.unregister_model(app_label, model_name)
            self.apps.render_multiple([self.models[app_label, model_name]])

    def reload_models(self, models: Any, delay: bool = True) -> None:  # noqa: FBT001, FBT002 - Django's
        """Draw models anew after one of them was named anew."""
        self._draw_all_anew()
        super().reload_models(models, delay=delay)

    def _draw_all_anew(self) -> None:
        """Forget what was drawn where it is not as Django would have it: it is drawn when it is asked for."""
        for state in (self, self._twin):
            if state is not None and state.is_delayed:
                state.clear_delayed_apps_cache()
                state.is_delayed = False

    @contextmanager
    def _locally(self, *, unless: bool = False) -> Iterator[None]:
        self._is_local = not unless
        try:
            yield
        finally:
            self._is_local = False


def sparing_state(loader: MigrationLoader) -> SparingState:
    """Return the models as the migrations left them that have been applied."""
    applied = [one for one in loader.applied_migrations if one in loader.graph.nodes]
    return SparingState(loader.project_state(applied).models, loader.unmigrated_apps)
