//! Leads, customers, their pools and histories, and who sees what of them.

use std::collections::BTreeMap;
use std::io::Write;

use crm_core::base::calendar::local_time;
use crm_core::base::{Kind, KindNo, kind};
use crm_core::domain::activity::Activity;
use crm_core::engine::{JournalItem, TimelineItem};
use crm_core::prelude::*;

use super::{deals, local};
use crate::Outcome;
use crate::table::{Cell, Table, bar, clipped, count, none, price, text};
use crate::year::files::ZONE;
use crate::year::people::People;

/// What became of the year's leads.
///
/// # Errors
/// When the store or the output fails.
pub fn leads(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let leads = session.list::<Lead>(&Query::of(kind::Lead::NO).limit(10_000))?.items;
    let lifecycle = crm_core::record::lifecycle::defaults::lead();
    let of = |state: &str| leads.iter().filter(|lead| lead.state == state).count();
    let most = lifecycle.states.iter().map(|state| of(&state.code)).max().unwrap_or(0) as f64;
    let mut waits: Vec<Span> = leads.iter().filter_map(Lead::first_response_time).collect();
    waits.sort();
    let median = waits.get(waits.len() / 2).copied().unwrap_or_default();
    let nobody = leads.iter().filter(|lead| lead.owner.is_none()).count();
    let by_rule = leads.iter().filter(|lead| !lead.assigned_by.is_empty()).count();
    let repeats = leads.iter().filter(|lead| lead.duplicate_of.is_some()).count();
    let table = Table::new("线索 Leads of the year", ["state", "leads", ""])
        .rows(&lifecycle.states, |state| {
            let here = of(&state.code);
            [text(format!("{} {}", state.zh, state.en)), count(here as u64), bar(here as f64, most)]
        })
        .total([
            text("all"),
            count(leads.len() as u64),
            text(format!(
                "{by_rule} given out by region, {nobody} in the pool, {repeats} marked as repeats; \
                 answered after {:.1} h (median)",
                median.days() * 24.0
            )),
        ]);
    writeln!(out, "{table}")?;
    Ok(())
}

/// What went back to the public pools: of the customers from before the year, one by one; of those that
/// were won over in it, how many.
///
/// # Errors
/// When the store or the output fails.
pub fn pools(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let (this_year, before): (Vec<_>, Vec<_>) =
        reclaimed(session)?.into_iter().partition(|customer| customer.code.starts_with("C2025"));
    let day = |at: Option<Instant>| at.map_or(String::new(), |at| local_time(at, ZONE).date().to_string());
    let columns = ["customer", "name", "its owner was", "last heard of", "in the pool since", "pool"];
    let new = format!("and {} of the year's new customers", this_year.len());
    let table = Table::new("公海回收 Taken back for want of follow-up", columns)
        .rows(&before, |customer| {
            [
                text(customer.code.as_str()),
                clipped(&customer.name, 32),
                customer.previous_owner.map_or_else(none, |owner| text(session.title(owner.record()))),
                text(day(customer.last_activity_at)),
                text(day(customer.pooled_at)),
                customer.pool.map_or_else(none, |pool| text(session.title(pool.record()))),
            ]
        })
        .total([count(before.len() as u64), text(new)]);
    writeln!(out, "{table}")?;
    Ok(())
}

/// The customers that lie in a pool and had an owner, by code.
///
/// # Errors
/// When the store fails.
pub fn reclaimed(session: &Session<'_>) -> Outcome<Vec<Customer>> {
    let filter: Filter = "owner is empty and previous_owner is not empty".parse()?;
    let query = Query::of(kind::Customer::NO).filter(filter).sort("code").limit(10_000);
    Ok(session.list::<Customer>(&query)?.items)
}

