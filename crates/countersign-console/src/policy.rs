//! The rights of operators.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use http::request::Parts;

use crate::refusal::Refusal;

/// Decides which operator sends a request. A [`Console`](crate::Console) asks it before everything else, for each request.
///
/// A policy reads what a proxy or the application has authenticated: a header of an OIDC proxy, `Authorization`, a cookie, or, with axum,
/// a session in the request's extensions. On actix-web it gets method, target and headers: actix's own extensions belong to
/// one thread. Any function from [`Parts`] to a `Result` is a policy; implement the trait for one
/// that waits for something.
///
/// ```
/// use countersign_console::{Operator, Policy, Refusal, Role};
/// use http::request::Parts;
/// use subtle::ConstantTimeEq;
///
/// /// Behind oauth2-proxy, which replaces these headers, and a server that adds a secret: without it an attacker can forge them.
/// struct Oidc {
///     secret: String,
/// }
///
/// impl Policy for Oidc {
///     async fn authorize(&self, head: &Parts) -> Result<Operator, Refusal> {
///         let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
///         if !bool::from(header("x-proxy-secret").as_bytes().ct_eq(self.secret.as_bytes())) {
///             return Err(Refusal::forbidden());
///         }
///         let is_in = |group| header("x-forwarded-groups").split(',').any(|name| name == group);
///         let role = match () {
///             () if is_in("webhooks-operators") => Role::Operator,
///             () if is_in("engineering") => Role::Viewer,
///             () => return Err(Refusal::forbidden()),
///         };
///         Operator::new(header("x-forwarded-email"), role)
///     }
/// }
/// ```
pub trait Policy: Send + Sync + 'static {
    /// Returns the operator, or the response to a request that is not an operator's.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: the response to a request that is not allowed, and a login for one that is not authenticated yet.
    fn authorize(&self, head: &Parts) -> impl Future<Output = Result<Operator, Refusal>> + Send;
}

impl<F> Policy for F
where
    F: Fn(&Parts) -> Result<Operator, Refusal> + Send + Sync + 'static,
{
    fn authorize(&self, head: &Parts) -> impl Future<Output = Result<Operator, Refusal>> + Send {
        ready(self(head))
    }
}

/// An authorised person, or program.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Operator {
    name: String,
    role: Role,
}

/// The permissions of an [`Operator`], each with those of the ones before it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Role {
    /// Sees everything except the values of headers and bodies.
    ViewerWithoutBodies,
    /// Reveals values of headers and bodies, without credentials and signatures, and without bodies that may contain them; the
    /// audit log names the viewer.
    Viewer,
    /// Replays, discards and purges events, pauses and resumes endpoints, changes their limits and circuits, and reveals credentials,
    /// too.
    Operator,
}

impl Operator {
    /// Creates an operator with the name for the audit log, such as an address.
    ///
    /// # Errors
    ///
    /// [`Refusal::forbidden`] if the name is empty or longer than 200 bytes: the audit log would not say who it was.
    pub fn new(name: impl Into<String>, role: Role) -> Result<Self, Refusal> {
        let name = name.into();
        if name.trim().is_empty() || name.len() > LONGEST_NAME {
            return Err(Refusal::forbidden());
        }
        Ok(Self { name, role })
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

impl Role {
    /// Returns the name for pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ViewerWithoutBodies => "viewer without bodies",
            Self::Viewer => "viewer",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A policy of any type.
pub(crate) trait AnyPolicy: Send + Sync {
    fn ask<'a>(&'a self, head: &'a Parts) -> Decision<'a>;
}

pub(crate) type Decision<'a> = Pin<Box<dyn Future<Output = Result<Operator, Refusal>> + Send + 'a>>;

impl<P: Policy> AnyPolicy for P {
    fn ask<'a>(&'a self, head: &'a Parts) -> Decision<'a> {
        Box::pin(self.authorize(head))
    }
}

const LONGEST_NAME: usize = 200;
