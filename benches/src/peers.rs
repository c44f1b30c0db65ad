//! Other crates, used according to their documentation, on the same requests.
//!
//! Their verifiers are created once if possible. Extracting a signature from a header is part of the work.

use std::hint::black_box;

use bytes::Bytes;
use countersign::UnixTime;
use octocrab::models::webhook_events::verification::WebhookVerifier;
use webhook_verify::{Provider, Secret, VerifyOptions};

use crate::operation::Operation;
use crate::ours::{GITHUB, STANDARD_WEBHOOKS, STRIPE};
use crate::sample::{Sample, Sender};

/// Returns all operations. The crates read the system clock, so `now` must be the present time.
#[must_use]
pub fn all(body: &Bytes, now: UnixTime) -> Vec<Operation> {
    let sample = |slug| Sender::find(slug).unwrap().sign(body.clone(), now);
    vec![
        svix(sample(STANDARD_WEBHOOKS)),
        svix_without_clock(sample(STANDARD_WEBHOOKS)),
        standardwebhooks(sample(STANDARD_WEBHOOKS)),
        webhook_verify(STANDARD_WEBHOOKS, Provider::StandardWebhooks, sample(STANDARD_WEBHOOKS)),
        webhook_verify(GITHUB, Provider::GitHub, sample(GITHUB)),
        webhook_verify(STRIPE, Provider::Stripe, sample(STRIPE)),
        octocrab(sample(GITHUB)),
    ]
}

/// Returns the operations of crates that accept lists of signatures, on a list of this length whose last item is right.
#[must_use]
pub fn lists(count: usize, body: &Bytes, now: UnixTime) -> Vec<Operation> {
    let sample = |slug| Sender::find(slug).unwrap().sign_last_of(count, body.clone(), now);
    vec![
        svix(sample(STANDARD_WEBHOOKS)),
        standardwebhooks(sample(STANDARD_WEBHOOKS)),
        webhook_verify(STANDARD_WEBHOOKS, Provider::StandardWebhooks, sample(STANDARD_WEBHOOKS)),
        webhook_verify(STRIPE, Provider::Stripe, sample(STRIPE)),
    ]
}

fn svix(sample: Sample) -> Operation {
    let webhook = svix::webhooks::Webhook::new(&secret(STANDARD_WEBHOOKS)).unwrap();
    let work = move || webhook.verify(black_box(&sample.body), black_box(&sample.headers)).unwrap();
    Operation::new("svix 2.9.1 verify", work).against(STANDARD_WEBHOOKS)
}

fn svix_without_clock(sample: Sample) -> Operation {
    let webhook = svix::webhooks::Webhook::new(&secret(STANDARD_WEBHOOKS)).unwrap();
    let work = move || {
        webhook.verify_ignoring_timestamp(black_box(&sample.body), black_box(&sample.headers)).unwrap();
    };
    Operation::new("svix 2.9.1 verify_ignoring_timestamp", work).against(STANDARD_WEBHOOKS)
}

fn standardwebhooks(sample: Sample) -> Operation {
    let webhook = standardwebhooks::Webhook::new(&secret(STANDARD_WEBHOOKS)).unwrap();
    let work = move || webhook.verify(black_box(&sample.body), black_box(&sample.headers)).unwrap();
    Operation::new("standardwebhooks 1.0.1", work).against(STANDARD_WEBHOOKS)
}

fn webhook_verify(slug: &'static str, provider: Provider, sample: Sample) -> Operation {
    let secret = Secret::new(secret(slug));
    let work = move || {
        let (headers, body) = (black_box(&sample.headers), black_box(&sample.body));
        webhook_verify::verify(provider, headers, body, &secret, VerifyOptions::default()).unwrap();
    };
    Operation::new(format!("webhook-verify 0.1.0 {slug}"), work).against(slug)
}

fn octocrab(sample: Sample) -> Operation {
    let verifier = WebhookVerifier::new(secret(GITHUB));
    let work = move || {
        let signature = black_box(&sample.headers).get("x-hub-signature-256").unwrap().to_str().unwrap();
        verifier.verify(signature, black_box(&sample.body)).unwrap();
    };
    Operation::new("octocrab 0.54.9", work).against(GITHUB)
}

fn secret(slug: &str) -> String {
    Sender::find(slug).unwrap().secret()
}
