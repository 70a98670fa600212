//! What the figures say of customers and deals: RFM, lifetime value, churn, forecast, a trained model.

use std::io::Write;

use chrono::NaiveDate;
use crm_core::base::choice::Choice;
use crm_core::domain::model::{Model, Purpose, Verdict};
use crm_core::engine::insight::{
    ChurnQuery, ChurnView, ForecastQuery, FunnelQuery, LifetimeQuery, LifetimeView, Outlook, RfmQuery,
    Segments, TrainingQuery,
};
use crm_core::insight::churn::Reason;
use crm_core::insight::clv::{Family, Fit, Model as Purchases};
use crm_core::insight::pipeline::Way;
use crm_core::prelude::*;
use rust_decimal::prelude::ToPrimitive;

use super::yuan;
use crate::Outcome;
use crate::table::{Cell, Table, bar, clipped, count, money, none, percent, priced, text};
use crate::year::ORDERS;

/// How many customers or deals a list shows.
const SHOWN: usize = 10;

fn number(figure: f64, places: usize) -> Cell {
    text(format!("{figure:.places$}")).to_the_right()
}

fn size(amount: Money) -> f64 {
    amount.amount.to_f64().unwrap_or(0.0)
}

/// The customers in the international segments and in the Chinese eight cells.
///
/// # Errors
/// When the store or the output fails.
pub fn rfm(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let view = session.rfm(&RfmQuery::default())?;
    let all = view.customers.iter().map(|customer| size(customer.money)).sum::<f64>();
    let most = view.segments.iter().map(|segment| size(segment.money)).fold(0.0, f64::max);
    let recency = view
        .thresholds
        .recency_within
        .iter()
        .rev()
        .filter(|days| **days >= 0)
        .map(|days| format!("≤{days}"))
        .collect::<Vec<_>>();
    let title = format!("RFM 客户分层 Segments of {} customers on {}", view.customers.len(), view.as_of);
    let table = Table::new(title, ["segment", "customers", "spent", "share", ""])
        .rows(view.segments.iter().filter(|segment| segment.customers > 0), |segment| {
            [
                text(format!("{} {}", segment.segment.zh, segment.segment.en)),
                count(segment.customers as u64),
                money(segment.money),
                percent(size(segment.money) / all),
                bar(size(segment.money), most),
            ]
        })
        .total([
            text("in none"),
            count(view.unnamed as u64),
            text(""),
            text(""),
            text(format!("higher scores for a last deal {} days ago", recency.join(", "))),
        ]);
    writeln!(out, "{table}")?;

    let view = session.rfm(&RfmQuery { segments: Segments::EightCells, ..RfmQuery::default() })?;
    let most = view.segments.iter().map(|segment| segment.customers).max().unwrap_or(0) as f64;
    let arrow = |low: u8| if low > 0 { "↑" } else { "↓" };
    let columns = ["cell", "R F M", "customers", "spent", ""];
    let table = Table::new("八类客户 The eight cells: high is above the mean score", columns).rows(
        &view.segments,
        |cell| {
            let [r, f, m] = [&cell.segment.recency, &cell.segment.frequency, &cell.segment.money]
                .map(|range| *range.start());
            [
                text(format!("{} {}", cell.segment.zh, cell.segment.en)),
                text(format!("{} {} {}", arrow(r), arrow(f), arrow(m))),
                count(cell.customers as u64),
                money(cell.money),
                bar(cell.customers as f64, most),
            ]
        },
    );
    writeln!(out, "{table}")?;
    Ok(())
}

/// The customers of whom most is to be expected, and those who may leave.
///
/// # Errors
/// When the store or the output fails.
pub fn values(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    // What a deal brings says little of the orders that follow it.
    let orders = Some(format!("lifecycle = \"{ORDERS}\"").parse()?);
    match session.lifetime_values(&LifetimeQuery { filter: orders, ..LifetimeQuery::default() }) {
        Ok(view) => lifetime(out, &view)?,
        // With customers who all bought once there is no rhythm to tell.
        Err(error) => writeln!(out, "■ 客户生命周期价值 Lifetime value\nnot to be told: {error}\n")?,
    }
    at_risk(out, &session.churn_risks(&ChurnQuery { least_risk: 0.15, ..ChurnQuery::default() })?)
}

