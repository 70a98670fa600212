//! Points from the lines that hold: caps per group, decay of behaviours, grades.

use crate::base::{Instant, Span};
use crate::domain::rule::{Rule, RuleLine};

/// What is known of a line: whether its criterion holds, and when the behaviour in it was last seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineHeld {
    /// Whether it holds.
    pub held: bool,
    /// When the behaviour in it was last seen, if it names one.
    pub last: Option<Instant>,
}

/// One line of an explained score or level.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Line {
    /// The line's label, or its criterion.
    pub label: String,
    /// Whether its criterion holds.
    pub held: bool,
    /// The points that it gives, after decay.
    pub points: i64,
    /// What it gives beside points: a level, or why points were cut.
    pub note: String,
}

const DAY: f64 = 86_400_000_000.0;

/// The points that a line gives at an instant: all of them, or with a half-life what is left of them,
/// rounded to whole points so that the lines add up to the score.
fn points(line: &RuleLine, held: LineHeld, now: Instant) -> i64 {
    let all = line.points.unwrap_or(0);
    match (held.held, line.half_life_days.filter(|days| *days > 0), held.last) {
        (false, ..) => 0,
        (true, Some(days), Some(last)) => {
            let age = (now.max(last) - last).micros() as f64 / DAY;
            (all as f64 * (-age / days as f64).exp2()).round() as i64
        }
        _ => all,
    }
}

/// The score at an instant, with every line, and a line for each cap that cut it.
///
/// ```
/// use crm_core::base::{kind::RuleId, Instant};
/// use crm_core::domain::rule::{Rule, RuleLine, rules};
/// use crm_core::record::spec::Record;
/// let mut rule = Rule::empty(RuleId::from_u128(1));
/// rule.lines = vec![RuleLine { criterion: "行业 = '科技'".into(), points: Some(15), ..RuleLine::default() }];
/// let held = [rules::LineHeld { held: true, last: None }];
/// assert_eq!(rules::total(&rule, &held, Instant::default()).0, 15);
/// ```
pub fn total(rule: &Rule, held: &[LineHeld], now: Instant) -> (i64, Vec<Line>) {
    let mut lines = Vec::with_capacity(rule.lines.len());
    let mut sum = 0i64;
    let mut groups: Vec<(&str, i64)> = Vec::new();
    for (line, held) in rule.lines.iter().zip(held) {
        let given = points(line, *held, now);
        let label = if line.label.is_empty() { &line.criterion } else { &line.label };
        let note = match line.half_life_days {
            Some(days) if held.held && held.last.is_some() => format!("half of it left after {days} days"),
            _ => String::new(),
        };
        lines.push(Line { label: label.clone(), held: held.held, points: given, note });
        match groups.iter_mut().find(|(group, _)| *group == line.group) {
            _ if line.group.is_empty() => sum = sum.saturating_add(given),
            Some((_, so_far)) => *so_far = so_far.saturating_add(given),
            None => groups.push((&line.group, given)),
        }
    }
    for (group, given) in groups {
        let cap = rule.caps.iter().find(|cap| cap.group == group);
        let least = cap.and_then(|cap| cap.least).unwrap_or(i64::MIN);
        let most = cap.and_then(|cap| cap.most).unwrap_or(i64::MAX);
        let kept = given.max(least).min(most);
        if kept != given {
            let note = format!("the group gives {kept} instead of {given}");
            lines.push(Line { label: group.to_owned(), held: true, points: kept - given, note });
        }
        sum = sum.saturating_add(kept);
    }
    (sum, lines)
}

/// The points of a rule alone, as [`total`] reckons them.
pub fn sum(rule: &Rule, held: &[LineHeld], now: Instant) -> i64 {
    if rule.lines.iter().any(|line| !line.group.is_empty()) {
        return total(rule, held, now).0;
    }
    let given = rule.lines.iter().zip(held).map(|(line, held)| points(line, *held, now));
    given.fold(0, i64::saturating_add)
}

/// The grade of a score by the rule's bands; without bands A from 80, B from 60, C from 40, else D.
pub fn grade(rule: &Rule, points: i64) -> String {
    if rule.bands.is_empty() {
        let usual = match points {
            80.. => "A",
            60.. => "B",
            40.. => "C",
            _ => "D",
        };
        return usual.to_owned();
    }
    let reached = rule.bands.iter().filter(|band| band.from <= points).max_by_key(|band| band.from);
    reached
        .or(rule.bands.iter().min_by_key(|band| band.from))
        .map_or(String::new(), |band| band.grade.clone())
}

/// The level that the first line gives whose criterion holds, and the line's place.
pub fn level<'r>(rule: &'r Rule, held: &[LineHeld]) -> Option<(usize, &'r str)> {
    let place = held.iter().position(|line| line.held)?;
    rule.lines.get(place).map(|line| (place, line.result.as_str()))
}

