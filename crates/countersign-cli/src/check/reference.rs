//! A receiver that is configured like the one under test, for the answers to handshakes.

use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::receiver::{HandshakePolicy, Incoming, PublicUrl, Received, Receiver, Receiving};
use countersign::{ErrorKind, Secret};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::cli::HandshakeArgs;
use super::forge::Forge;
use super::message::Message;

/// Returns the answer of a receiver that is configured like the one under test.
pub(super) async fn answer(forge: &Forge, args: &HandshakeArgs, message: &Message) -> Option<(u16, Bytes)> {
    let mut policy = HandshakePolicy::new();
    if args.echo {
        policy = policy.with_echo();
    }
    if let Some(token) = &args.verify_token {
        policy = policy.with_verify_token(Secret::new(token.as_str()).ok()?);
    }
    if let Some(origin) = &args.handshake_origin {
        policy = policy.with_allowed_origin(origin.as_str());
    }
    for (name, value) in &args.setting {
        policy = policy.with_setting(name, value);
    }
    let builder = Receiver::builder(forge.reference.clone()?).with_handshakes(policy);
    let url = PublicUrl::origin(forge.origin.as_str()).ok()?;
    let receiver = builder.with_public_url(url).build().ok()?;
    match Receiving::new(&receiver).run(Request::of(message)).await {
        Received::Handshake(response) => {
            let response = response.into_response();
            Some((response.status().as_u16(), response.into_body()))
        }
        _ => None,
    }
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
