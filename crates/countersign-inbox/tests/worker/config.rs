use std::time::Duration;

use countersign::{ConfigError, Delivery, EventCatalog};
use countersign_inbox::{Backoff, CircuitBreaker, Context, Durability, Endpoint, Inbox, InboxBuilder};
use serde::Deserialize;

use crate::support::{Audited, Store, builder, nothing, source, verifier};

#[derive(Debug, Deserialize, EventCatalog)]
#[event("audit.completed")]
struct Again {}

async fn again(_: countersign::Event<Again>, _: Context) {}

async fn delivery(_: Delivery, _: Context) {}

fn refused(builder: InboxBuilder) -> String {
    let error: ConfigError = builder.start_working().unwrap_err();
    error.to_string()
}

fn with(source: Endpoint) -> InboxBuilder {
    builder(&Store::new(), source)
}

#[tokio::test]
async fn what_cannot_work_is_refused_with_the_cure() {
    let (second, zero) = (Duration::from_secs(1), Duration::ZERO);
    let good = || with(source(nothing));
    let cases = [
        ("no endpoint", Inbox::builder(Store::new()), "`endpoints`: an inbox without endpoints"),
        (
            "two handlers for a type",
            with(source(nothing).on::<Again>(again)),
            "`audit.completed` has two handlers",
        ),
        ("two endpoints of a name", good().with_endpoint(source(nothing)), "two endpoints of this name"),
        ("no name", with(Endpoint::new("", verifier("a")).on::<Audited>(nothing)), "an endpoint has a name"),
        (
            "a malformed ordering key",
            with(source(nothing).with_ordering_key("data/job/id")),
            "`endpoint.audits.ordering_key`: column 1: `data/job/id` is a path with dots and slashes",
        ),
        (
            "a malformed ordering key of a subscription",
            with(
                Endpoint::new("audits", verifier("a")).with_subscription(
                    countersign_inbox::Subscription::new("billing")
                        .on::<Audited>(nothing)
                        .with_ordering_key("/data/~2"),
                ),
            ),
            "`endpoint.audits/billing.ordering_key`",
        ),
        ("no place", with(source(nothing).with_concurrency(0)), "a concurrency of 0"),
        ("no time", with(source(nothing).with_timeout(zero)), "a timeout of 0"),
        (
            "no attempts within a minute",
            with(source(nothing).with_rate_limit(0, second)),
            "pause the endpoint",
        ),
        ("too many attempts", with(source(nothing).with_rate_limit(100_001, second)), "a shorter period"),
        ("no period", with(source(nothing).with_rate_limit(1, zero)), "the period of a rate limit"),
        (
            "a period below 1 ms",
            with(source(nothing).with_rate_limit(1, Duration::from_micros(500))),
            "name whole ones",
        ),
        (
            "a fraction of 1 ms",
            with(source(nothing).with_rate_limit(1, Duration::from_nanos(1_500_001_000))),
            "name whole ones",
        ),
        ("no failures", with(source(nothing).with_circuit_breaker(CircuitBreaker::after(0))), "1 at least"),
        (
            "no pause of the circuit",
            with(source(nothing).with_circuit_breaker(CircuitBreaker::after(1).with_pause(zero))),
            "the pause of a circuit breaker",
        ),
        ("a short lease", good().with_lease(second / 21), "`lease`: is below 50 ms"),
        ("a long lease", good().with_lease(second * 100_000), "`lease`: is above 1 day"),
        ("no pause", good().with_backoff(Backoff::new(zero, second)), "`backoff.base`"),
        ("a low cap", good().with_backoff(Backoff::new(second * 2, second)), "`backoff.cap`"),
        ("no attempts", good().with_max_attempts(0), "`max_attempts`"),
        ("no age", good().with_max_age(zero), "`max_age`"),
        (
            "no attempts of an endpoint",
            with(source(nothing).with_max_attempts(0)),
            "`endpoint.audits.max_attempts`",
        ),
        ("no age of an endpoint", with(source(nothing).with_max_age(zero)), "`endpoint.audits.max_age`"),
        (
            "a low cap of an endpoint",
            with(source(nothing).with_backoff(Backoff::new(second * 2, second))),
            "`endpoint.audits.backoff.cap`",
        ),
        (
            "a list of no types",
            with(source(nothing).with_types([""; 0])),
            "`endpoint.audits.types`: without a type, no delivery would be stored",
        ),
        ("an open beginning", with(source(nothing).with_types(["*.completed"])), "only the end of a type"),
        ("everything", with(source(nothing).with_types(["*"])), "selects nothing or everything"),
        (
            "a misspelt type",
            with(source(nothing).with_types(["audit.*", "audti.*"])),
            "`endpoint.audits.types`: `audti.*` selects no type that has a handler",
        ),
        (
            "a condition with a mistake",
            with(source(nothing).with_filter("large", "data.amount => 1000").with_filter("b", "(")),
            "`endpoint.audits.filter.large`: column 13: `=>` is no comparison: there are `==`, `!=`, `<`, `<=`, `>` and \
             `>=`; the filter is `data.amount => 1000`",
        ),
        (
            "two filters of a name",
            with(source(nothing).with_filter("a", "x == 1").with_filter("a", "x == 2")),
            "`endpoint.audits.filter.a`: deliveries that a filter leaves out are counted under its name",
        ),
        (
            "a filter without a name",
            with(source(nothing).with_filter("", "x == 1")),
            "counted under its name",
        ),
        ("a name of ours", with(source(nothing).with_filter("types", "x == 1")), "counted under its name"),
        (
            "nothing sampled",
            with(source(nothing).with_sampling(0.0)),
            "`endpoint.audits.sampling`: the share",
        ),
        ("too much sampled", with(source(nothing).with_sampling(1.1)), "above 0 and at most 1"),
        ("no share", with(source(nothing).with_sampling(f64::NAN)), "above 0 and at most 1"),
    ];
    for (name, builder, expected) in cases {
        let error = refused(builder);
        assert!(error.contains(expected), "{name}: {error}");
    }
    assert!(good().with_lease(second / 20).start_working().is_ok());
    let other = || Endpoint::new("audits", verifier("a")).otherwise(delivery);
    assert!(with(other()).start_working().is_ok());
    assert!(with(other().with_types(["price.*"]).with_sampling(1.0)).start_working().is_ok());
    let misspelt =
        with(source(nothing).with_filter("a", "x = 1")).insecure_allow_durability(Durability::Memory);
    assert!(
        misspelt.start_accepting().unwrap_err().to_string().contains("write `==`"),
        "acceptors check it, too"
    );
}