/// When the grade, or whether the threshold is reached, next changes by decay alone.
pub fn changes_at(rule: &Rule, held: &[LineHeld], now: Instant) -> Option<Instant> {
    let stands = |at: Instant| {
        let points = total(rule, held, at).0;
        (grade(rule, points), rule.threshold.is_some_and(|threshold| points >= threshold))
    };
    // The points of a line fall by one where p·2^(-t/h) passes k - 1/2: a closed form for every step.
    let mut steps = Vec::new();
    for (line, held) in rule.lines.iter().zip(held) {
        let (Some(days), Some(last), true) = (line.half_life_days, held.last, held.held) else { continue };
        let all = line.points.unwrap_or(0).unsigned_abs();
        for left in 1..=all.min(1_000) {
            let age = days as f64 * (all as f64 / (left as f64 - 0.5)).log2();
            // A second later, so that rounding is over the edge.
            let at = last + Span::from_micros((age * DAY) as i64) + Span::from_secs(1);
            if days > 0 && at > now {
                steps.push(at);
            }
        }
    }
    steps.sort_unstable();
    let current = stands(now);
    steps.into_iter().find(|at| stands(*at) != current)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::kind::RuleId;
    use crate::domain::rule::{Band, GroupCap};
    use crate::record::spec::Record;

    fn rule(lines: &[(i64, &str, Option<i64>)]) -> Rule {
        let mut rule = Rule::empty(RuleId::from_u128(1));
        let line = |(points, group, days): &(i64, &str, Option<i64>)| RuleLine {
            points: Some(*points),
            group: (*group).into(),
            half_life_days: *days,
            ..RuleLine::default()
        };
        rule.lines = lines.iter().map(line).collect();
        rule
    }

    fn days(count: i64) -> Instant {
        Instant::default() + Span::from_days(count)
    }

    const ON: LineHeld = LineHeld { held: true, last: None };
    const OFF: LineHeld = LineHeld { held: false, last: None };

    #[test]
    fn points_add_up_within_caps() {
        let check =
            |lines: &[(i64, &str, Option<i64>)], held: &[LineHeld], most: Option<i64>, points: i64| {
                let mut rule = rule(lines);
                rule.caps = vec![GroupCap { group: "web".into(), most, least: None }];
                let (sum, lines) = total(&rule, held, days(0));
                assert_eq!(sum, points);
                assert_eq!(lines.iter().map(|line| line.points).sum::<i64>(), points, "the lines add up");
            };
        check(&[(20, "", None), (15, "", None)], &[ON, OFF], None, 20);
        check(&[(20, "", None), (-30, "", None)], &[ON, ON], None, -10);
        check(&[(10, "web", None), (10, "web", None), (5, "", None)], &[ON, ON, ON], Some(15), 20);
        check(&[(10, "web", None), (10, "web", None)], &[ON, ON], None, 20);
        check(&[], &[], None, 0);
    }

    #[test]
    fn behaviours_decay_by_half_lives() {
        let rule = rule(&[(20, "", Some(30)), (5, "", None)]);
        let held = [LineHeld { held: true, last: Some(days(0)) }, ON];
        for (day, points) in [(0, 25), (30, 15), (60, 10), (90, 8), (300, 5), (-5, 25)] {
            assert_eq!(total(&rule, &held, days(day)).0, points, "day {day}");
        }
    }

    #[test]
    fn grades_follow_the_bands() {
        let mut rule = rule(&[]);
        assert_eq!([90, 60, 41, -3].map(|points| grade(&rule, points)), ["A", "B", "C", "D"]);
        rule.bands = vec![Band { grade: "B".into(), from: 10 }, Band { grade: "A".into(), from: 50 }];
        assert_eq!([50, 49, 0].map(|points| grade(&rule, points)), ["A", "B", "B"]);
    }

    proptest! {
        #[test]
        fn nothing_changes_before_it_is_said_to(
            parts in proptest::collection::vec((-60i64..100, 1i64..60, 0i64..50, any::<bool>()), 1..5),
            threshold in 0i64..120, now in 50i64..80, look in 0i64..400,
        ) {
            let lines: Vec<_> = parts.iter().map(|part| (part.0, "", Some(part.1))).collect();
            let mut rule = rule(&lines);
            rule.threshold = Some(threshold);
            let held: Vec<_> =
                parts.iter().map(|part| LineHeld { held: part.3, last: Some(days(part.2)) }).collect();
            let stands = |at: Instant| {
                let points = total(&rule, &held, at).0;
                (grade(&rule, points), points >= threshold)
            };
            let (now, look) = (days(now), days(now + look));
            match changes_at(&rule, &held, now) {
                Some(at) => {
                    prop_assert!(at > now);
                    prop_assert_ne!(stands(at), stands(now));
                    // Two seconds for the rounding of the edge.
                    if look < at - Span::from_secs(2) {
                        prop_assert_eq!(stands(look), stands(now));
                    }
                }
                None => prop_assert_eq!(stands(look), stands(now)),
            }
        }
    }
}
