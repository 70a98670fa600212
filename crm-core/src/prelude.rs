//! What most hosts need, in one import.

pub use crate::base::kind::{
    ActivityId, ContactId, CustomerId, DepartmentId, LeadId, OpportunityId, PoolId, ProductId, RoleId,
    TaskId, TeamId, UserId,
};
pub use crate::base::{Currency, Id, Instant, Money, RecordRef, Span, Value};
pub use crate::base::{Kind, KindNo};
pub use crate::domain::lead::{Lead, LeadDraft};
pub use crate::domain::opportunity::Opportunity;
pub use crate::domain::party::{Contact, Customer};
pub use crate::engine::flows::advance::{AdvanceOpportunity, LoseOpportunity, WinOpportunity};
pub use crate::engine::flows::capture::CaptureLead;
pub use crate::engine::flows::convert::ConvertLead;
pub use crate::engine::flows::edit::{CreateRecord, DeleteRecord, UpdateRecord};
pub use crate::engine::flows::log_activity::LogActivity;
pub use crate::engine::{Blobs, Crm, Host, ManualClock, Sender, Session};
pub use crate::exchange::{Duplicates, Import, Mapping};
pub use crate::record::action::Action;
pub use crate::record::command::Command;
pub use crate::record::desk::Query;
pub use crate::record::error::{Error, Refusal, Result};
pub use crate::record::filter::Filter;
pub use crate::record::journal::Actor;
pub use crate::record::spec::Record;
pub use crate::store::{MemoryStore, Store};
