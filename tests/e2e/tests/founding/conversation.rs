use std::collections::BTreeSet;

use actix_web::rt::System;
use countersign::Provider;
use countersign_inbox::inline::DUPLICATE;
use countersign_tests::Request;

use crate::apps::{Catalogue, Receiving, Seen, Way};
use crate::deliveries::{Example, receiver};

/// Sends every event of the catalogue in every way: forged, altered, genuine and once more.
pub(crate) fn hold<T: Catalogue>(provider: &'static Provider) {
    let examples = Example::all(provider);
    let shown: BTreeSet<_> = examples.iter().map(|example| &*example.event_type).collect();
    assert_eq!(shown, T::TAGS.iter().copied().collect(), "{}: an example of every event", provider.slug);
    System::with_tokio_rt(paused).block_on(async {
        for way in Way::ALL {
            let seen = Seen::<T>::default();
            let receiving = Receiving::start(way, receiver(provider), provider, seen.clone()).await;
            for (number, example) in examples.iter().enumerate() {
                let place = format!("{} {way:?}: {number} {}", provider.slug, example.event_type);
                let handled = |more| {
                    let all = examples[..number + more].iter().map(Example::data);
                    assert_eq!(seen.all(), all.collect::<Vec<T>>(), "{place}");
                };
                expect(&receiving, example.forged(), (401, false), &place).await;
                expect(&receiving, example.altered(), (401, false), &place).await;
                handled(0);
                expect(&receiving, example.genuine(), (200, false), &place).await;
                handled(1);
                expect(&receiving, example.genuine(), (200, true), &place).await;
                handled(1);
            }
        }
    });
}

/// Sends a request, and compares the status, and whether the response calls it a duplicate of what is done.
async fn expect(receiving: &Receiving, request: Request, expected: (u16, bool), place: &str) {
    let answer = receiving.ask(request).await;
    let is_duplicate = answer.headers.get(DUPLICATE).is_some_and(|reason| reason == "done");
    assert_eq!((answer.status, is_duplicate), expected, "{place}: {answer:?}");
}

/// Creates a runtime with time that passes only when all tasks wait.
fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}
