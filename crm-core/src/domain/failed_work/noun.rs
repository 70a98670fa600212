//! Failed work.

use crate::base::Instant;

record! {
    /// Due work that failed as often as it is tried. It names what it is about by its id alone, so that
    /// it keeps nobody from deleting that. Roles that are to see it name the kind.
    pub struct FailedWork is FailedWork {
        /// What was to be done: the name of a handler.
        10 work: String = "Work" "工作" [REQUIRED SYSTEM];
        /// The id of the record that it is about.
        11 about: String = "About" "关联对象" [REQUIRED SYSTEM];
        /// What the handler needs to know.
        12 note: String = "Note" "内容" [SYSTEM PERSONAL];
        /// When it was due first.
        13 due_at: Option<Instant> = "Due at" "到期时间" [SYSTEM];
        /// Why it failed last.
        14 error: String = "Error" "错误" [SYSTEM PERSONAL];
        /// How often it was tried.
        15 tries: Option<i64> = "Tries" "尝试次数" [SYSTEM];
    }
    spec {
        title: FailedWork::work,
        by_name: true,
    }
}
