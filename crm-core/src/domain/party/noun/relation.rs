//! A relation between two customers or two contacts, and a branch of trade.

use chrono::NaiveDate;

use super::choices::RelationType;
use crate::base::RecordRef;
use crate::domain::party::holds;
use crate::record::spec::{IndexSpec, Part, Visibility};

record! {
    /// What one customer is to another, or one contact to another, and in which period.
    ///
    /// A relation is seen by whoever sees its first party.
    pub struct Relation is Relation {
        /// The first party: who is it.
        10 from: Option<RecordRef> = "From" "甲方" [REQUIRED];
        /// What the first party is to the second.
        11 relation: Option<RelationType> = "Relation" "关系" [REQUIRED];
        /// The second party: whose it is.
        12 to: Option<RecordRef> = "To" "乙方" [REQUIRED];
        /// The first day; always when none.
        13 since: Option<NaiveDate> = "Since" "起始日期";
        /// The day on which it is no longer in force; for ever when none.
        14 until: Option<NaiveDate> = "Until" "结束日期";
        /// Whatever else is known.
        15 notes: String = "Notes" "备注";
    }
    spec {
        title: Relation::relation,
        visibility: Visibility::Under { parent: Relation::from },
        invariant: Some(holds::relation),
        indexes: &[
            IndexSpec::plain(RELATION_BY_FROM, "from", &[Part::value(Relation::from)]),
            IndexSpec::plain(RELATION_BY_TO, "to", &[Part::value(Relation::to)]),
        ],
    }
}

/// The index of relations by first party.
pub const RELATION_BY_FROM: u8 = 1;
/// The index of relations by second party.
pub const RELATION_BY_TO: u8 = 2;

record! {
    /// An industry that a tenant adds to the default tree.
    pub struct Industry is Industry {
        /// The path of codes from the top: `manufacturing/robots`.
        10 code: String = "Code" "代码" [REQUIRED];
        /// The English label.
        11 en: String = "English label" "英文名";
        /// The Chinese label.
        12 zh: String = "Chinese label" "中文名";
    }
    spec {
        title: Industry::zh,
        invariant: Some(holds::industry),
        indexes: &[
            IndexSpec::unique(INDUSTRY_BY_CODE, "code", &[Part::folded(Industry::code)]),
            IndexSpec::plain(INDUSTRY_BY_EN, "en", &[Part::folded(Industry::en)]),
            IndexSpec::plain(INDUSTRY_BY_ZH, "zh", &[Part::folded(Industry::zh)]),
        ],
    }
}

/// The unique index of industries by code.
pub const INDUSTRY_BY_CODE: u8 = 1;
/// The index of industries by English label.
pub const INDUSTRY_BY_EN: u8 = 2;
/// The index of industries by Chinese label.
pub const INDUSTRY_BY_ZH: u8 = 3;
