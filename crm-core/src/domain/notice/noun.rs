//! A notification.

use crate::base::kind::UserId;
use crate::base::{Instant, RecordRef};
use crate::record::spec::Visibility;

record! {
    /// A message in a user's inbox. Its own user sees it, and who sees that user's records. Its text may
    /// name people, so it counts as personal data.
    pub struct Notification is Notification {
        /// For whom.
        10 user: Option<UserId> = "User" "成员" [REQUIRED SYSTEM];
        /// What it says, in a line.
        11 subject: String = "Subject" "主题" [REQUIRED SYSTEM PERSONAL SEARCHED];
        /// What it says beside.
        12 body: String = "Text" "内容" [SYSTEM PERSONAL];
        /// The record it is about.
        13 about: Option<RecordRef> = "About" "关联对象" [SYSTEM];
        /// When it was read.
        14 read_at: Option<Instant> = "Read at" "已读时间" [SYSTEM];
        /// What kind of message it is, by a stable code such as `pool.warning`, for hosts that word
        /// it themselves.
        15 topic: String = "Topic" "类型" [SYSTEM];
    }
    spec {
        title: Notification::subject,
        visibility: Visibility::Owned { owner: Notification::user },
    }
}
