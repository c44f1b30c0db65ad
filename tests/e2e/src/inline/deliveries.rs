use bytes::Bytes;
use countersign::providers::{self, preflix};
use countersign::receiver::{Receiver, Tenant};
use countersign::{Delivery, Head, Secret, Signer, SigningRequest, Verifier};

use crate::{NOW, Request};

/// Returns a request of Preflix, whose ids are signed. [`ANONYMOUS`] stands for no id.
pub fn preflix(id: &str, marker: &str) -> Request {
    let id = if id == ANONYMOUS { String::new() } else { format!(r#""id":"{id}","#) };
    let body = Bytes::from(format!(r#"{{{id}"type":"audit.started","data":{{"bill_id":"{marker}"}}}}"#));
    let signer = Signer::new(&preflix::PROVIDER, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
    Request::post(PATH, headers, body)
}

/// Returns a request of GitHub, whose ids are not signed.
pub fn github(id: &str, body: &'static str) -> Request {
    let signer = Signer::new(&providers::GITHUB, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body, NOW).with_id(id)).unwrap();
    Request::post(PATH, headers, Bytes::from_static(body.as_bytes())).with("x-github-delivery", id)
}

/// Returns a receiver for [`preflix()`].
pub fn preflix_receiver() -> Receiver {
    Receiver::builder(Verifier::new(&preflix::PROVIDER, secret()).unwrap()).with_clock(NOW).build().unwrap()
}

/// Returns a receiver for [`github`].
pub fn github_receiver() -> Receiver {
    Receiver::builder(Verifier::new(&providers::GITHUB, secret()).unwrap()).with_clock(NOW).build().unwrap()
}

/// Returns the verified delivery of [`preflix()`].
#[must_use]
pub fn verified(request: &Request) -> Delivery {
    let verifier = Verifier::new(&preflix::PROVIDER, secret()).unwrap();
    verifier.verify(&Head::new(&request.headers), request.bytes(), NOW).unwrap()
}

/// Returns the delivery of a request to this tenant.
pub async fn verified_for(tenant: &'static str, request: &Request) -> Delivery {
    let find = move |_| async move { Ok(Some(Tenant::new(tenant, secret()))) };
    let receiver =
        Receiver::builder(Verifier::keyless(&preflix::PROVIDER).unwrap()).with_tenants(find).build().unwrap();
    receiver.verify_stored("POST", PATH, &request.headers, request.bytes(), NOW).await.unwrap()
}

fn secret() -> Secret {
    Secret::new("a secret of the endpoint").unwrap()
}

/// The id of a delivery without one.
pub const ANONYMOUS: &str = "";
pub(super) const PATH: &str = "/webhooks/hook";
