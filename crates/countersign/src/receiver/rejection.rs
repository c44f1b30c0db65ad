use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};

use super::explainer::{Explanation, RejectedCapture};
use super::forwarded::NoUrl;
use super::problem::{Problem, authenticate};
use super::{ResolveError, SinkError};
use crate::error::{Causes, ConfigError, ErrorKind, VerifyError};
use crate::handshake::RenderError;
use crate::provider::RejectionStyle;
use crate::scheme::Text;

/// A request that was not accepted. The sender receives a status and one word; the cause is for the operator.
#[derive(Debug)]
pub struct Rejection {
    kind: ErrorKind,
    cause: Option<Cause>,
    details: Option<Box<RejectionDetails>>,
}

/// The fields that few rejections have.
#[derive(Debug, Default)]
struct RejectionDetails {
    /// The status, if it differs from that of the kind.
    status: Option<StatusCode>,
    empty: bool,
    authenticate: Option<HeaderValue>,
    /// Whether the sender learns that the tenant is unknown.
    reveals: bool,
    handshake: Option<Text>,
    unanswered: Option<Text>,
    capture: Option<Box<RejectedCapture>>,
}

#[derive(Debug)]
enum Cause {
    Verify(VerifyError),
    Config(ConfigError),
    Resolve(ResolveError),
    Handshake(Refusal),
    Url(NoUrl),
}

/// The reason for refusing a handshake, for the operator.
#[derive(Debug)]
pub(super) enum Refusal {
    WrongVerifyToken,
    Origin,
    SecretIsKnown,
    UnknownTenant,
    SecretWasIssued,
    BadSecret,
    Answer(RenderError),
    Sink(SinkError),
}

impl Rejection {
    /// Returns the reason as one word.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the kind that is sent to the sender. An unknown tenant looks like a wrong signature, unless
    /// [`ReceiverBuilder::with_unknown_tenant_status`](super::ReceiverBuilder::with_unknown_tenant_status) was used.
    #[must_use]
    pub fn public_kind(&self) -> ErrorKind {
        let reveals = self.details().is_some_and(|details| details.reveals);
        if self.kind == ErrorKind::UnknownTenant && !reveals {
            ErrorKind::SignatureMismatch
        } else {
            self.kind
        }
    }

    /// Returns the status of the response: that of the kind, or the one that the provider requires.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.details().and_then(|details| details.status).unwrap_or_else(|| self.kind.status())
    }

    /// Returns the name of the refused handshake, if the request was one.
    #[must_use]
    pub fn handshake(&self) -> Option<&str> {
        self.details()?.handshake.as_deref()
    }

    /// Returns the name of the handshake that the request would have been if this endpoint had it enabled: see
    /// [`HandshakePolicy`](super::HandshakePolicy).
    #[must_use]
    pub fn unanswered_handshake(&self) -> Option<&str> {
        self.details()?.unanswered.as_deref()
    }

    pub(super) fn bad_secrets(cause: ConfigError) -> Self {
        Self::new(ErrorKind::BadSecrets, Some(Cause::Config(cause)))
    }

    pub(super) fn unavailable(cause: ResolveError) -> Self {
        Self::new(ErrorKind::SecretsUnavailable, Some(Cause::Resolve(cause)))
    }

    /// Creates the rejection of an unknown tenant. `status` is set if it is distinguishable from a wrong signature.
    pub(super) fn unknown_tenant(status: Option<StatusCode>) -> Self {
        let details = RejectionDetails { status, reveals: true, ..RejectionDetails::default() };
        Self { details: status.map(|_| Box::new(details)), ..Self::new(ErrorKind::UnknownTenant, None) }
    }

    /// Returns whether a receiver that only observes passes the request on: its body can be read.
    pub(super) const fn can_be_observed(&self) -> bool {
        !matches!(
            self.kind,
            ErrorKind::BodyTimeout
                | ErrorKind::BodyUnreadable
                | ErrorKind::BudgetSpent
                | ErrorKind::PayloadTooLarge
        )
    }

    /// Returns whether no key matched, whatever keys are configured.
    pub(super) fn is_about_keys(&self) -> bool {
        matches!(self.kind, ErrorKind::SignatureMismatch | ErrorKind::NoMatchingPublicKey)
    }

    pub(super) fn no_url(cause: NoUrl) -> Self {
        Self::new(ErrorKind::MissingUrl, Some(Cause::Url(cause)))
    }

    pub(super) fn refused(handshake: Text, status: StatusCode, refusal: Refusal) -> Self {
        let kind = refusal.kind();
        let status = (kind == ErrorKind::HandshakeRefused).then_some(status);
        let details = RejectionDetails { status, handshake: Some(handshake), ..RejectionDetails::default() };
        Self { kind, cause: Some(Cause::Handshake(refusal)), details: Some(Box::new(details)) }
    }

    pub(super) fn with_unanswered(mut self, handshake: Option<Text>) -> Self {
        if handshake.is_some() {
            self.details.get_or_insert_default().unanswered = handshake;
        }
        self
    }

    /// Applies the provider's requirements on responses.
    #[must_use]
    pub fn in_style(mut self, style: &RejectionStyle) -> Self {
        if *style == RejectionStyle::DEFAULT {
            return self;
        }
        if self.kind.is_about_signature() && !self.details().is_some_and(|details| details.reveals) {
            let status = style.rejected.and_then(|status| StatusCode::from_u16(status).ok());
            self.details.get_or_insert_default().status = status;
        }
        let authenticate = authenticate(self.status(), style);
        let details = self.details.get_or_insert_default();
        details.empty = style.empty;
        details.authenticate = authenticate;
        self
    }

    /// Returns what the receiver's [`Explainer`](super::Explainer) says about a wrong signature, for the operator's logs.
    #[must_use]
    pub fn explain(&self) -> Option<Explanation> {
        self.details()?.capture.as_ref()?.explain()
    }

    pub(super) fn with_capture(mut self, capture: Option<Box<RejectedCapture>>) -> Self {
        if capture.is_some() && self.kind == ErrorKind::SignatureMismatch {
            self.details.get_or_insert_default().capture = capture;
        }
        self
    }

    fn details(&self) -> Option<&RejectionDetails> {
        self.details.as_deref()
    }

    const fn new(kind: ErrorKind, cause: Option<Cause>) -> Self {
        Self { kind, cause, details: None }
    }

    /// Returns the chain of causes down to the first one, for the operator's logs.
    #[must_use]
    pub fn causes(&self) -> Option<impl fmt::Display + '_> {
        self.source().map(Causes::of)
    }

    /// Returns the part that the sender receives.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let details = self.details();
        Problem {
            title: self.public_kind().as_str(),
            status: self.status(),
            authenticate: details.and_then(|details| details.authenticate.clone()),
            empty: details.is_some_and(|details| details.empty),
            // The rest of the body was not read, so the connection cannot be reused.
            closes: matches!(
                self.kind,
                ErrorKind::BodyTimeout | ErrorKind::PayloadTooLarge | ErrorKind::BodyUnreadable
            ),
        }
    }

    /// Returns the response: that of the [problem](Self::problem).
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        self.problem().response()
    }
}