fn lifetime(out: &mut dyn Write, view: &LifetimeView) -> Outcome {
    let mut best: Vec<_> = view.customers.iter().collect();
    best.sort_by(|a, b| {
        (b.value.map(size)).partial_cmp(&a.value.map(size)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let columns = ["customer", "orders", "last", "spent", "still there", "orders to come", "worth now"];
    let because = view.no_spend_because.as_deref().unwrap_or("");
    let table = Table::new("客户生命周期价值 Lifetime value of orders over twelve months", columns)
        .rows(best.into_iter().take(SHOWN), |row| {
            [
                clipped(&row.name, 34),
                count(u64::from(row.purchases)),
                text(row.last_on.map_or(String::new(), |day| day.to_string())),
                money(row.spent),
                percent(row.alive),
                number(row.expected_purchases, 2),
                row.value.map_or_else(none, money),
            ]
        })
        .total([
            text(format!("all {} customers", view.customers.len())),
            text(""),
            text(""),
            text(""),
            text(""),
            number(view.customers.iter().map(|row| row.expected_purchases).sum(), 2),
            view.worth.map_or_else(none, money),
        ]);
    writeln!(out, "{table}")?;
    writeln!(out, "{}; slope left {:.0e}. {because}\n", fitted(&view.fit), view.fit.gradient)?;
    Ok(())
}

/// What was fitted. Where nobody seems to leave, the engine falls back to customers who never do; where all leave at the
/// same rate, a and b run on and on and only their ratio says something.
fn fitted(fit: &Fit) -> String {
    match fit.model {
        Purchases::MbgNbd { r, alpha, a, b } if !fit.edge.is_empty() => {
            let leave = 100.0 * a / (a + b);
            format!("MBG/NBD in days: r {r:.2}, alpha {alpha:.2}, after each order {leave:.1} % leave")
        }
        model => {
            let parameters = model.parameters();
            let parameters: Vec<String> =
                parameters.iter().map(|(name, value)| format!("{name} {value:.2}")).collect();
            let family = if model.family() == Family::Nbd { "NBD" } else { "MBG/NBD" };
            format!("{family} in days: {}", parameters.join(", "))
        }
    }
}

fn at_risk(out: &mut dyn Write, view: &ChurnView) -> Outcome {
    let columns = ["customer", "risk", "last deal", "days", "a year's deals", "at stake", "because"];
    let table = Table::new("流失预警 Customers at risk, the most at stake first", columns)
        .rows(view.customers.iter().take(SHOWN), |row| {
            let reasons: Vec<&str> = row.reasons.iter().map(|(reason, _)| label(*reason)).collect();
            [
                clipped(&row.name, 34),
                percent(row.risk),
                text(row.last_on.to_string()),
                count(u64::try_from(row.days_since).unwrap_or(0)),
                money(row.value),
                money(row.at_stake),
                text(reasons.join(", ")),
            ]
        })
        .total([
            text(format!("{} of {} judged", view.customers.len(), view.judged)),
            text(""),
            text(""),
            text(""),
            text("expected to be lost"),
            money(view.expected_loss),
            text(format!("{:.1} customers", view.expected_losses)),
        ]);
    writeln!(out, "{table}")?;
    Ok(())
}

fn label(reason: Reason) -> &'static str {
    match reason {
        Reason::Silence => "沉默 silent beyond its rhythm",
        Reason::ActivityFell => "互动减少 less activity",
        Reason::OpenTickets => "工单未结 open tickets",
        Reason::Complaints => "投诉 complaints",
        Reason::Trained => "模型 the model",
    }
}

/// What the open deals will bring, how such forecasts did before, and what has changed since a past instant.
///
/// # Errors
/// When the store or the output fails.
pub fn forecast(out: &mut dyn Write, session: &Session<'_>, since: Instant, months: &[NaiveDate]) -> Outcome {
    let filter = Some(super::no_order()?);
    let asked = ForecastQuery { filter, days: 60, least_history: 10, ..ForecastQuery::default() };
    let view = session.forecast(&asked)?;
    let row = |name: String, row: &Outlook| {
        [
            text(name),
            count(row.deals as u64),
            money(row.pipeline),
            money(row.best_case),
            money(row.commit),
            money(row.weighted),
            money(row.expected),
        ]
    };
    let columns = ["owner", "deals", "pipeline", "best case", "commit", "by stage", "by history"];
    let title = format!("预测 Forecast of {} until {}", view.as_of, view.until);
    let table = Table::new(title, columns)
        .rows(&view.owners, |owner| {
            row(owner.owner.map_or(String::new(), |owner| session.title(owner.record())), &owner.outlook)
        })
        .total(row("all".into(), &view.all));
    writeln!(out, "{table}")?;
    let [low, high] = [view.all.low, view.all.high].map(|end| priced(end, 0));
    writeln!(out, "Four times out of five deals worth {low} to {high} of these are won by then.\n")?;

    let test = session.forecast_test(&asked, months)?;
    let columns = ["on", "by stage", "by history", "from", "to", "came", ""];
    let most = test.trials.iter().map(|trial| size(trial.actual)).fold(0.0, f64::max);
    let table = Table::new("预测回测 Past forecasts, each from what was known on its day", columns)
        .rows(&test.trials, |trial| {
            [
                text(trial.as_of.to_string()),
                money(trial.weighted),
                money(trial.expected),
                money(trial.low),
                money(trial.high),
                money(trial.actual),
                bar(size(trial.actual), most),
            ]
        })
        .total([
            text("off by"),
            money(test.mean_error_weighted),
            money(test.mean_error),
            text(""),
            text(""),
            text(""),
            text(format!("{} of {} within the interval", test.covered, test.trials.len())),
        ]);
    writeln!(out, "{table}")?;

    let change = session.pipeline_change(since, None)?;
    let table =
        Table::new("管道变化 What has changed in the pipeline since midsummer", ["", "deals", "worth"])
            .row([text("then 期初"), text(""), money(yuan(change.before))])
            .rows(&change.parts, |(way, part)| {
                [text(way_label(*way)), count(part.deals as u64), money(yuan(part.by))]
            })
            .total([text("now 期末"), text(""), money(yuan(change.after))]);
    writeln!(out, "{table}")?;
    Ok(())
}

fn way_label(way: Way) -> &'static str {
    match way {
        Way::New => "new 新增",
        Way::Reopened => "opened again 重开",
        Way::MovedIn => "moved in 移入",
        Way::Up => "worth more 增额",
        Way::Down => "worth less 减额",
        Way::MovedOut => "moved out 移出",
        Way::Won => "won 赢单",
        Way::Lost => "lost 输单",
        Way::Gone => "gone 删除",
    }
}

/// What has become of each month's deals, and where they leak away.
///
/// # Errors
/// When the store or the output fails.
pub fn cohorts(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let view = session.funnel(&FunnelQuery::default())?;
    let most = view.cohorts.values().map(|cohort| cohort.won).max().unwrap_or(0) as f64;
    let leaks = view.bottleneck.leaks.unwrap_or_default();
    let slow = view.bottleneck.slow.unwrap_or_default();
    let velocity = view.velocity.map_or(0.0, |velocity| velocity.realised_per_day);
    let columns = ["opened in", "deals", "won", "lost", "open", "won of closed", ""];
    let table = Table::new("成交队列 What became of each month's deals", columns)
        .rows(&view.cohorts, |(month, cohort)| {
            [
                text(month.as_str()),
                count(cohort.entered as u64),
                count(cohort.won as u64),
                count((cohort.closed - cohort.won) as u64),
                count(cohort.open as u64),
                cohort.won_of_closed().map_or_else(none, percent),
                bar(cohort.won as f64, most),
            ]
        })
        .total([
            text("all"),
            count((view.figures.closed + view.figures.open) as u64),
            count(view.figures.won as u64),
            count(view.figures.lost as u64),
            count(view.figures.open as u64),
            view.figures.win_rate.map_or_else(none, percent),
            text(format!("leak most in {leaks}, wait longest in {slow}; ¥{velocity:.0} won a day")),
        ]);
    writeln!(out, "{table}")?;
    Ok(())
}

/// Trains a model of leads and one of deals on the year, stores them, and says what they are worth.
///
/// # Errors
/// When the store or the output fails.
pub fn models(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let columns =
        ["model", "version", "learnt from", "ended well", "AUC", "log loss", "base rate's", "verdict"];
    let mut table =
        Table::new("预测模型 Models trained on the year, tried on what they had not learnt", columns);
    let mut scoring = None;
    for (name, purpose) in [("线索转化 lead converts", Purpose::Lead), ("赢单 deal is won", Purpose::Win)]
    {
        let filter = if purpose == Purpose::Win { Some(super::no_order()?) } else { None };
        let trained = session.train_model(&TrainingQuery { filter, ..TrainingQuery::new(purpose) })?;
        let id = session.execute(trained.save_as(name))?;
        let model: Model = session.get(id)?;
        let figure = |figure: Option<rust_decimal::Decimal>| {
            figure.and_then(|figure| figure.to_f64()).map_or_else(none, |figure| number(figure, 3))
        };
        let verdict = model.verdict.unwrap_or(Verdict::NoSkill);
        let label = Verdict::NAMES.iter().find(|label| label.code == verdict.code());
        table = table.row([
            text(name),
            count(u64::try_from(model.version)?),
            count(u64::try_from(model.rows)?),
            count(u64::try_from(model.good)?),
            figure(model.auc),
            figure(model.log_loss),
            figure(model.base_log_loss),
            label.map_or_else(none, |label| text(format!("{} {}", label.zh, label.en))),
        ]);
        if purpose == Purpose::Lead && verdict == Verdict::Skill {
            scoring = Some(id);
        }
    }
    writeln!(out, "{table}")?;
    let Some(id) = scoring else {
        return Ok(writeln!(out, "Nothing in these leads tells which will convert, so none is scored.\n")?);
    };
    let columns = ["open lead", "chance", "what speaks for and against it, in log odds"];
    let scored = session.score_with(id, None, SHOWN)?;
    let table = Table::new("线索评分 The open leads most likely to convert", columns).rows(
        scored.iter().take(SHOWN),
        |row| {
            let factors = row.explanation.iter().flat_map(|why| &why.factors).take(4);
            let factors: Vec<String> = factors
                .map(|factor| {
                    let value = factor.value.as_deref().unwrap_or("–");
                    let value =
                        value.parse().map_or(value.to_owned(), |owner: RecordRef| session.title(owner));
                    format!("{} {value} {:+.2}", factor.column, factor.log_odds)
                })
                .collect();
            [
                clipped(&session.title(row.record), 20),
                percent(row.probability),
                clipped(&factors.join("; "), 86),
            ]
        },
    );
    writeln!(out, "{table}")?;
    Ok(())
}
