//! The functions that a rule of each purpose is asked.

use crm_core::base::kind::User;
use crm_core::base::{Kind, KindNo};
use crm_core::record::script::Purpose;

use crate::ty::{Ty, Typed};

/// The place of the record in question among the records of a question.
pub(crate) const NOW: usize = 0;
/// The place of the same record before the change.
pub(crate) const BEFORE: usize = 1;

/// The function that a rule of a purpose is asked.
pub(crate) struct Entry {
    pub name: &'static str,
    pub form: &'static str,
    /// Of each parameter: its type, and which record of the question it is.
    pub params: Vec<(Typed, Option<usize>)>,
    /// What it answers with.
    answers: &'static [Answers],
    /// The same in words.
    pub expected: (&'static str, &'static str),
}

#[derive(Clone, Copy, PartialEq)]
enum Answers {
    Nothing,
    Bool,
    Number,
    Text,
    Texts,
    User,
}

impl Entry {
    /// The function that a rule of a purpose is asked about a record of a kind.
    pub fn of(purpose: Purpose, kind: KindNo) -> Entry {
        let record = |root| (Ty::Record(Some(kind)).there(), Some(root));
        let text = || (Ty::Text.there(), None);
        let user = Ty::Record(Some(User::NO));
        match purpose {
            Purpose::Score => Entry {
                name: "score",
                form: "fn score(lead) { … }",
                params: vec![record(NOW)],
                answers: &[Answers::Number, Answers::Nothing],
                expected: (
                    "a number of points, or nothing after `award(…)`",
                    "分数；用 `award(…)` 加分后也可不返回",
                ),
            },
            Purpose::Level => Entry {
                name: "level",
                form: "fn level(customer) { … }",
                params: vec![record(NOW)],
                answers: &[Answers::Text, Answers::Nothing],
                expected: ("the code of a level", "级别代码"),
            },
            Purpose::Assignment => Entry {
                name: "assign",
                form: "fn assign(lead, team) { … }",
                params: vec![record(NOW), (Ty::List(Box::new(user)).there(), None)],
                answers: &[Answers::User, Answers::Nothing],
                expected: ("a user of the team, or nothing", "团队中的一名成员，或不返回"),
            },
            Purpose::Guard => Entry {
                name: "guard",
                form: "fn guard(deal, from, to) { … }",
                params: vec![record(NOW), text(), text()],
                answers: &[Answers::Nothing, Answers::Bool, Answers::Text, Answers::Texts],
                expected: ("nothing, yes or no, or why the move is refused", "不返回、是或否，或拒绝的原因"),
            },
            Purpose::Automation => Entry {
                name: "on_change",
                form: "fn on_change(before, after) { … }",
                params: vec![record(BEFORE), record(NOW)],
                answers: &[Answers::Nothing],
                expected: (
                    "nothing; what follows is said by `command(…)`",
                    "不返回；后续动作用 `command(…)` 说明",
                ),
            },
            Purpose::Pool | Purpose::Segment => Entry {
                name: "holds",
                form: "fn holds(record) { … }",
                params: vec![record(NOW)],
                answers: &[Answers::Bool],
                expected: ("yes or no", "是或否"),
            },
        }
    }

    /// Whether it may answer so.
    pub fn takes(&self, answer: &Typed) -> bool {
        // A number of points that may be missing is a slip; a user or a level that is may be meant.
        if answer.missing && (!self.answers.contains(&Answers::Nothing) || answer.ty.is_number()) {
            return false;
        }
        let way = match &answer.ty {
            Ty::Nothing => Answers::Nothing,
            Ty::Bool => Answers::Bool,
            Ty::Int | Ty::Decimal => Answers::Number,
            Ty::Text | Ty::Choice(_) => Answers::Text,
            Ty::List(item) if item.is_text() || **item == Ty::Unknown => Answers::Texts,
            Ty::Record(Some(kind)) if *kind == User::NO => Answers::User,
            _ => return false,
        };
        self.answers.contains(&way)
    }

    /// Whether what the last line happens to be worth doesn't matter.
    pub fn answers_nothing(&self) -> bool {
        self.answers.contains(&Answers::Nothing)
    }
}
