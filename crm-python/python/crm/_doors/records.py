"""Commands and lists of records. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from typing import Any

from .. import records, types
from .._door import Door

__all__ = [
    "FieldRoom",
    "RecordRoom",
]


class FieldRoom(Door):
    """Commands on any field."""

    _kind = "field"

    def change(
        self,
        field: str | records.Record,
        *,
        revision: int | None = None,
        en: str | None = None,
        zh: str | None = None,
        choices: Sequence[types.FieldChoice | Mapping[str, Any]] | None = None,
        columns: Sequence[types.FieldColumn | Mapping[str, Any]] | None = None,
        required: bool | None = None,
        unique: bool | None = None,
        default: str | None = None,
        pattern: str | None = None,
        least: Decimal | None = None,
        most: Decimal | None = None,
        help: str | None = None,
        key: str | None = None,
    ) -> None:
        """Changes what is given of a custom field; `record.update` also clears labels and limits.

        Values stay as they are: a choice that is taken out remains where it was chosen and can't be
        chosen again; columns of a sub-table are added at the end.

        Parameters
        ----------
        field
            The field.
        revision
            The revision that the change is made against; any when none.
        en
            The English label.
        zh
            The Chinese label.
        choices
            All choices.
        columns
            All columns.
        required
            Whether a value must be there from now on.
        unique
            Whether no two records may share a value; refused when two do.
        default
            The value of new records that are given none.
        pattern
            What text must look like.
        least
            The least number.
        most
            The greatest number.
        help
            What a person entering it is told.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("field.change", locals())

    def define(
        self,
        kind: str,
        name: str,
        ty: types.CustomType | str,
        *,
        en: str | None = None,
        zh: str | None = None,
        choices: Sequence[types.FieldChoice | Mapping[str, Any]] | None = None,
        columns: Sequence[types.FieldColumn | Mapping[str, Any]] | None = None,
        target: str | None = None,
        required: bool | None = None,
        unique: bool | None = None,
        personal: bool | None = None,
        default: str | None = None,
        pattern: str | None = None,
        least: Decimal | None = None,
        most: Decimal | None = None,
        help: str | None = None,
        key: str | None = None,
    ) -> str:
        """Defines a custom field of a kind, while data exists. It behaves as a built-in field everywhere.

        Records that are there already have no value in it, required or not, until they are given one.

        Parameters
        ----------
        kind
            The kind of record that gets it.
        name
            The machine name: one plain word.
        en
            The English label; the name when empty.
        zh
            The Chinese label; the name when empty.
        ty
            The type.
        choices
            The choices, for single and multiple choice.
        columns
            The columns, for a sub-table.
        target
            The kind of record that a reference names; any when there is none.
        required
            Whether a value must be there.
        unique
            Whether no two records may share a value.
        personal
            Whether it is personal data.
        default
            The value of new records that are given none.
        pattern
            What text must look like: `#` a digit, `@` a letter, `?` any, `*` anything, `\\` literal.
        least
            The least number.
        most
            The greatest number.
        help
            What a person entering it is told.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("field.define", locals())

    def restore(
        self,
        field: str | records.Record,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Lets a retired field take values again.

        Parameters
        ----------
        field
            The field.
        revision
            The revision that the change is made against; any when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("field.restore", locals())

    def retire(
        self,
        field: str | records.Record,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Retires a custom field: it takes no more values and is asked for no more; its values and their
        history stay.

        Parameters
        ----------
        field
            The field.
        revision
            The revision that the change is made against; any when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("field.retire", locals())


class RecordRoom(Door):
    """Commands on any record."""

    _kind = "record"

    def create(
        self,
        kind: str,
        fields: Mapping[str, Any],
        *,
        key: str | None = None,
    ) -> str:
        """Creates a record of any kind from fields by name or label.

        Parameters
        ----------
        kind
            The kind.
        fields
            The values.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("record.create", locals())

    def delete(
        self,
        record: str | records.Record,
        reason: str,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Deletes a record that no other refers to.

        Parameters
        ----------
        record
            The record.
        revision
            The revision that it must stand at; any when none.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("record.delete", locals())

    def move(
        self,
        record: str | records.Record,
        to: str,
        *,
        reason: str | None = None,
        revision: int | None = None,
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Moves a record of any kind along its lifecycle.

        Parameters
        ----------
        record
            Which one.
        to
            The state to enter, by code or label.
        reason
            Why.
        revision
            The revision that the caller knows.
        fields
            Values for fields that the move asks for, by name or label.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("record.move", locals(), "Moved")

    def update(
        self,
        record: str | records.Record,
        fields: Mapping[str, Any],
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> str:
        """Changes fields of a record; null clears one.

        Parameters
        ----------
        record
            The record.
        revision
            The revision that the change is made against; any when none.
        fields
            The values.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("record.update", locals())
