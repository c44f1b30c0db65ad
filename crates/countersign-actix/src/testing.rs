//! Only for actix-web, which has types of its own for requests of tests.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use countersign::SignedRequest;

/// Turns a signed request into one of `actix_web::test`: what [`SignedRequest::into_http`] is for a tower service.
///
/// ```
/// use actix_web::{App, HttpResponse, test, web};
/// use countersign::receiver::Receiver;
/// use countersign::{Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
/// use countersign_actix::{SignedRequestExt, VerifyWebhook};
///
/// const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::new(&providers::STRIPE, Secret::new("whsec_test")?)?;
/// let verify = VerifyWebhook::try_new(Receiver::builder(verifier).with_clock(NOW).build()?)?;
/// let hook = web::resource("/hook").wrap(verify).route(web::post().to(HttpResponse::Ok));
/// let app = test::init_service(App::new().service(hook)).await;
///
/// let sent = SigningRequest::new(r#"{"id":"evt_1","type":"invoice.paid"}"#, NOW).with_url("/hook");
/// for (secret, status) in [("whsec_test", 200), ("whsec_other", 401)] {
///     let signer = Signer::new(&providers::STRIPE, Secret::new(secret)?)?;
///     let request = signer.sign_request(&sent)?.into_test_request()?;
///     assert_eq!(test::call_service(&app, request.to_request()).await.status(), status);
/// }
/// # Ok(())
/// # }
/// ```
pub trait SignedRequestExt {
    /// Returns a request with the method, the URL, the headers and the body. Without a URL its target is `/`.
    ///
    /// # Errors
    ///
    /// [`http::Error`] if the method or the URL is malformed.
    fn into_test_request(self) -> Result<TestRequest, http::Error>;
}

impl SignedRequestExt for SignedRequest {
    fn into_test_request(self) -> Result<TestRequest, http::Error> {
        // actix has types of its own for the same grammar: what `http` accepts is not refused below.
        let (parts, body) = self.into_http()?.into_parts();
        let method = Method::from_bytes(parts.method.as_str().as_bytes()).unwrap_or_default();
        let mut request = TestRequest::with_uri(&parts.uri.to_string()).method(method);
        for (name, value) in &parts.headers {
            request = request.append_header((name.as_str(), value.as_bytes()));
        }
        Ok(request.set_payload(body))
    }
}
