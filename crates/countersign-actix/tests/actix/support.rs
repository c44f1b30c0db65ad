use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::test::{self, TestRequest};
use actix_web::{Error, web};
use countersign::providers::preflix;
use countersign::receiver::Receiver;
use countersign::{Secret, Signer, SigningRequest, UnixTime, Verifier};
use futures_util::{Stream, stream};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const SECRET: &str = "the endpoint's secret";
pub(crate) const BODY: &str = r#"{"id":"evt_1","type":"bill.created","data":{"bill_id":"bill_1"}}"#;

/// Returns a receiver of Preflix: hexadecimal signature and timestamp in headers, id and type in the body.
pub(crate) fn receiver() -> Receiver {
    let verifier = Verifier::new(&preflix::PROVIDER, Secret::new(SECRET).unwrap()).unwrap();
    Receiver::builder(verifier).with_clock(NOW).build().unwrap()
}

/// Returns `POST /hook` with this body, signed with the secret.
pub(crate) fn signed(body: impl Into<web::Bytes>) -> TestRequest {
    let body = body.into();
    signed_head(SECRET, &body).set_payload(body)
}

/// Returns the request without the body.
pub(crate) fn signed_head(secret: &str, body: &web::Bytes) -> TestRequest {
    let signer = Signer::new(&preflix::PROVIDER, Secret::new(secret).unwrap()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
    headers.iter().fold(TestRequest::post().uri("/hook"), |request, (name, value)| {
        request.insert_header((name.as_str(), value.as_bytes()))
    })
}

/// Returns status and body of the response. Fails if the service returns an error.
pub(crate) async fn send<B: MessageBody>(
    app: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    request: TestRequest,
) -> (u16, String) {
    let response = app.call(request.to_request()).await.expect("middleware answers");
    let status = response.status().as_u16();
    let body = test::read_body(response).await;
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// Returns the expected response to the sender.
pub(crate) fn problem(kind: &str, status: u16) -> (u16, String) {
    (status, format!(r#"{{"title":"{kind}","status":{status}}}"#))
}

/// Replaces the body by a stream, as a server does.
pub(crate) fn with_stream(
    mut req: ServiceRequest,
    chunks: impl Stream<Item = Result<web::Bytes, PayloadError>> + 'static,
) -> ServiceRequest {
    req.set_payload(Payload::Stream { payload: Box::pin(chunks) });
    req
}

/// Returns the chunks of a body.
pub(crate) fn chunks(
    chunks: &[&'static str],
) -> impl Stream<Item = Result<web::Bytes, PayloadError>> + use<> {
    let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(web::Bytes::from_static(chunk.as_bytes()))).collect();
    stream::iter(chunks)
}