#[tokio::test]
async fn a_process_accepts_or_works_in_one_call() {
    let without_handlers = || [Endpoint::new("audits", verifier("a"))];
    let error = Inbox::start_working(Store::new(), without_handlers()).unwrap_err().to_string();
    assert!(error.contains("has no handlers") && error.contains("`start_accepting`"), "{error}");
    let error = Inbox::start_accepting(Store::new(), without_handlers()).unwrap_err();
    assert_eq!(error.field(), "store", "of its checks, only that of the store's durability fails");
    let works = Inbox::start_working(Store::new(), [source(nothing)]).unwrap();
    let error = works.acceptor("audits").unwrap_err().to_string();
    assert!(error.contains("was started with `start_working`"), "{error}");
}

#[tokio::test]
async fn a_selection_of_types_on_a_declaration_without_one_is_refused_with_the_cure() {
    for provider in countersign::providers::all() {
        let Ok(verifier) = countersign::Verifier::keyless(provider) else { continue };
        let selected = Endpoint::new("audits", verifier).otherwise(delivery).with_types(["invoice.*"]);
        match (&provider.event.event_type, with(selected).start_working()) {
            (Some(_), Ok(_)) => {}
            (None, Err(error)) => {
                let error = error.to_string();
                assert!(error.contains("`with_filter`") && error.contains("with_event_type"), "{error}");
            }
            (declared, built) => panic!("{}: {declared:?}, {built:?}", provider.slug),
        }
    }
}

#[tokio::test]
async fn a_handler_of_types_on_a_declaration_without_one_is_refused_with_the_cure() {
    for provider in countersign::providers::all() {
        let Ok(verifier) = countersign::Verifier::keyless(provider) else { continue };
        let typed = with(Endpoint::new("audits", verifier.clone()).on::<Audited>(nothing)).start_working();
        match (&provider.event.event_type, typed) {
            (Some(_), Ok(_)) => {}
            (None, Err(error)) => {
                let error = error.to_string();
                assert!(error.contains("`otherwise`") && error.contains("with_event_type"), "{error}");
            }
            (declared, built) => panic!("{}: {declared:?}, {built:?}", provider.slug),
        }
        assert!(
            with(Endpoint::new("audits", verifier).otherwise(delivery)).start_working().is_ok(),
            "{}",
            provider.slug
        );
    }
}

#[test]
fn a_worker_and_its_handle_can_be_sent_and_shown() {
    fn is_send<T: Send + Sync + std::fmt::Debug>() {}
    is_send::<Inbox>();
    is_send::<InboxBuilder>();
    is_send::<Endpoint>();
    is_send::<countersign_inbox::Health>();
    is_send::<Context>();
}
