//! From a verified delivery to its answer: stored durably first.
//!
//! What the provider is told:
//!
//! | The store says | Answer |
//! |---|---|
//! | it is new | 200, or [what was chosen](AcceptorBuilder::with_success_status) |
//! | its key is known | the same, with `X-Webhook-Duplicate: ready`, `running`, `done` or `dead`: what is left to do is ours |
//! | it was a dead letter and is ready again | the same, with `X-Webhook-Duplicate: dead` |
//! | its signed bytes are known under another id, and that is refused | the same, with `X-Webhook-Duplicate: replayed`; nothing is stored, and it is logged |
//! | nothing: it failed, is full, or is late | 503 with `Retry-After`, never 4xx, after which providers give up |
//!
//! Once it has begun, an accept ends by itself: neither a closed connection nor the deadline cancels it. When it was
//! stored after all, the provider's next attempt is a duplicate.
//!
//! What is counted is in [`telemetry`](crate::telemetry).

mod accept;
mod answer;
mod builder;
mod future;
mod telemetry;

pub use accept::Acceptor;
pub use answer::Answer;
pub use builder::AcceptorBuilder;
pub use future::AcceptFuture;
