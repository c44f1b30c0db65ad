//! Sample events of the whole catalogue: each is signed, sent nowhere, and verified.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../../../crates/countersign/tests/common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "only the keys and the parameters are used here")]
mod fixtures;

use std::error::Error;

use actix_web::http::StatusCode;
use actix_web::test::{call_service, init_service};
use actix_web::{App, HttpResponse, web};
use countersign::receiver::Receiver;
use countersign::scheme::Location;
use countersign::{Delivery, Head, Provider, Signer, UnixTime, Verifier, providers};
use countersign_actix::{SignedRequestExt, VerifyWebhook};
use countersign_testkit::simulators::Sample;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const ORIGIN: &str = "https://hooks.example.com";

#[test]
fn every_provider_of_the_catalogue_has_a_sample_event_that_verifies_with_its_id_and_type() {
    let problems: Vec<_> = providers::all()
        .filter_map(|provider| check(provider).err().map(|problem| format!("{}: {problem}", provider.slug)))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[actix_web::test]
async fn the_sample_of_every_provider_reaches_a_handler_of_actix_as_a_test_request() {
    let mut problems = Vec::new();
    for provider in providers::all() {
        match status_in_actix(&fixtures::complete(provider)).await {
            Ok(StatusCode::OK) => {}
            other => problems.push(format!("{}: {other:?}", provider.slug)),
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

/// Returns the response to a signed sample of the provider.
async fn status_in_actix(provider: &Provider) -> Result<StatusCode, Box<dyn Error>> {
    let (private, public) = fixtures::keys(provider);
    let signer = Signer::new(provider.clone(), private)?;
    let receiver = Receiver::builder(Verifier::new(provider.clone(), public)?).with_clock(NOW);
    // Refused where the declaration signs no URL.
    let with_url = receiver.clone().with_public_url(ORIGIN).build();
    let verify = VerifyWebhook::try_new(with_url.or_else(|_| receiver.build())?)?;
    let hook = web::resource("/in").wrap(verify).to(async |_: Delivery| HttpResponse::Ok().finish());
    let app = init_service(App::new().service(hook)).await;
    let sample = Sample::new(provider, Sample::default_event_type(provider)).with_id("evt-77");
    let request = sample.message(NOW)?.sign(&signer, &format!("{ORIGIN}/in?x=1"), NOW)?;
    let request = request.into_test_request()?.to_request();
    Ok(call_service(&app, request).await.status())
}

/// Checks each event with a realistic body, and one with a minimal one.
fn check(original: &Provider) -> Result<(), String> {
    let provider = fixtures::complete(original);
    let minimal = match Sample::default_event_type(&provider) {
        default if default == "sample.created" => "parcel.delivered".to_owned(),
        fixed => fixed,
    };
    let realistic = Sample::event_types(&provider).into_iter().map(str::to_owned);
    realistic.chain([minimal]).try_for_each(|event_type| check_event(&provider, &event_type))
}

fn check_event(provider: &Provider, event_type: &str) -> Result<(), String> {
    let (private, public) = fixtures::keys(provider);
    let signer = Signer::new(provider.clone(), private).map_err(|error| error.to_string())?;
    let verifier = Verifier::new(provider.clone(), public).map_err(|error| error.to_string())?;
    let sample = Sample::new(provider, event_type).with_id("evt-77");
    let message = sample.message(NOW).map_err(|error| error.to_string())?;
    let url = format!("{ORIGIN}/in?x=1");
    let request = message.sign(&signer, &url, NOW).map_err(|error| format!("sign: {error}"))?;
    let url = request.url.clone().unwrap();
    let target = url.strip_prefix(ORIGIN).unwrap();
    let head = Head::new(&request.headers).with_method("POST").with_target(target).with_url(&url);
    let shown = String::from_utf8_lossy(&request.body).into_owned();
    let delivery =
        verifier.verify(&head, request.body, NOW).map_err(|error| format!("verify: {error}: {shown}"))?;
    let is = |found: Option<String>, expected: &str, at: &Option<Location>| {
        let fits = at.is_none() || found.as_deref() == Some(expected);
        if fits { Ok(()) } else { Err(format!("expected {expected}, found {found:?}: {shown}")) }
    };
    is(delivery.id().map(|id| id.as_str().to_owned()), "evt-77", &provider.event.id)?;
    is(delivery.event_type().map(|found| found.as_str().to_owned()), event_type, &provider.event.event_type)
}