/// What a clerk, his manager and the director see.
///
/// # Errors
/// When the store or the output fails.
pub fn eyes(out: &mut dyn Write, crm: &Crm, people: &People) -> Outcome {
    let who = ["U07", "U02", "U01"];
    let sessions = who.iter().map(|code| people.session(crm, code)).collect::<Outcome<Vec<_>>>()?;
    let named = |session: &Session<'_>, part: &str| match session.actor() {
        Actor::User(user) => format!("{} ({part})", session.title(user.record())),
        _ => part.to_owned(),
    };
    let parts = ["clerk", "manager", "director"];
    let names: Vec<String> = sessions.iter().zip(parts).map(|(session, part)| named(session, part)).collect();
    let columns = || std::iter::once("").chain(names.iter().map(String::as_str));
    let kinds: [(&str, KindNo); 6] = [
        ("线索 leads", kind::Lead::NO),
        ("客户 customers", kind::Customer::NO),
        ("联系人 contacts", kind::Contact::NO),
        ("商机 opportunities", kind::Opportunity::NO),
        ("活动 activities", kind::Activity::NO),
        ("任务 tasks", kind::Task::NO),
    ];
    let mut table = Table::new("数据权限 Who sees how much", columns());
    for (label, kind) in kinds {
        let seen = sessions.iter().map(|session| Ok(count(session.count(&Query::of(kind))? as u64)));
        let seen = seen.collect::<Outcome<Vec<_>>>()?;
        table = table.row(std::iter::once(text(label)).chain(seen));
    }
    writeln!(out, "{table}")?;
    // A customer of the clerk's.
    let whole = "credit_code is not empty and annual_revenue is not empty";
    let filter = format!("owner = {} and {whole}", people.user("U07")?);
    let query = Query::of(kind::Customer::NO).filter(filter.parse()?).limit(1);
    let Some(customer) = people.session(crm, "U01")?.rows(&query)?.items.pop() else { return Ok(()) };
    let mut table = Table::new("字段权限 The same customer in their eyes", columns());
    for (label, field) in [
        ("名称 name", "name"),
        ("信用代码 credit code", "credit_code"),
        ("年营业额 annual revenue", "annual_revenue"),
        ("级别 level", "level"),
    ] {
        let shown = sessions.iter().map(|session| {
            let shown = session.read(customer.id)?;
            Ok(shown.fields.get(field).map_or_else(none, |value| text(value.to_string())))
        });
        let shown = shown.collect::<Outcome<Vec<_>>>()?;
        table = table.row(std::iter::once(text(label)).chain(shown));
    }
    writeln!(out, "{table}")?;
    Ok(())
}

/// A customer from all sides: the one that bought most often.
///
/// # Errors
/// When the store or the output fails.
pub fn customer(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let mut bought: BTreeMap<CustomerId, (usize, usize)> = BTreeMap::new();
    for (deal, _) in deals(session)? {
        if let Some(customer) = deal.customer {
            let (won, all) = bought.entry(customer).or_default();
            *won += usize::from(deal.won_at.is_some());
            *all += 1;
        }
    }
    let best = bought.iter().max_by_key(|(id, deals)| (**deals, std::cmp::Reverse(**id)));
    let Some((id, _)) = best else { return Ok(()) };
    let view = session.customer_view(*id)?;
    let customer = &view.customer;
    let title = |id: Option<RecordRef>| id.map_or(String::new(), |id| session.title(id));
    let place = [&customer.country, &customer.province, &customer.city].map(String::as_str).join(" ");
    let phones: Vec<_> = customer.phones.iter().map(|phone| phone.raw.as_str()).collect();
    let profile = Table::new(format!("360°: {}", customer.name), ["", ""])
        .row([text("编号 code"), text(customer.code.as_str())])
        .row([text("行业 industry"), text(customer.industry.as_str())])
        .row([text("地区 region"), text(place)])
        .row([text("电话 phone"), text(phones.join("; "))])
        .row([text("负责人 owner"), text(title(customer.owner.map(Id::record)))])
        .row([text("状态 state"), text(customer.state.as_str())]);
    writeln!(out, "{profile}")?;
    let contacts = Table::new("联系人 Contacts", ["name", "post", "phone", "e-mail", "primary"]).rows(
        &view.contacts,
        |(post, contact)| {
            let phone = contact.phones.first().map_or("", |phone| phone.raw.as_str());
            let email = contact.emails.first().map_or("", |email| email.raw.as_str());
            let primary = if post.primary == Some(true) { "yes" } else { "" };
            [contact.name.as_str(), post.title.as_str(), phone, email, primary].map(text)
        },
    );
    writeln!(out, "{contacts}")?;
    let deals = Table::new("商机 Deals", ["code", "name", "stage", "amount", "closed"]).rows(
        &view.opportunities,
        |deal| {
            [
                text(deal.code.as_str()),
                clipped(&deal.name, 36),
                text(deal.state.as_str()),
                deal.amount.map_or_else(none, price),
                deal.closed_at.map_or_else(none, |at| text(local(at))),
            ]
        },
    );
    writeln!(out, "{deals}")?;
    let timeline = Table::new("时间线 Timeline, newest first", ["when", "what", "who", ""]).rows(
        view.timeline.items.iter().filter(|item| is_told(item)),
        |item| match item {
            TimelineItem::Activity(activity) => spoken(session, activity),
            TimelineItem::Change(change) => changed(session, change),
        },
    );
    writeln!(out, "{timeline}")?;
    Ok(())
}

