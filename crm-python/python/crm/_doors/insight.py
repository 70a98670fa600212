"""Views and analyses. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from .. import records, types
from .._answers import Answers
from .._values import Money

__all__ = [
    "Insight",
]


class Insight(Answers):
    """Views and analyses of stored records, of what the session's actor sees, now or as of its instant.

    What isn't said is as the engine has it: `None` stands for its default. Lists of rows are frames too
    (`.to_polars()`).
    """

    def activity_level(
        self,
        customer: str | records.Record,
        *,
        half_life_days: int | None = None,
        weights: Mapping[str, float] | None = None,
        threshold: float | None = None,
    ) -> types.ActivityLevel | None:
        """How lively one customer is; none without activities.

        Parameters
        ----------
        half_life_days
            After so many days an activity counts half.
        weights
            What an activity of a kind counts, by the kind's code; 0 for not at all. Others count 1.
        threshold
            Below this a customer counts as silent.
        """
        return self._answer("activity_level", locals(), "?ActivityLevel")

    def activity_levels(
        self,
        *,
        half_life_days: int | None = None,
        weights: Mapping[str, float] | None = None,
        threshold: float | None = None,
    ) -> types.Rows[types.ActivityLevel]:
        """How lively each customer with activities is, at the session's instant, in the order of ids. Activities with those
        who were a customer's contacts on that day, and about its deals and the leads that became it, count for it.

        Parameters
        ----------
        half_life_days
            After so many days an activity counts half.
        weights
            What an activity of a kind counts, by the kind's code; 0 for not at all. Others count 1.
        threshold
            Below this a customer counts as silent.
        """
        return self._answer("activity_levels", locals(), "*ActivityLevel")

    def board(
        self,
        *,
        pipeline: str | None = None,
        filter: str | None = None,
        cards: int | None = None,
    ) -> types.Board:
        """The board of a pipeline, of the deals that pass a filter, with the first `cards` cards of each
        column.
        """
        return self._answer("board", locals(), "Board")

    def churn_risks(
        self,
        *,
        filter: str | None = None,
        family: Any = None,
        window_days: int | None = None,
        value_days: int | None = None,
        least_risk: float | None = None,
        rules: types.Rules | Mapping[str, Any] | None = None,
        model: str | records.Record | None = None,
        complaint_kinds: Sequence[str] | None = None,
        open_tickets: Mapping[str | records.Record, int] | None = None,
        complaints: Mapping[str | records.Record, int] | None = None,
    ) -> types.ChurnView:
        """The customers with purchases who are likely to leave: by the rhythm of their purchases, by activities falling
        off, by complaints among the activities and by what the host counts of tickets and complaints, or by a trained
        model. The engine has no tickets of its own yet: without the host's they are no evidence.

        Parameters
        ----------
        filter
            Which won deals count as purchases; all that the actor sees when there is none.
        family
            The model of how often and how long customers buy, as for `LifetimeQuery`.
            - `"nbd"`: Customers buy for ever; the yardstick that the others have to beat.
            - `"bg_nbd"`: A customer may leave at each repeat purchase (Fader, Hardie and Lee 2005).
            - `"mbg_nbd"`: A customer may leave at each purchase, the first included (Batislam, Denizel and Filiztekin 2007).
            - `{"mbg_cnbd": {"k": …}}`: The same with regular purchases: every k-th event of a random stream (Platzer and Reutterer 2016).
            - `"pareto_nbd"`: A customer may leave at any time (Schmittlein, Morrison and Colombo 1987).
        window_days
            Activities of so many days are compared with those of as many days before.
        value_days
            What a customer spent in so many days is what is at stake with him.
        least_risk
            Customers with at least this risk are listed.
        rules
            How evidence weighs.
        model
            A stored model of churn whose word goes before the rules'.
        complaint_kinds
            The kinds of activity that are complaints, by code; they count as such within the window, and not as activity.
        open_tickets
            How many tickets each customer waits for, where the host keeps them; none for customers that aren't named.
        complaints
            How many complaints the host knows of beside those among the activities.
        """
        return self._answer("churn_risks", locals(), "ChurnView")

    def forecast(
        self,
        *,
        filter: str | None = None,
        days: int | None = None,
        period: types.DateRange | Mapping[str, Any] | None = None,
        draws: int | None = None,
        level: float | None = None,
        seed: int | None = None,
        least_history: int | None = None,
        by_stage: bool | None = None,
        target: Money | None = None,
    ) -> types.ForecastView:
        """What the open deals will bring within some days or in a period, as of the session's instant, from what became
        of earlier ones: all, by owner, team and department, each against its stored target of the period.

        Parameters
        ----------
        filter
            Which deals count, in the history as among the open ones; all that the actor sees when there is none.
        days
            For how many days; a period goes before it.
        period
            A period such as a month or a quarter, instead of the days from now on. What was won in it already is closed;
            the sums by category are of the deals that are expected to close in it, overdue ones in the period of today;
            what history lets expect is of all that are open.
        draws
            How many futures are drawn.
        level
            The share of futures within the interval.
        seed
            The same seed draws the same futures.
        least_history
            A group with fewer closed deals is forecast from the history of all; and so many must be closed before a past
            forecast counts for the width of the interval.
        by_stage
            Whether a chance is that of a deal that has been as long in the same stage, instead of one that is as old. Then
            no past forecasts are judged, so the interval knows of no good and bad times.
        target
            What all is to reach, with what is closed; of a period else what its stored target says.
        """
        return self._answer("forecast", locals(), "ForecastView")

    def forecast_periods(
        self,
        bucket: types.Bucket | str,
        count: int,
        *,
        filter: str | None = None,
        days: int | None = None,
        period: types.DateRange | Mapping[str, Any] | None = None,
        draws: int | None = None,
        level: float | None = None,
        seed: int | None = None,
        least_history: int | None = None,
        by_stage: bool | None = None,
        target: Money | None = None,
    ) -> types.Rows[types.ForecastView]:
        """Forecasts of so many periods from the one in which today lies, such as this quarter and the next three.

        Parameters
        ----------
        filter
            Which deals count, in the history as among the open ones; all that the actor sees when there is none.
        days
            For how many days; a period goes before it.
        period
            A period such as a month or a quarter, instead of the days from now on. What was won in it already is closed;
            the sums by category are of the deals that are expected to close in it, overdue ones in the period of today;
            what history lets expect is of all that are open.
        draws
            How many futures are drawn.
        level
            The share of futures within the interval.
        seed
            The same seed draws the same futures.
        least_history
            A group with fewer closed deals is forecast from the history of all; and so many must be closed before a past
            forecast counts for the width of the interval.
        by_stage
            Whether a chance is that of a deal that has been as long in the same stage, instead of one that is as old. Then
            no past forecasts are judged, so the interval knows of no good and bad times.
        target
            What all is to reach, with what is closed; of a period else what its stored target says.
        """
        return self._answer("forecast_periods", locals(), "*ForecastView")

    def forecast_test(
        self,
        as_of: Sequence[dt.date],
        *,
        filter: str | None = None,
        days: int | None = None,
        period: types.DateRange | Mapping[str, Any] | None = None,
        draws: int | None = None,
        level: float | None = None,
        seed: int | None = None,
        least_history: int | None = None,
        by_stage: bool | None = None,
        target: Money | None = None,
    ) -> types.ForecastTest:
        """Forecasts as of the ends of past days, each from what was recorded by then, beside what came of the deals that
        were open.

        Parameters
        ----------
        filter
            Which deals count, in the history as among the open ones; all that the actor sees when there is none.
        days
            For how many days; a period goes before it.
        period
            A period such as a month or a quarter, instead of the days from now on. What was won in it already is closed;
            the sums by category are of the deals that are expected to close in it, overdue ones in the period of today;
            what history lets expect is of all that are open.
        draws
            How many futures are drawn.
        level
            The share of futures within the interval.
        seed
            The same seed draws the same futures.
        least_history
            A group with fewer closed deals is forecast from the history of all; and so many must be closed before a past
            forecast counts for the width of the interval.
        by_stage
            Whether a chance is that of a deal that has been as long in the same stage, instead of one that is as old. Then
            no past forecasts are judged, so the interval knows of no good and bad times.
        target
            What all is to reach, with what is closed; of a period else what its stored target says.
        """
        return self._answer("forecast_test", locals(), "ForecastTest")

    def funnel(
        self,
        *,
        pipeline: str | None = None,
        filter: str | None = None,
        from_: dt.date | None = None,
        to: dt.date | None = None,
    ) -> types.FunnelView:
        """The funnel of a pipeline's deals with its figures, as of the session's instant; values in the base currency.

        Parameters
        ----------
        pipeline
            The pipeline; the default one when there is none.
        filter
            Which deals count; all that the actor sees when there is none.
        from_
            Deals created before this day don't count.
        to
            Deals created on this day or after don't count.
        """
        return self._answer("funnel", locals(), "FunnelView")

    def judge_forecasts(
        self,
        *,
        filter: str | None = None,
    ) -> types.ForecastRecord:
        """The kept forecasts that pass a filter beside what came of the deals that they were about, as far as the actor
        sees those today; `unseen` says of how many he doesn't.
        """
        return self._answer("judge_forecasts", locals(), "ForecastRecord")

    def keep_forecast(
        self,
        name: str,
        *,
        filter: str | None = None,
        days: int | None = None,
        period: types.DateRange | Mapping[str, Any] | None = None,
        draws: int | None = None,
        level: float | None = None,
        seed: int | None = None,
        least_history: int | None = None,
        by_stage: bool | None = None,
        target: Money | None = None,
    ) -> str:
        """Makes a forecast and keeps it under a name: its first version, or the next one. It is a record of its own that is
        never changed.

        Parameters
        ----------
        filter
            Which deals count, in the history as among the open ones; all that the actor sees when there is none.
        days
            For how many days; a period goes before it.
        period
            A period such as a month or a quarter, instead of the days from now on. What was won in it already is closed;
            the sums by category are of the deals that are expected to close in it, overdue ones in the period of today;
            what history lets expect is of all that are open.
        draws
            How many futures are drawn.
        level
            The share of futures within the interval.
        seed
            The same seed draws the same futures.
        least_history
            A group with fewer closed deals is forecast from the history of all; and so many must be closed before a past
            forecast counts for the width of the interval.
        by_stage
            Whether a chance is that of a deal that has been as long in the same stage, instead of one that is as old. Then
            no past forecasts are judged, so the interval knows of no good and bad times.
        target
            What all is to reach, with what is closed; of a period else what its stored target says.
        """
        return self._answer("keep_forecast", locals())

    def lifetime_values(
        self,
        *,
        filter: str | None = None,
        family: Any = None,
        ahead: Any = None,
    ) -> types.LifetimeView:
        """What customers with won deals will buy and are worth, as of the session's instant.

        The number of purchases comes from the model asked for. What a purchase brings comes from Gamma-Gamma over all
        of a customer's days with priced purchases, the first included: a tenant's deals are few. Where amounts are
        missing, or hidden from the actor, purchases are predicted and values are not.

        Parameters
        ----------
        filter
            Which won deals count; all that the actor sees when there is none.
        family
            The model of how often and how long customers buy. None: MBG/NBD, which allows for customers who never come
            again; NBD where nobody seems to leave, so that no rate of leaving can be fitted. The answer's fit says which.
            - `"nbd"`: Customers buy for ever; the yardstick that the others have to beat.
            - `"bg_nbd"`: A customer may leave at each repeat purchase (Fader, Hardie and Lee 2005).
            - `"mbg_nbd"`: A customer may leave at each purchase, the first included (Batislam, Denizel and Filiztekin 2007).
            - `{"mbg_cnbd": {"k": …}}`: The same with regular purchases: every k-th event of a random stream (Platzer and Reutterer 2016).
            - `"pareto_nbd"`: A customer may leave at any time (Schmittlein, Morrison and Colombo 1987).
        ahead
            Which purchases to come count, and for how much; times are in days.
            - `{"within": …}`: All within this time, each for one.
            - `{"periods": {"count": …, "length": …, "rate": …}}`: Those within `count` periods, each discounted at the end of its period: 12 periods of 30 days at 1 % a period, say.
            - `{"forever": {"rate": …}}`: All that will ever be, discounted continuously: an interest of 15 % a year is ln 1.15 / 52 a week.
        """
        return self._answer("lifetime_values", locals(), "LifetimeView")

    def pipeline_change(
        self,
        since: dt.datetime,
        *,
        filter: str | None = None,
    ) -> types.Difference:
        """What has changed since an earlier instant in the open deals that pass a filter: new, won, lost, moved in and
        out of the filter, worth more or less. Both states are read under today's rights, and both at the rates of the
        session's day, so that no rate makes a difference.
        """
        return self._answer("pipeline_change", locals(), "Difference")

    def predict_deals(
        self,
        model: str | records.Record,
        *,
        filter: str | None = None,
    ) -> int:
        """Writes a stored model's probability on the open deals that pass a filter and that the actor may change; answers
        on how many. Each deal shows it unless a person set another.
        """
        return self._answer("predict_deals", locals())

    def priorities(
        self,
        *,
        filter: str | None = None,
    ) -> types.Rows[types.PriorityDeal]:
        """The open deals that pass a filter, such as `owner = me`, the first to be worked on first: by expected margin,
        or value where that isn't known. The probability is the one that the deal shows: by hand before model before
        stage.
        """
        return self._answer("priorities", locals(), "*PriorityDeal")

    def rfm(
        self,
        *,
        filter: str | None = None,
        from_: dt.date | None = None,
        rule: Any = None,
        weights: Sequence[int] | None = None,
        segments: Any = None,
    ) -> types.RfmView:
        """RFM of the customers with won deals, as of the session's instant.

        Parameters
        ----------
        filter
            Which won deals count; all that the actor sees when there is none.
        from_
            Deals won before this day don't count.
        rule
            How values become scores.
            - `{"ranks": {"bins": …}}`: 1 + ⌊bins × (customers who are strictly worse) ÷ customers⌋. Equal values share a score, so bins may differ in size, and the lowest value's is 1.
            - `{"ntile": {"bins": …}}`: SQL's `NTILE` over (value, id): bins of equal size, equal values parted by id.
            - `{"fixed": …}`: By given thresholds, such as those of an earlier day.
        weights
            Weights of R, F and M in the score.
        segments
            The segments.
            - `"international"`: Champions, loyal, at risk, lost and so on; for five scores, refused for others.
            - `"eight_cells"`: The Chinese eight cells: high is above the customers' mean score.
            - `{"given": …}`: The tenant's own, the first that fits names the customer.
        """
        return self._answer("rfm", locals(), "RfmView")

    def score_with(
        self,
        model: str | records.Record,
        *,
        filter: str | None = None,
        explained: int | None = None,
    ) -> types.Rows[types.Scored]:
        """What a stored model says of the records that pass a filter, the likeliest first, with reasons for as many as
        `explained`. Without a filter the open leads or deals.
        """
        return self._answer("score_with", locals(), "*Scored")

    def targets_reached(
        self,
        *,
        filter: str | None = None,
    ) -> types.Rows[types.TargetReached]:
        """How far the targets that pass a filter, of those that the actor sees, are reached as of the session's instant;
        all that the actor sees counts, be it his own or not. In the order of their periods and names.
        """
        return self._answer("targets_reached", locals(), "*TargetReached")

    def targets_reached_on(
        self,
        day: dt.date,
        *,
        filter: str | None = None,
    ) -> types.Rows[types.TargetReached]:
        """The same by the end of a day, of what is recorded now: also for a target that was set later, and with what was
        entered late. What was known on a past day says `as_of`.
        """
        return self._answer("targets_reached_on", locals(), "*TargetReached")

    def train_model(
        self,
        purpose: types.ModelPurpose | str,
        *,
        filter: str | None = None,
        ended: str | None = None,
        good: str | None = None,
        seen_at: dt.datetime | None = None,
        features: Sequence[str] | None = None,
        training: types.Training | Mapping[str, Any] | None = None,
    ) -> types.Trained:
        """Trains a model on the records that the actor sees and whose end is known, as of the session's instant. Each
        record, and what it refers to, is read as it stood just before it ended, so that nothing is learnt from what
        the end itself wrote.

        Parameters
        ----------
        purpose
            What it predicts.
        filter
            Which records count beside; all that the actor sees when there is none.
        ended
            Which customers' fate is known, for churn; leads and deals have their own end.
        good
            Which of them left, for churn.
        seen_at
            As of when customers are read to learn from, for churn, which needs it: their fate is what came after. Leads and
            deals are read just before their end; where this is earlier, as of then. What did not exist then is left out.
        features
            The fields to learn from, one reference far if need be (`customer.industry`); the purpose's own when empty, as
            far as the actor sees them.
        training
            How the model is made and tried. Rows in the order of time are in that of creation.
        """
        return self._answer("train_model", locals(), "Trained")
