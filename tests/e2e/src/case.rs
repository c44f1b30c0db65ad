use bytes::Bytes;
use countersign::receiver::Receiver;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Answer, Expected, Reply, Request, Sender};

/// A request, and the response that every framework must give.
pub struct Case {
    /// The sender, and the distinctive feature of the request.
    pub name: String,
    /// The sender.
    pub sender: &'static Sender,
    /// The request.
    pub request: Request,
    /// The receiver.
    pub receiver: Receiver,
    /// The expected response.
    pub expected: Expected,
}

impl Case {
    /// Creates a request to the receiver of its sender.
    #[must_use]
    pub fn new(what: &str, sender: &'static Sender, request: Request, expected: Expected) -> Self {
        let name = format!("{}: {what}", sender.provider.slug);
        Self { name, sender, request, receiver: sender.receiver(), expected }
    }

    /// Changes the receiver.
    #[must_use]
    pub fn with_receiver(mut self, change: impl FnOnce(Receiver) -> Receiver) -> Self {
        self.receiver = change(self.receiver);
        self
    }

    /// Checks a response.
    ///
    /// # Errors
    ///
    /// The expected and the actual response.
    pub fn check(&self, answer: &Answer) -> Result<(), String> {
        if let Some(secret) = self.leaked(answer) {
            return Err(format!("the answer gives away {secret:?}: {answer:?}"));
        }
        let expected = match self.expected {
            Expected::Handled { id, event_type, variant, key } => {
                let (provider, length) = (&self.sender.provider.slug, self.request.bytes().len());
                let id_signed = id.is_some() && self.sender.id_signed;
                let reply = Reply::new(provider, [id, event_type, variant], id_signed, key, length);
                Answer::new(200, headers([(CONTENT_TYPE.as_str(), Reply::CONTENT_TYPE)]), reply.to_bytes())
            }
            Expected::Rejected { status, kind, header } => {
                // The form that the provider requires.
                let style = &self.sender.provider.responses;
                let status = style.rejected.filter(|_| matches!(status, 400 | 401)).unwrap_or(status);
                let content_type =
                    (!style.empty).then_some((CONTENT_TYPE.as_str(), "application/problem+json"));
                let asks = status == 401 && !style.authenticate.is_empty();
                let asked = asks.then_some((WWW_AUTHENTICATE.as_str(), &*style.authenticate));
                let body = if style.empty {
                    String::new()
                } else {
                    format!(r#"{{"title":"{kind}","status":{status}}}"#)
                };
                let headers = headers([content_type, asked, header].into_iter().flatten());
                Answer::new(status, headers, body.into())
            }
            Expected::Own { status, header, body } => {
                Answer::new(status, headers([header]), Bytes::from_static(body.as_bytes()))
            }
            Expected::Routed(status) if answer.status == status => return Ok(()),
            Expected::Routed(status) => return Err(format!("expected status {status}, got {answer:?}")),
        };
        if *answer == expected {
            Ok(())
        } else {
            Err(format!("expected {expected:?}\n       got {answer:?}"))
        }
    }

    /// Returns a secret or signature that the response contains, if any.
    fn leaked(&self, answer: &Answer) -> Option<String> {
        let keys = [self.sender.keys.new, self.sender.keys.old];
        let signatures = self.request.headers.get_all(self.sender.signature).iter();
        let secrets = signatures.filter_map(|value| value.to_str().ok()).chain(keys);
        let shown = format!("{answer:?}");
        secrets.filter(|secret| !secret.is_empty()).find(|secret| shown.contains(secret)).map(str::to_owned)
    }
}

fn headers<'h>(headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> HeaderMap {
    let parsed = |(name, value): (&str, &str)| {
        (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
    };
    headers.into_iter().map(parsed).collect()
}
