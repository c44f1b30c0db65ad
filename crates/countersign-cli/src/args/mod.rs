//! Options that several commands share.

#[cfg(feature = "_inbox")]
mod alerts;
mod declaration;
#[cfg(feature = "_inbox")]
mod filter;
mod header;
mod request;
mod secrets;
mod sender;
mod simulation;
#[cfg(feature = "_inbox")]
mod store;
mod subscription;

#[cfg(feature = "_inbox")]
pub(crate) use alerts::{AlertArgs, Thresholds};
pub(crate) use declaration::{
    DeclarationArgs, declared, load as load_declaration, parameter, read as read_declaration, verifier,
};
#[cfg(feature = "_inbox")]
pub(crate) use filter::FilterArgs;
pub(crate) use header::{HeaderArg, header_parser as header};
pub(crate) use request::RequestArgs;
pub(crate) use secrets::{Optional, Other, Public, ResignWith, Retired, SecretArgs};
pub(crate) use sender::{SenderArgs, assignment, label};
pub(crate) use simulation::{FaultArgs, LoadArgs, rate};
#[cfg(feature = "_inbox")]
pub(crate) use store::{StoreArgs, StoreUrl, quoted};
pub(crate) use subscription::{SubscriptionArg, subscription};
