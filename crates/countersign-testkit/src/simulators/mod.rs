//! Simulated providers: real senders over HTTP, and sample events of every provider of the catalogue.
//!
//! [`Preflix`], [`Redpin`], [`PrintPrice`] and [`Proxiant`] deliver as the pages of these providers say; [`Simulator`] delivers
//! for any other provider by the policy that its declaration documents. All share one engine: it signs each attempt anew, retries,
//! keeps what was given up in the operations queue, and adds [`Faults`] at set rates. A [`SteppingClock`] that is shared with
//! the receiver makes a week of retries take milliseconds:
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use countersign::{Secret, UnixTime};
//! use countersign_testkit::simulators::{Preflix, SimulationClock, SimulatorOptions, SteppingClock, ProviderSubscription};
//!
//! // The receiver has the same clock: `Receiver::builder(verifier).with_clock(clock.clone())`.
//! let clock = SteppingClock::starting_at(UnixTime::from_secs(1_700_000_000));
//! let preflix = Preflix::new(SimulatorOptions::new().with_clock(SimulationClock::stepping(&clock)));
//! preflix.subscribe(ProviderSubscription::new("http://127.0.0.1:3000/hooks", Secret::new("secret")?))?;
//! preflix.play()?;
//! preflix.run().await;
//! assert!(preflix.operations_queue().is_empty());
//! # Ok(())
//! # }
//! ```

mod clock;
mod engine;
mod faults;
mod message;
mod policy;
mod preflix;
mod printprice;
mod proxiant;
mod record;
mod redpin;
mod sample;
mod scripts;
mod simulator;
mod subscription;
mod transport;
mod wire;

pub use clock::{SimulationClock, SteppingClock};
pub use faults::Faults;
pub use message::Message;
pub use policy::{DeliveryPolicy, RetrySchedule};
pub use preflix::Preflix;
pub use printprice::PrintPrice;
pub use proxiant::Proxiant;
pub use record::{AuditAction, DeliveryAttempt, FailedDelivery, ProviderAuditEntry, Telemetry};
pub use redpin::Redpin;
pub use sample::{Sample, SampleError, SampleOrigin};
pub use scripts::event_types;
pub use simulator::{Simulator, SimulatorOptions};
pub use subscription::ProviderSubscription;
pub use transport::{ProviderClient, ReceivedAnswer, SendOutcome};
pub use wire::Wire;
