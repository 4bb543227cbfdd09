"""Persons of cases. Who they are lies in a schema of its own, which no model draws: see the migration's statements."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from tsunagu.records.models.cases import Case
from tsunagu.records.models.people import Agency, Officer


class PersonRow(models.Model):
    """One person of one case. `number` is what he or she is called by in it, within the kind."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    kind = models.TextField()
    number = models.IntegerField()
    code = models.TextField()
    series = models.JSONField()
    entered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    identity_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "kind", "number"], name="person_number")]


class PersonStepRow(models.Model):
    """One statement of how a person stands; never changed. The officer's words are sealed."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    person = models.ForeignKey(PersonRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    value = models.TextField()
    sealed = models.BinaryField()
    since_on = models.DateField()
    grading = models.TextField()
    ground = models.TextField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    stated_at = models.DateTimeField()

    class Meta:
        db_table = "person_step"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "number"], name="person_step_number")]


class PersonTieRow(models.Model):
    """One officer's statement that two persons of a case are tied. His words are sealed."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    number = models.IntegerField()
    one = models.ForeignKey(PersonRow, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(PersonRow, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    sealed = models.BinaryField()
    since_on = models.DateField()
    grading = models.TextField()
    ground = models.TextField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    stated_at = models.DateTimeField()

    class Meta:
        db_table = "person_tie"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="person_tie_number"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="person_tie_of_two"),
        ]


class PersonToldRow(models.Model):
    """That others were told of a person outside the program. To whom is sealed."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    person = models.ForeignKey(PersonRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    sealed = models.BinaryField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    told_at = models.DateTimeField()

    class Meta:
        db_table = "person_told"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "number"], name="person_told_number")]


class PersonOpeningRow(models.Model):
    """One officer's wish to read who a person is, and what became of it; it stays when the person goes."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    case_id = models.UUIDField()
    person_id = models.UUIDField()
    purpose = models.TextField()
    sealed = models.BinaryField()
    emergency = models.BooleanField()
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_opening"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(confirmed_by=F("officer")), name="person_opening_by_two"),
            models.CheckConstraint(condition=~Q(reviewed_by=F("officer")), name="person_opening_not_own_review"),
            models.CheckConstraint(condition=~Q(reviewed_by=F("confirmed_by")), name="person_opening_third_reviews"),
        ]
        indexes: ClassVar = [models.Index(fields=["agency", "case_id"], name="person_opening_case")]


class PersonWithdrawalRow(models.Model):
    """That a person was taken out of a case, by the number alone."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    person_id = models.UUIDField(unique=True)
    kind = models.TextField()
    number = models.IntegerField()
    why = models.TextField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    withdrawn_at = models.DateTimeField()

    class Meta:
        db_table = "person_withdrawal"


class PersonRecallRow(models.Model):
    """One receiver who is to be told of a withdrawal. Who it is, and what he answers, is sealed."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    withdrawal = models.ForeignKey(PersonWithdrawalRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    kind = models.TextField()
    sealed = models.BinaryField()
    answer = models.BinaryField(null=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_recall"
        constraints: ClassVar = [models.UniqueConstraint(fields=["withdrawal", "number"], name="person_recall_number")]
