//! Signs requests as their declaration specifies.

use bytes::Bytes;
use countersign::scheme::TimestampFormat;
use countersign::{Secret, Signer, SigningRequest, UnixTime};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};

use crate::clock::rfc3339;
use crate::sender::FORM;
use crate::{Dated, Request, Sender};

/// The parameters of a signature.
pub(crate) struct Signing<'s> {
    pub(crate) sender: &'s Sender,
    pub(crate) body: &'s [u8],
    pub(crate) at: UnixTime,
    pub(crate) secret: &'s str,
    /// The public origin.
    pub(crate) origin: &'s str,
    /// Path and query.
    pub(crate) target: String,
}

impl Signing<'_> {
    pub(crate) fn request(self) -> Request {
        let slug = &self.sender.provider.slug;
        self.try_request().unwrap_or_else(|problem| panic!("{slug}: {problem}"))
    }

    /// Signs the request.
    ///
    /// The error of the signer.
    pub(crate) fn try_request(self) -> Result<Request, String> {
        let provider = self.sender.provider;
        let mut body = self.fill(self.body, "{time}", &self.time());
        let secret = Secret::new(self.secret).unwrap();
        let signer = Signer::new(provider, secret).map_err(|error| error.to_string())?;
        let signing = self.signing(&body);
        let mut headers = signer.sign(&signing).map_err(|error| error.to_string())?;
        if signer.is_in_body() {
            let signature = signer.signature(&signing).map_err(|error| error.to_string())?;
            body = self.fill(&body, "{signature}", &signature);
        }
        headers.extend(self.sender.headers.iter().map(header));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.sender.content_type));
        Ok(Request::post(self.target, headers, body))
    }

    fn signing(&self, body: &Bytes) -> SigningRequest {
        let url = format!("{}{}", self.origin, self.target);
        let mut signing = SigningRequest::new(body.clone(), self.at).with_url(url);
        if let Some(id) = self.sender.event.id {
            signing = signing.with_id(id);
        }
        if let Some(event_type) = self.sender.event.event_type {
            signing = signing.with_event_type(event_type);
        }
        let others = self.sender.headers.iter().map(header);
        others.fold(signing, |signing, (name, value)| signing.with_header(name, value))
    }

    /// Returns the body with a value at the place in the event. Bodies outside UTF-8 have no such place.
    fn fill(&self, body: &[u8], place: &str, value: &str) -> Bytes {
        let Ok(text) = std::str::from_utf8(body) else { return Bytes::copy_from_slice(body) };
        if self.sender.content_type == FORM {
            let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            return text.replace(place, &encoded).into();
        }
        text.replace(place, value).into()
    }

    /// Returns the time in the notation of the body.
    fn time(&self) -> String {
        let dated_by_body =
            self.sender.dating.as_ref().is_some_and(|dating| matches!(dating.at, Dated::InBody));
        match &self.sender.provider.scheme.timestamp {
            Some(field) if dated_by_body => match field.format {
                TimestampFormat::Seconds => self.at.as_secs().to_string(),
                TimestampFormat::Milliseconds => self.at.as_millis().to_string(),
                _ => rfc3339(self.at),
            },
            _ => rfc3339(self.at),
        }
    }
}

fn header((name, value): &(&'static str, &'static str)) -> (HeaderName, HeaderValue) {
    (HeaderName::from_static(name), HeaderValue::from_static(value))
}
