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
        activate: bool | None = None,
        key: str | None = None,
    ) -> types.SavedRule:
        """Loads a scoring rule from a document in YAML or JSON with English or Chinese keys, and puts it in
        force if asked.

        # Errors
        Invalid with everything that is wrong with the document, by line and column, or with the rule.

        Parameters
        ----------
        document
            The document.
        name
            The rule's name, in place of the document's.
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
