use std::fmt;
use std::future::{Ready, ready};
use std::ops::Deref;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use bytes::Bytes;
use countersign::EventCatalog;
use countersign::receiver::Receiver;

use crate::ExtractError;

/// The verified delivery, as a handler argument: id, type, timestamp, key, raw body.
///
/// ```
/// use countersign_actix::Delivery;
///
/// async fn handle(delivery: Delivery) -> String {
///     let id = delivery.id().map_or("none", |id| id.as_str());
///     format!("{id}, signed with {}", delivery.key())
/// }
/// # actix_web::web::post().to(handle);
/// ```
#[derive(Clone, Debug)]
pub struct Delivery(countersign::Delivery);

impl Delivery {
    /// Returns the delivery of the core crate.
    #[must_use]
    pub fn into_inner(self) -> countersign::Delivery {
        self.0
    }
}

impl Deref for Delivery {
    type Target = countersign::Delivery;

    fn deref(&self) -> &countersign::Delivery {
        &self.0
    }
}

impl FromRequest for Delivery {
    type Error = ExtractError;
    type Future = Ready<Result<Self, ExtractError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(req, "Delivery").map(Self))
    }
}

/// The typed event, as a handler argument. Data that does not fit its type is answered with 422.
///
/// ```
/// use countersign::providers::preflix;
/// use countersign_actix::Event;
///
/// async fn handle(event: Event<preflix::Event>) -> &'static str {
///     match event.data {
///         preflix::Event::AuditCompleted(audit) => { /* fetch audit.report_id */ }
///         // A type without a variant is not an error: a status other than 2xx would cause a retry.
///         _ => {}
///     }
///     "thank you"
/// }
/// # actix_web::web::post().to(handle);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event<T> {
    /// The data, decoded into the variant for its type.
    pub data: T,
    /// The verified delivery: id, type, timestamp, key, raw body.
    pub delivery: countersign::Delivery,
}

impl<T> Event<T> {
    /// Returns the event of the core crate.
    #[must_use]
    pub fn into_inner(self) -> countersign::Event<T> {
        countersign::Event { data: self.data, delivery: self.delivery }
    }
}

impl<T: EventCatalog> FromRequest for Event<T> {
    type Error = ExtractError;
    type Future = Ready<Result<Self, ExtractError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(req, "Event").and_then(|delivery| {
            countersign::Event::decode(delivery)
                .map(|countersign::Event { data, delivery }| Self { data, delivery })
                .map_err(|error| {
                    let receiver =
                        req.extensions().get::<Rc<Receiver>>().map(|shared| Receiver::clone(shared));
                    ExtractError::decode(error, receiver)
                })
        }))
    }
}

/// The verified bytes of the body, not decompressed, as a handler argument.
///
/// ```
/// use countersign_actix::RawBody;
///
/// async fn handle(body: RawBody) -> String {
///     format!("{} bytes", body.len())
/// }
/// # actix_web::web::post().to(handle);
/// ```
#[derive(Clone)]
pub struct RawBody(Bytes);

impl fmt::Debug for RawBody {
    /// Shows the length only: the body may contain anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBody").field("bytes", &self.0.len()).finish()
    }
}

impl RawBody {
    /// Returns the bytes.
    #[must_use]
    pub fn into_inner(self) -> Bytes {
        self.0
    }
}

impl Deref for RawBody {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.0
    }
}

impl FromRequest for RawBody {
    type Error = ExtractError;
    type Future = Ready<Result<Self, ExtractError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(req, "RawBody").map(|delivery| Self(delivery.body().clone())))
    }
}

/// Returns the delivery that the middleware stored, for `extractor`.
fn verified(req: &HttpRequest, extractor: &str) -> Result<countersign::Delivery, ExtractError> {
    let found = req.extensions().get::<countersign::Delivery>().cloned();
    found.ok_or_else(|| ExtractError::not_installed(extractor, req, NOT_INSTALLED))
}

const NOT_INSTALLED: &str =
    "no verified delivery on this route: is `VerifyWebhook` installed on this app, scope or resource?";
