use std::fmt;
use std::sync::Arc;

use super::SecretSink;
use crate::handshake::{Step, Trust};
use crate::mac::Expected;
use crate::secret::Secret;

/// Selects the handshakes of the provider that an endpoint answers. Signed handshakes, and those whose answer
/// proves the secret, are always answered; the others must be enabled here.
///
/// ```
/// use countersign::Secret;
/// use countersign::receiver::HandshakePolicy;
///
/// // Meta: the verify token that was entered in its dashboard.
/// let meta = HandshakePolicy::new().with_verify_token(Secret::new("a token of ours")?);
/// // Dropbox: any sender receives its challenge back.
/// let dropbox = HandshakePolicy::new().with_echo();
/// // CloudEvents.
/// let events = HandshakePolicy::new()
///     .with_allowed_origin("eventemitter.example.com")
///     .with_setting("allowed_rate", "120");
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct HandshakePolicy {
    pub(super) echo: bool,
    pub(super) tokens: Vec<Secret>,
    pub(super) origins: Vec<String>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) sink: Option<Arc<dyn SecretSink>>,
    pub(super) replaces: bool,
}

impl HandshakePolicy {
    /// Creates the default policy: only signed handshakes, and those whose answer proves the secret.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers unauthenticated handshakes with the value that they contain: at most 1 KiB, never as HTML.
    pub fn with_echo(self) -> Self {
        Self { echo: true, ..self }
    }

    /// Answers handshakes that contain this token, and refuses others. May be called several times: during a
    /// rotation, or for the topics of WebSub. Answers are derived from the first token.
    pub fn with_verify_token(mut self, token: Secret) -> Self {
        self.tokens.push(token);
        self
    }

    /// Answers handshakes from this origin (`*` for all), and refuses those from others. May be called several
    /// times.
    pub fn with_allowed_origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// Sets a value that an answer is derived from: `service_id` (Fastly), `allowed_rate` (CloudEvents). The last
    /// value under a name counts.
    pub fn with_setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.insert(0, (name.into(), value.into()));
        self
    }

    /// Answers handshakes that issue a secret, once this sink has stored it, as long as no secret is known: the
    /// verifier or the tenant has [`SecretSet::none`](crate::SecretSet::none).
    ///
    /// Only one secret is stored. A receiver whose verifier has fixed secrets records that, together with its
    /// clones: further ones are refused with 403 until
    /// [`Receiver::reset_issued_secret`](super::Receiver::reset_issued_secret) is called. With
    /// [`Tenants`](super::Tenants) the resolver decides; the sink must store the secret where the resolver finds it.
    pub fn with_secret_sink(self, sink: impl SecretSink) -> Self {
        Self { sink: Some(Arc::new(sink)), ..self }
    }

    /// Stores an issued secret even if one is known already. Any sender that has the URL of the endpoint can then
    /// replace its secret, and sign with its own from then on.
    pub fn insecure_secret_replacement(self) -> Self {
        Self { replaces: true, ..self }
    }

    /// Returns whether handshakes of this kind are enabled.
    pub(super) fn wants(&self, step: &Step) -> bool {
        match step.handshake.trust {
            Trust::Signed | Trust::Secret => true,
            Trust::VerifyToken(_) => !self.tokens.is_empty(),
            Trust::Origin(_) => !self.origins.is_empty(),
            Trust::Echo => self.echo,
            Trust::IssuesSecret(_) => self.sink.is_some(),
        }
    }

    /// Compares with all tokens, each in constant time.
    pub(super) fn has_verify_token(&self, token: &str) -> bool {
        let matches =
            |ours: &Secret| Expected::token(ours.expose_secret().as_bytes()).matches(token.as_bytes());
        self.tokens.iter().fold(false, |found, ours| found | matches(ours))
    }

    pub(super) fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|ours| ours == "*" || ours.eq_ignore_ascii_case(origin))
    }
}

impl fmt::Debug for HandshakePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakePolicy")
            .field("echo", &self.echo)
            .field("tokens", &self.tokens)
            .field("origins", &self.origins)
            .field("settings", &self.settings.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("sink", &self.sink.is_some())
            .field("replaces", &self.replaces)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_several_tokens_is_right_and_nothing_else() {
        let token = |text| Secret::new(text).unwrap();
        let policy = HandshakePolicy::new().with_verify_token(token("new")).with_verify_token(token("old"));
        assert!(policy.has_verify_token("new") && policy.has_verify_token("old"));
        assert!(
            !policy.has_verify_token("") && !policy.has_verify_token("ne") && !policy.has_verify_token("NEW")
        );
        assert!(policy.with_verify_token(token("old")).has_verify_token("old"), "a token may be given twice");
    }

    #[test]
    fn origins_are_compared_as_hosts_are() {
        let policy = HandshakePolicy::new().with_allowed_origin("events.example.com");
        assert!(policy.allows("Events.Example.com") && !policy.allows("example.com") && !policy.allows("*"));
        assert!(HandshakePolicy::new().with_allowed_origin("*").allows("any.example.com"));
    }

    #[test]
    fn debug_shows_no_token_and_no_setting() {
        let policy = HandshakePolicy::new()
            .with_verify_token(Secret::new("hunter2").unwrap())
            .with_setting("service_id", "hunter3");
        let shown = format!("{policy:?}");
        assert!(!shown.contains("hunter") && shown.contains("service_id"), "{shown}");
    }
}
