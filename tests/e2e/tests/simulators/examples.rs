//! Every event of the founding providers, in both modes and on both frameworks: the examples receive them.

use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign::{Provider, Secret};
use countersign_testkit::simulators::{ProviderSubscription, Simulator, SimulatorOptions, event_types};
use countersign_tests::programs::Example;
use serde_json::Value;

use crate::inbox::Setup;

const PROVIDERS: [&Provider; 4] =
    [&preflix::PROVIDER, &redpin::PROVIDER, &printprice::PROVIDER, &proxiant::PROVIDER];
const SECRET: &str = "whsec_cmVkcGluIHNlY3JldCwgMjQgYnl0ZXMhISE=";

fn secret_of(provider: &Provider) -> (String, &'static str) {
    (format!("{}_SECRET", provider.slug.to_uppercase()), SECRET)
}

/// Sends all events of a provider in both versions, if there are two. Returns their types.
fn play(provider: &'static Provider, addr: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let simulator = Simulator::new(provider, SimulatorOptions::new());
        let url = format!("http://{addr}/webhooks/{}", provider.slug);
        let subscription = || ProviderSubscription::new(&*url, Secret::new(SECRET).unwrap());
        simulator.subscribe(subscription()).unwrap();
        simulator.subscribe(subscription().only("event_version", "2")).unwrap();
        simulator.play().unwrap();
        simulator.run().await;
        // Operational events and tests are not part of the life of an entity.
        let sent: Vec<_> = simulator.attempts().iter().map(|attempt| attempt.event_type.clone()).collect();
        for event_type in event_types(&provider.slug) {
            if !sent.iter().any(|one| one == event_type) {
                simulator.publish_sample(event_type).unwrap();
            }
        }
        simulator.run().await;
        let attempts = simulator.attempts();
        assert!(attempts.iter().all(|attempt| attempt.outcome.is_acknowledged()), "{attempts:#?}");
        attempts.into_iter().map(|attempt| attempt.event_type).collect()
    })
}

#[test]
fn both_frameworks_handle_every_event_inline() {
    for name in ["example-axum", "example-actix"] {
        let secrets = PROVIDERS.map(secret_of);
        let variables = secrets.each_ref().map(|(name, secret)| (&**name, *secret));
        let example = Example::start(name, &variables).unwrap_or_else(|said| panic!("{name}: {said}"));
        for provider in PROVIDERS {
            let mut sent = play(provider, example.addr());
            let lines: Vec<Value> =
                sent.iter().map(|_| serde_json::from_str(&example.printed()).unwrap()).collect();
            let mut handled: Vec<_> =
                lines.iter().map(|line| line["event_type"].as_str().unwrap().to_owned()).collect();
            sent.sort();
            handled.sort();
            assert_eq!(handled, sent, "{name}");
            assert!(lines.iter().all(|line| line["variant"] != "Unknown"), "{name}: {lines:#?}");
        }
    }
}

#[test]
fn both_frameworks_handle_every_event_durably() {
    for name in ["example-inbox", "example-inbox-actix"] {
        for provider in PROVIDERS {
            let setup = Setup::with_file(name);
            let (variable, secret) = secret_of(provider);
            let example = setup.start(&[("PROVIDER", &provider.slug), (&variable, secret)]);
            let sent = play(provider, example.addr());
            let effects = setup.effects(sent.len());
            assert_eq!(effects.len(), sent.len(), "{name}: {}", provider.slug);
        }
    }
}
