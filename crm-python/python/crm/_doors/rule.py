"""Commands and lists of rule. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import records, types
from .._door import Room

__all__ = [
    "BehaviourRoom",
    "RuleRoom",
    "RuleRunRoom",
]


class BehaviourRoom(Room[records.Behaviour]):
    """Behaviour (行为)."""

    _kind = "behaviour"


class RuleRoom(Room[records.Rule]):
    """Rule (规则)."""

    _kind = "rule"

    def activate(
        self,
        rule: str | records.Record,
        *,
        key: str | None = None,
    ) -> None:
        """Puts a rule in force, one that was switched off by failing too.

        Parameters
        ----------
        rule
            The rule.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("rule.activate", locals())

    def apply(
        self,
        rule: str | records.Record,
        *,
        key: str | None = None,
    ) -> None:
        """Asks the scoring and level rules about every record of a rule's kind, in stretches of due work.

        Parameters
        ----------
        rule
            The rule.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("rule.apply", locals())

    def call(
        self,
        rule: str,
        record: str | records.Record,
        *,
        key: str | None = None,
    ) -> None:
        """Has a rule asked about a record although nothing happened to it: an automation does what it does if
        its condition holds, within the same call and with the rights of who calls it; scoring and level
        rules score and grade it anew.

        # Errors
        Not found when there is no such rule or record; refused when the rule is not in force, is about
        another kind, or is for something that is not done to a record.

        Parameters
        ----------
        rule
            The rule, by name or id.
        record
            The record.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("rule.call", locals())

    def deactivate(
        self,
        rule: str | records.Record,
        *,
        key: str | None = None,
    ) -> None:
        """Takes a rule out of force.

        Parameters
        ----------
        rule
            The rule.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("rule.deactivate", locals())

    def load(
        self,
        document: str,
        *,
        name: str | None = None,
        file: str | None = None,
        activate: bool | None = None,
        key: str | None = None,
    ) -> types.SavedRule:
        """Loads a scoring rule from a document in YAML or JSON with English or Chinese keys, and puts it in
        force if asked.

        # Errors
        Invalid with everything that is wrong with the document or the rule, marked in the document.

        Parameters
        ----------
        document
            The document.
        name
            The rule's name, in place of the document's.
        file
            The file that the document is from, to be named in what is wrong with it.
        activate
            Whether it is put in force.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("rule.load", locals(), "SavedRule")

    def save(
        self,
        rule: types.RuleDraft | Mapping[str, Any],
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.SavedRule:
        """Saves a rule, or a new version of the one of its name. It is checked and its examples are tried;
        a rule that was in force stays so with what it says now.

        # Errors
        Invalid with everything that is wrong with it, and every example that did not come out.

        Parameters
        ----------
        rule
            The rule.
        revision
            The revision that the change is made against; any when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("rule.save", locals(), "SavedRule")

    def test(
        self,
        rule: types.RuleDraft | Mapping[str, Any],
        *,
        key: str | None = None,
    ) -> types.RuleTest:
        """Checks a rule and tries its examples without saving it.

        Parameters
        ----------
        rule
            The rule.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("rule.test", locals(), "RuleTest")


class RuleRunRoom(Room[records.RuleRun]):
    """Rule run (规则执行)."""

    _kind = "rule_run"
