//! Statistics per endpoint: what processes count, and what stores return for a window of time.

mod histogram;
mod increment;
mod summary;
mod window;

pub use histogram::Histogram;
pub use increment::{DeliveryCounts, Increment};
pub use summary::{EndpointStatistics, KeyUse, Statistics};
pub use window::{Span, SpanRange, Window};
