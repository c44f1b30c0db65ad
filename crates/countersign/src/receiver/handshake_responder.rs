use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;

use super::handshake_answerer::{HandshakeAnswerer, HandshakeContext};
use super::pending_handshake::without_query;
use super::{EarlyResponse, HandshakeCount, HandshakePolicy, PublicUrl};
use crate::error::ConfigError;
use crate::handshake::{Handshake, Steps, View};
use crate::head::Headers;
use crate::time::UnixTime;

/// Answers the handshakes of a provider that does not sign its deliveries, for which there is no
/// [`Receiver`](super::Receiver). Requests that are not handshakes are left to the caller, unverified.
///
/// Only handshakes without a body are answered, and none that is signed or issues a secret.
///
/// ```
/// use countersign::providers;
/// use countersign::receiver::{HandshakePolicy, HandshakeResponder};
/// use countersign::{Secret, UnixTime};
/// use http::HeaderMap;
///
/// let policy = HandshakePolicy::new().with_verify_token(Secret::new("a token of ours")?);
/// let strava = HandshakeResponder::new("strava", providers::STRAVA_HANDSHAKES, policy)?;
///
/// let now = UnixTime::from_secs(1_700_000_000);
/// let target = "/strava?hub.mode=subscribe&hub.challenge=15f7&hub.verify_token=a%20token%20of%20ours";
/// let answer = strava.respond("GET", target, &HeaderMap::new(), now).unwrap();
/// assert_eq!(answer.body(), r#"{"hub.challenge":"15f7"}"#);
/// assert!(strava.respond("POST", "/strava", &HeaderMap::new(), now).is_none());
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HandshakeResponder {
    provider: String,
    answerer: Option<Arc<HandshakeAnswerer>>,
    public_url: Option<PublicUrl>,
}

impl HandshakeResponder {
    /// Creates a responder for these handshakes.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the invalid field of a handshake.
    pub fn new(
        provider: impl Into<String>,
        handshakes: impl Into<Cow<'static, [Handshake]>>,
        policy: HandshakePolicy,
    ) -> Result<Self, ConfigError> {
        let steps = Steps::new(&handshakes.into())?;
        let answerer = steps.map(|steps| {
            let mut answerer = HandshakeAnswerer::new(Arc::new(steps));
            answerer.set_policy(policy);
            Arc::new(answerer)
        });
        Ok(Self { provider: provider.into(), answerer, public_url: None })
    }

    /// Sets the public origin, for answers that are derived from the URL. See
    /// [`ReceiverBuilder::with_public_url`](super::ReceiverBuilder::with_public_url).
    #[must_use]
    pub fn with_public_url(self, url: impl Into<PublicUrl>) -> Self {
        Self { public_url: Some(url.into()), ..self }
    }

    /// Returns the response to a handshake: its answer, or a refusal. Returns `None` if the request is not a
    /// handshake, or not one that this endpoint is configured for. `target` is path and query as they were received.
    #[must_use]
    pub fn respond<H: Headers>(
        &self,
        method: &str,
        target: &str,
        headers: &H,
        now: UnixTime,
    ) -> Option<Response<Bytes>> {
        let answerer = self.answerer.as_deref()?;
        let url = self.public_url.as_ref().and_then(|public_url| public_url.of(target, headers).ok());
        let url = url.as_deref().map(without_query);
        let context = HandshakeContext {
            provider: &self.provider,
            key: None,
            knows_secret: false,
            url: url.as_deref(),
            request: None,
            now,
            verified: false,
            is_unknown: false,
            looks_secrets_up: false,
        };
        let candidates = answerer.recognise(&View::new(&answerer.steps, method, target, headers), &context);
        let candidate = candidates.iter().find(|candidate| {
            candidate.wanted && !candidate.waits_for_body && !candidate.signed && !candidate.brings_secret
        })?;
        match answerer.settle(candidate, &[], &context) {
            EarlyResponse::Handshake(handshaken) => Some(handshaken.into_response()),
            EarlyResponse::Rejected(rejection) => Some(rejection.response()),
            EarlyResponse::Pending(_) => None,
        }
    }

    /// Returns how often each handshake was answered and refused.
    #[must_use]
    pub fn handshakes(&self) -> Vec<HandshakeCount> {
        self.answerer.as_deref().map(HandshakeAnswerer::counts).unwrap_or_default()
    }
}
