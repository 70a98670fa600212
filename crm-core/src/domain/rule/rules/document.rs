//! Scoring rules from documents in YAML or JSON, with English or Chinese keys.

use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;

use crate::domain::rule::{Band, GroupCap, RuleDraft, RuleLine};
use crate::record::diagnostic::Mark;
use crate::record::error::Invalid;
use crate::record::lifecycle::document::{Fault, Key, Node, Place, Reader, Section, parse, word_end};
use crate::record::script::Purpose;

const NAME: Key = Key("name", &["name", "名称"]);
const KIND: Key = Key("kind", &["kind", "对象"]);
const RULES: Key = Key("scoring_rules", &["scoring_rules", "评分规则", "rules"]);
const THRESHOLD: Key = Key("threshold", &["threshold", "资质认定阈值", "qualification_threshold"]);
const CAPS: Key = Key("caps", &["caps", "分组上限"]);
const BANDS: Key = Key("bands", &["bands", "grades", "等级划分"]);
const CRITERION: Key = Key("criterion", &["criterion", "标准", "条件"]);
const POINTS: Key = Key("points", &["points", "分数", "分值"]);
const GROUP: Key = Key("group", &["group", "分组"]);
const HALF_LIFE: Key = Key("half_life_days", &["half_life_days", "半衰期天数", "half_life"]);
const LABEL: Key = Key("label", &["label", "说明"]);
const MOST: Key = Key("most", &["most", "上限", "at_most"]);
const LEAST: Key = Key("least", &["least", "下限", "at_least"]);
const GRADE: Key = Key("grade", &["grade", "等级"]);
const FROM: Key = Key("from", &["from", "起始分"]);

/// Reads a scoring rule from a document.
///
/// # Errors
/// Everything that is wrong with the document, by line and column.
///
/// ```
/// use crm_core::domain::rule::rules::scoring_rule;
/// let draft = scoring_rule(r#"{"评分规则": [{"标准": "公司规模 > 100", "分数": 20}], "资质认定阈值": 50}"#).unwrap();
/// assert_eq!((draft.lines[0].points, draft.threshold), (Some(20), Some(50)));
/// let faults = scoring_rule("rules: [{criterion: industry = 'tech', pionts: 5}]").unwrap_err();
/// assert!(faults[0].to_string().contains("did you mean `points`?"));
/// ```
pub fn scoring_rule(text: &str) -> Result<RuleDraft, Vec<Fault>> {
    ScoringDocument::read(text).map(|document| document.draft)
}

/// A scoring rule with the places in the document that it was read from.
#[derive(Clone, Debug)]
pub struct ScoringDocument {
    /// The rule.
    pub draft: RuleDraft,
    /// Where its parts stand, by the field that a problem names.
    places: BTreeMap<String, Place>,
}

impl ScoringDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// As [`scoring_rule`].
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let node = parse(text).map_err(|fault| vec![fault])?;
        let mut reader = Reader::default();
        let mut read = ScoringDocument {
            draft: RuleDraft { purpose: Purpose::Score, kind: "lead".into(), ..RuleDraft::default() },
            places: BTreeMap::new(),
        };
        if let Some(document) = reader.section(&node, &[NAME, KIND, RULES, THRESHOLD, CAPS, BANDS]) {
            read.take(&mut reader, &document);
        }
        if reader.faults.is_empty() { Ok(read) } else { Err(reader.faults) }
    }

    fn take(&mut self, reader: &mut Reader, document: &Section<'_>) {
        let draft = &mut self.draft;
        draft.name = reader.get(document, NAME.0, Node::text).unwrap_or_else(|| "评分规则".to_owned());
        draft.kind = reader.get(document, KIND.0, Node::text).unwrap_or(std::mem::take(&mut draft.kind));
        draft.threshold = reader.get(document, THRESHOLD.0, whole);
        reader.need(document, RULES, |_| Ok(()));
        for (key, field) in
            [(NAME, "name"), (KIND, "kind"), (RULES, "lines"), (CAPS, "caps"), (BANDS, "bands")]
        {
            self.places.extend(document.node(key.0).map(|node| (field.to_owned(), node.place)));
        }
        let parts = sections(reader, document.node(RULES.0), &[CRITERION, POINTS, GROUP, HALF_LIFE, LABEL]);
        for (number, part) in (1..).zip(parts) {
            let line = RuleLine {
                criterion: reader.need(&part, CRITERION, Node::text).unwrap_or_default(),
                points: reader.need(&part, POINTS, whole),
                group: reader.get(&part, GROUP.0, Node::text).unwrap_or_default(),
                half_life_days: reader.get(&part, HALF_LIFE.0, Node::days).map(i64::from),
                result: String::new(),
                label: reader.get(&part, LABEL.0, Node::text).unwrap_or_default(),
            };
            self.places.insert(format!("lines.{number}"), part.place);
            let criterion =
                part.node(CRITERION.0).map(|node| (format!("lines.{number}.criterion"), node.place));
            self.places.extend(criterion);
            draft.lines.push(line);
        }
        for part in sections(reader, document.node(CAPS.0), &[GROUP, MOST, LEAST]) {
            let group = reader.need(&part, GROUP, Node::text).unwrap_or_default();
            let (most, least) = (reader.get(&part, MOST.0, whole), reader.get(&part, LEAST.0, whole));
            draft.caps.push(GroupCap { group, most, least });
        }
        for part in sections(reader, document.node(BANDS.0), &[GRADE, FROM]) {
            let grade = reader.need(&part, GRADE, Node::text).unwrap_or_default();
            draft.bands.push(Band { grade, from: reader.need(&part, FROM, whole).unwrap_or_default() });
        }
    }

    /// A problem of the rule, marked in the document's text.
    pub fn marked(&self, problem: Invalid, file: &str, text: &str) -> Invalid {
        let field = problem.field.as_str();
        let outer = field.rsplit_once('.').map(|(outer, _)| outer);
        let known = [Some(field), outer].into_iter().flatten().find_map(|field| self.places.get(field));
        let Some(place) = known else { return problem };
        let start = place.offset(text);
        let within = problem.mark.as_ref().and_then(|mark| {
            let criterion = field.split('.').nth(1)?.parse::<usize>().ok()?.checked_sub(1)?;
            let criterion = self.draft.lines.get(criterion)?.criterion.as_str();
            // The document has the criterion as it is, unless something in it is escaped or folded.
            let skipped = text.get(start..)?.find(criterion).filter(|skipped| *skipped <= MOST_BEFORE)?;
            let of = |at: u64| usize::try_from(at).ok().map(|at| start + skipped + at);
            Some(of(mark.start)?..of(mark.end)?)
        });
        let at = within.unwrap_or_else(|| start..word_end(text, start));
        Invalid { mark: Some(Box::new(Mark::new(file, text, at))), ..problem }
    }
}

/// How many bytes lie at most between the place of a text and its first letter: quotes, or the sign of
/// a block and its indentation.
const MOST_BEFORE: usize = 64;

fn sections<'a>(reader: &mut Reader, node: Option<&'a Node>, keys: &[Key]) -> Vec<Section<'a>> {
    node.map_or_else(Vec::new, |node| reader.sections(node, keys))
}

fn whole(node: &Node) -> Result<i64, Fault> {
    let number = node.number()?;
    let whole = number.to_i64().filter(|_| number.fract().is_zero());
    whole.ok_or_else(|| node.not_a("a whole number", "整数"))
}