/// Whether a timeline's item is worth a line: an activity is, the note that it leaves on a record is not.
fn is_told(item: &TimelineItem) -> bool {
    match item {
        TimelineItem::Activity(_) => true,
        TimelineItem::Change(change) => change.action != LogActivity::NAME,
    }
}

fn spoken(session: &Session<'_>, activity: &Activity) -> [Cell; 4] {
    let words = [activity.subject.as_str(), activity.text.as_str(), activity.outcome.as_str()];
    let words: Vec<_> = words.into_iter().filter(|words| !words.is_empty()).collect();
    [
        text(activity.at.map_or(String::new(), local)),
        text(activity.kind.0.as_str()),
        activity.by.map_or_else(none, |user| text(session.title(user.record()))),
        clipped(&words.join(" · "), 56),
    ]
}

fn actor(session: &Session<'_>, change: &JournalItem) -> String {
    match change.actor {
        Actor::User(user) => session.title(user.record()),
        _ if !change.rule.is_empty() => format!("rule {}", change.rule),
        _ => "system".to_owned(),
    }
}

fn changed(session: &Session<'_>, change: &JournalItem) -> [Cell; 4] {
    let title = session.title(change.record);
    let what = match change.fields.iter().find(|field| field.field == "state") {
        Some(state) if !state.old.is_empty() => format!("{title}: {} → {}", state.old, state.new),
        _ => {
            let fields: Vec<_> = change.fields.iter().map(|field| field.field.as_str()).collect();
            format!("{title}: {}", fields.join(", "))
        }
    };
    [text(local(change.at)), text(change.action.as_str()), text(actor(session, change)), clipped(&what, 56)]
}

/// The journal of a deal: of the won ones, that with the longest way there.
///
/// # Errors
/// When the store or the output fails.
pub fn journal(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let moves = |journal: &[JournalItem]| {
        let moved = |item: &&JournalItem| item.fields.iter().any(|field| field.field == "state");
        journal.iter().filter(moved).count()
    };
    let mut longest: Option<(Opportunity, Vec<JournalItem>)> = None;
    for (deal, _) in deals(session)?.into_iter().filter(|(deal, _)| deal.won_at.is_some()) {
        let journal = session.journal(deal.meta.id.record(), None, 1_000)?;
        if longest.as_ref().is_none_or(|(_, known)| moves(&journal) > moves(known)) {
            longest = Some((deal, journal));
        }
    }
    let Some((deal, journal)) = longest else { return Ok(()) };
    let title = format!("变更日志 The journal of {} {}", deal.code, deal.name);
    let mut table = Table::new(title, ["when", "who", "command", "field", "from", "to", "reason"]);
    let told = ["name", "code", "owner", "state", "amount", "close_on", "lost_reason"];
    for change in journal.iter().rev() {
        let mut head = [text(local(change.at)), text(actor(session, change)), text(change.action.as_str())];
        let mut reason = clipped(&change.reason, 24);
        for field in change.fields.iter().filter(|field| told.contains(&field.field.as_str())) {
            let shown = |value: &Value| match value {
                Value::Id(record) => text(session.title(*record)),
                Value::Null => text(""),
                value => clipped(&value.to_string(), 24),
            };
            let row = [text(field.field.as_str()), shown(&field.old), shown(&field.new), reason];
            table = table.row(head.into_iter().chain(row));
            head = [text(""), text(""), text("")];
            reason = text("");
        }
    }
    writeln!(out, "{table}")?;
    Ok(())
}
