//! Insight over stored records, for an actor: the pure functions of [`insight`](crate::insight) fed with what he
//! may see. A record or field that is hidden from him counts nowhere, and a session as of a past instant reckons
//! with what was known then.

mod activity;
mod attainment;
mod churn;
mod difference;
mod features;
mod forecast;
mod forecast_past;
mod funnel;
mod lifetime;
mod models;
mod outlook;
mod priority;
mod purchases;
mod rfm;

pub use activity::{ActivityLevel, ActivityQuery};
pub use attainment::TargetReached;
pub use churn::{AtRisk, ChurnQuery, ChurnView};
pub use difference::PipelineChange;
pub use features::Feature;
pub use forecast::{ForecastDeal, ForecastQuery, ForecastView};
pub use forecast_past::{ForecastRecord, ForecastTest, ForecastTrial, JudgedForecast};
pub use funnel::{FunnelQuery, FunnelStage, FunnelView};
pub use lifetime::{CustomerValue, LifetimeQuery, LifetimeView};
pub use models::{Scored, Trained, TrainingQuery};
pub use outlook::{DepartmentForecast, Outlook, OwnerForecast, TeamForecast};
pub use priority::PriorityDeal;
pub use rfm::{Graded, RfmCustomer, RfmQuery, RfmSegment, RfmView, Segments};

pub(crate) use features::values_of;
pub(crate) use models::{known_features, may_read, opened, probabilities};

/// Code and meaning of what can't be reckoned from records.
pub const CODES: &[(&str, &str)] = &[
    ("insight.amount", "an amount is beyond what minor units hold"),
    ("insight.no_rate", "a target's currency has no exchange rate on the day that counts"),
];
