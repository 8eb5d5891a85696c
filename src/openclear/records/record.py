"""What every table of the warehouse shares: the columns of a record, and the one filter of every clearance."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.db import models

from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Clearance
from openclear.vocabulary.without_grant import without_grant


@models.IntegerField.register_lookup
class Lacks(models.Lookup):
    """`labels__lacks=mask`: none of the bits of `mask` is set. The one condition of every clearance."""

    lookup_name = "lacks"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition, the same on SQLite and PostgreSQL.

        `< 1` means `= 0`, for bits are never negative; but PostgreSQL estimates an unknown `= 0` as one row in 200 and
        then plans as if almost nothing were shown (measured: eleven times slower), an unknown `<` as one in three.
        """
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"({left} & {right}) < 1", (*left_values, *right_values)


@models.UUIDField.register_lookup
class Among(models.Lookup):
    """`pk__among=ids`: one of thousands of ids, sent as one value. An `IN` would send, and plan for, each of them.

    Ids as such or as 32 hexadecimal digits: converting each costs more than querying all of them.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition for SQLite, which keeps ids as hexadecimal text."""
        left, values = self.process_lhs(compiler, connection)
        condition = f"{left} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - a column that Django quoted
        return condition, (*values, json.dumps(_digits(self.rhs)))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition for PostgreSQL."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::uuid[])", (*values, f"{{{','.join(_digits(self.rhs))}}}")


def _digits(ids: Iterable[UUID | str]) -> list[str]:
    return [one if isinstance(one, str) else one.hex for one in ids]


class RowsWithin(models.QuerySet[Any]):
    """Every table's rows that a clearance shows."""

    def within(self, clearance: Clearance) -> Self:
        """Return the rows without a refused label, or none; the same filter for one row and for a list."""
        if clearance.nothing:
            return self.none()
        refused = clearance.refused_labels.value
        if not refused:
            return self
        return self.filter(labels__lacks=refused)

    def tied_to(self, path: str, clearance: Clearance) -> Self:
        """Return the rows whose row at the end of `path` a clearance shows: the filter of `within`, by a join.

        `path__in=Table.objects.within(clearance)` means the same and reads the whole table on SQLite.
        """
        if clearance.nothing:
            return self.none()
        refused = clearance.refused_labels.value
        return self.filter(**{f"{path}__labels__lacks": refused}) if refused else self


@without_grant("names the department; reads no record")
def host_agency() -> str:
    """Return the default owner of a row: the department. Migrations name this function, not the city."""
    return city().host


class OfPartners(models.Index):
    """An index of the few rows that are not the department's own, which must be found when their agency moves."""

    def __init__(self, *, name: str) -> None:
        """Take a name; everything else is the same for every table."""
        super().__init__(fields=["owner_agency"], condition=~models.Q(owner_agency=city().host), name=name)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what a migration writes: this class and the name, so that it has no city's name."""
        return f"{__name__}.{type(self).__qualname__}", (), {"name": self.name}


class Record(models.Model):
    """What every row of the warehouse has."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    source = models.CharField(max_length=30)
    source_id = models.CharField(max_length=40)
    revision = models.CharField(max_length=40, blank=True)
    owner_agency = models.CharField(max_length=200, default=host_agency)
    labels = models.IntegerField(default=0)

    objects: ClassVar[Any] = RowsWithin.as_manager()

    class Meta:
        """Each table has its own such columns."""

        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "source_id"], name="%(class)s_once_per_source")
        ]
        indexes: ClassVar[list[models.Index]] = [OfPartners(name="%(class)s_of_partners")]


class ForAgency(models.Model):
    """What is done with a case for another agency, and all below it."""

    agency = models.CharField(max_length=200, db_index=True)

    class Meta:
        """Has no table."""

        abstract = True

    def __str__(self) -> str:
        """Return for which agency."""
        return f"for {self.agency}"