impl From<&Rejection> for Problem {
    fn from(rejection: &Rejection) -> Self {
        rejection.problem()
    }
}

impl From<ErrorKind> for Rejection {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind, None)
    }
}

impl From<VerifyError> for Rejection {
    fn from(error: VerifyError) -> Self {
        Self::new(error.kind(), Some(Cause::Verify(error)))
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rejected: {}", self.kind)
    }
}

impl Error for Rejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(match self.cause.as_ref()? {
            Cause::Verify(error) => error,
            Cause::Config(error) => error,
            Cause::Resolve(error) => error,
            Cause::Handshake(refusal) => refusal,
            Cause::Url(error) => error,
        })
    }
}

impl Refusal {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::WrongVerifyToken
            | Self::Origin
            | Self::SecretIsKnown
            | Self::SecretWasIssued
            | Self::UnknownTenant => ErrorKind::HandshakeRefused,
            Self::BadSecret | Self::Answer(_) => ErrorKind::MalformedHandshake,
            Self::Sink(_) => ErrorKind::SecretsUnavailable,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongVerifyToken => f.write_str("the verify token is missing or wrong"),
            Self::Origin => f.write_str("the origin is not allowed"),
            Self::SecretIsKnown => f.write_str(
                "the handshake brings a secret, and one is known already: remove that first, if the endpoint is to be set up anew",
            ),
            Self::UnknownTenant => {
                f.write_str("the handshake brings a secret for a tenant that the resolver does not know")
            }
            Self::SecretWasIssued => f.write_str(
                "the handshake brings a secret, and one was issued already: use `Receiver::reset_issued_secret`, if the endpoint is to be set up anew",
            ),
            Self::BadSecret => f.write_str("the secret that it brings is missing, blank, or has white space at an end"),
            Self::Answer(error) => error.fmt(f),
            Self::Sink(error) => error.fmt(f),
        }
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Sink(error) => error.source(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;
    use crate::scheme::text;

    #[test]
    fn the_sender_receives_the_kind_and_nothing_else() {
        let response = Rejection::from(ErrorKind::SignatureMismatch).response();
        assert_eq!(response.status(), 401);
        assert_eq!(response.body(), r#"{"title":"signature_mismatch","status":401}"#);
        assert_eq!(response.headers().len(), 1);
    }

    #[test]
    fn a_provider_gets_the_status_that_it_insists_on_and_only_where_it_is_about_the_signature() {
        let style = RejectionStyle {
            rejected: Some(401),
            empty: true,
            accepted: text(""),
            authenticate: text("Basic"),
        };
        let styled = |kind: ErrorKind| Rejection::from(kind).in_style(&style).response();
        let missing = styled(ErrorKind::MissingSignature);
        assert_eq!((missing.status().as_u16(), missing.body().len()), (401, 0));
        assert_eq!(missing.headers()[header::WWW_AUTHENTICATE], "Basic");
        let others = [ErrorKind::BodyUnreadable, ErrorKind::PayloadTooLarge, ErrorKind::HandshakeRefused];
        assert_eq!(others.map(|kind| styled(kind).status().as_u16()), [400, 413, 403]);
        assert!(others.iter().all(|kind| !styled(*kind).headers().contains_key(header::WWW_AUTHENTICATE)));
        let plain = RejectionStyle { authenticate: text(""), ..style };
        let missing = Rejection::from(ErrorKind::MissingSignature).in_style(&plain).response();
        assert!(!missing.headers().contains_key(header::WWW_AUTHENTICATE));
    }

    #[test]
    fn a_busy_receiver_says_when_to_come_back() {
        let response = Rejection::from(ErrorKind::BudgetSpent).response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
    }
}
