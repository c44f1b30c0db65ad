//! Alerts for people: what an inbox notices about itself, sent to a notifier of the application.

mod alert;
mod conditions;
mod counts;
mod endpoint_health;
mod health_cause;
mod notify;
mod rules;
mod task;
mod tracker;
mod watched_endpoint;

pub use alert::{Alert, AlertCause, AlertState};
pub(crate) use counts::AlertCounts;
pub use endpoint_health::{EndpointHealth, HealthState, Observation};
pub use health_cause::HealthCause;
pub(crate) use notify::Notifier;
pub use rules::AlertRules;
pub(crate) use task::Alerting;
pub(crate) use watched_endpoint::WatchedEndpoint;
