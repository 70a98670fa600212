//! An activity: something that happened with a customer.

use rust_decimal::Decimal;

use crate::base::choice::Choice;
use crate::base::kind::{ContactId, UserId};
use crate::base::{Instant, RecordRef};
use crate::choice_fields;
use crate::record::codec::{self, ValueRef};
use crate::record::field::{Field, FieldError, FieldType, Shape};
use crate::record::spec::{IndexSpec, Part, Visibility};

crate::choice! {
    /// The kinds of activity that the engine knows; a tenant adds others as [`ActivityType`]s.
    pub enum ActivityKind {
        /// A telephone call.
        Call "call" "Call" "电话",
        /// A visit, with check-in.
        Visit "visit" "Visit" "拜访",
        /// A meeting.
        Meeting "meeting" "Meeting" "会议",
        /// An e-mail.
        Email "email" "E-mail" "邮件",
        /// An e-mail was opened.
        EmailOpened "email_opened" "E-mail opened" "打开邮件",
        /// A link in an e-mail was followed.
        EmailClicked "email_clicked" "E-mail clicked" "点击邮件",
        /// A WeChat talk.
        WeChat "wechat" "WeChat" "微信",
        /// A text message.
        Sms "sms" "SMS" "短信",
        /// A talk on a website.
        Chat "chat" "Chat" "在线咨询",
        /// A letter.
        Letter "letter" "Letter" "信函",
        /// A fax.
        Fax "fax" "Fax" "传真",
        /// Something written down.
        Note "note" "Note" "备注",
        /// A form was submitted.
        Form "form" "Form" "表单",
        /// A web page was visited.
        WebVisit "web_visit" "Web visit" "网页访问",
        /// Something was downloaded.
        Download "download" "Download" "下载",
        /// A mention in social media.
        Mention "mention" "Social mention" "社交提及",
    }
}

crate::choice! {
    /// Who began it.
    pub enum Direction {
        /// The other side.
        In "in" "Inbound" "呼入",
        /// We.
        Out "out" "Outbound" "呼出",
    }
}
choice_fields!(Direction);

/// The code of a kind of activity: one of [`ActivityKind`] or of a tenant's [`ActivityType`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct KindCode(pub String);

impl KindCode {
    /// The kind that the engine knows, none for a tenant's.
    pub fn known(&self) -> Option<ActivityKind> {
        ActivityKind::from_name(&self.0)
    }

    /// Every name it goes by: its code and, for a kind that the engine knows, its labels.
    pub fn names(&self) -> Vec<String> {
        let known = ActivityKind::NAMES.iter().find(|name| name.code == self.0);
        let labels = known.into_iter().flat_map(|name| [name.en.to_owned(), name.zh.to_owned()]);
        std::iter::once(self.0.clone()).chain(labels).collect()
    }
}

impl From<ActivityKind> for KindCode {
    fn from(kind: ActivityKind) -> Self {
        KindCode(kind.code().to_owned())
    }
}

impl Field for KindCode {
    const SHAPE: Shape = Shape { choices: ActivityKind::NAMES, ..Shape::one(FieldType::Choice) };
    fn is_null(&self) -> bool {
        self.0.is_empty()
    }
    fn put(&self, out: &mut Vec<u8>) {
        codec::put_text(out, self.known().map_or(&self.0, |kind| kind.code()));
    }
    fn read(value: ValueRef<'_>) -> Result<Self, FieldError> {
        let text = String::read(value)?;
        Ok(ActivityKind::from_name(&text).map_or(KindCode(text), KindCode::from))
    }
}

row! {
    /// Someone who took part.
    pub struct Participant as Row {
        person: Option<RecordRef> = "Person" "人员";
        name: String = "Name" "姓名";
    }
}

row! {
    /// Where it happened: degrees of WGS 84, and how exact they are in metres.
    pub struct Position as Row {
        latitude: Decimal = "Latitude" "纬度";
        longitude: Decimal = "Longitude" "经度";
        accuracy: Option<Decimal> = "Accuracy in metres" "精度（米）";
    }
}

record! {
    /// Something that happened with a customer: a call, a visit, a mail, a note.
    pub struct Activity is Activity {
        /// What kind of activity.
        10 kind: KindCode = "Kind" "类型" [REQUIRED];
        /// Who began it.
        11 direction: Option<Direction> = "Direction" "方向";
        /// When it began.
        12 at: Option<Instant> = "At" "时间" [REQUIRED];
        /// How long it took.
        13 minutes: Option<i64> = "Minutes" "时长（分钟）";
        /// The record that it is about.
        14 about: Option<RecordRef> = "About" "关联对象" [REQUIRED];
        /// Which of us.
        15 by: Option<UserId> = "By" "跟进人";
        /// With whom.
        16 contact: Option<ContactId> = "Contact" "联系人";
        /// Who took part beside.
        17 participants: Vec<Participant> = "Participants" "参与人";
        /// The subject.
        18 subject: String = "Subject" "主题" [SEARCHED];
        /// What was said, done or found.
        19 text: String = "Text" "内容" [SEARCHED];
        /// What came of it.
        20 outcome: String = "Outcome" "结果";
        /// Where.
        21 position: Option<Position> = "Position" "位置";
        /// When to follow up.
        22 next_follow_up: Option<Instant> = "Next follow-up" "下次跟进时间";
    }
    spec {
        title: Activity::subject, invariant: Some(super::holds::activity),
        visibility: Visibility::Under { parent: Activity::about },
        indexes: &[IndexSpec::plain(1, "about", &[Part::value(Activity::about), Part::value(Activity::at)])],
    }
}

record! {
    /// A kind of activity that the tenant has added.
    pub struct ActivityType is ActivityType {
        /// The code that activities store.
        10 code: String = "Code" "代码" [REQUIRED];
        /// The English label.
        11 en: String = "English label" "英文名";
        /// The Chinese label.
        12 zh: String = "Chinese label" "中文名";
    }
    spec {
        title: ActivityType::code, steers: true, invariant: Some(super::holds::activity_type),
        indexes: &[IndexSpec::unique(1, "code", &[Part::folded(ActivityType::code)])],
    }
}

/// The index of activities by the record they are about, then by time.
pub const BY_ABOUT: u8 = 1;
/// The index of a tenant's kinds of activity by code.
pub const BY_CODE: u8 = 1;
