//! A receiver that is configured like the one under test, for the answers to handshakes.

use std::borrow::Cow;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::handshake::Trust;
use countersign::receiver::{HandshakePolicy, Incoming, PublicUrl, Received, Receiver, Receiving};
use countersign::{ConfigError, ErrorKind, Secret, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::args::HandshakeArgs;
use super::forge::Forge;
use super::message::Message;

/// Returns the answer of a receiver that is configured like the one under test, or `None` if the request is no
/// handshake for it.
pub(super) async fn answer(
    forge: &Forge,
    args: &HandshakeArgs,
    message: &Message,
) -> Result<Option<(u16, Bytes)>, String> {
    let receiver = receiver(forge, args).map_err(|error| error.to_string())?;
    match Receiving::new(&receiver).run(Request::of(message)).await {
        Received::Handshake(response) => {
            let response = response.into_response();
            Ok(Some((response.status().as_u16(), response.into_body())))
        }
        _ => Ok(None),
    }
}

fn receiver(forge: &Forge, args: &HandshakeArgs) -> Result<Receiver, ConfigError> {
    let has = |is: fn(&Trust) -> bool| forge.provider.handshakes.iter().any(|handshake| is(&handshake.trust));
    let mut policy = HandshakePolicy::new();
    // A receiver refuses options that no handshake reads.
    if args.echo && has(|trust| *trust == Trust::Echo) {
        policy = policy.with_echo();
    }
    if let Some(token) = &args.verify_token {
        policy = policy.with_verify_token(Secret::new(token.as_str())?);
    }
    if let Some(origin) =
        args.handshake_origin.as_ref().filter(|_| has(|trust| matches!(trust, Trust::Origin(_))))
    {
        policy = policy.with_allowed_origin(origin.as_str());
    }
    for (name, value) in &args.setting {
        policy = policy.with_setting(name, value);
    }
    let verifier = forge.reference.clone();
    let verifier = verifier.map_or_else(|| Verifier::keyless(Cow::Owned(forge.provider.clone())), Ok)?;
    let url = PublicUrl::origin(forge.origin.as_str())?;
    Receiver::builder(verifier).with_handshakes(policy).with_public_url(url).build()
}

/// A request in memory.
struct Request<'m> {
    message: &'m Message,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl<'m> Request<'m> {
    fn of(message: &'m Message) -> Self {
        let headers = message.headers.iter().filter_map(|(name, value)| {
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?))
        });
        Self { message, headers: headers.collect(), body: Some(message.body.clone().into()) }
    }
}

impl Incoming for Request<'_> {
    type Headers = HeaderMap;

    fn method(&self) -> &str {
        &self.message.method
    }

    fn target(&self) -> &str {
        &self.message.target
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        Poll::Ready(self.body.take().map(Ok))
    }
}
