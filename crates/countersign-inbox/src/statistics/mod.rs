//! Statistics per endpoint: what processes count, and what stores return for a window of time.

mod histogram;
mod increment;
mod rejection;
mod series;
mod summary;
mod window;

pub use histogram::Histogram;
pub use increment::{Breakdown, DeliveryCounts, Increment};
pub use rejection::{RejectionCount, RejectionIncrement, RejectionSample, Rejections, StoredSample};
pub use series::Series;
pub use summary::{EndpointStatistics, Occurrences, Statistics};
pub use window::{Span, SpanRange, Window};
