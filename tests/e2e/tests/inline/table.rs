//! The responses to all situations, for axum, plain tower and actix, with the middleware in all positions.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::{self, System};
use countersign::providers;
use countersign_inbox::inline::{Deduplicator, DeduplicatorBuilder, MissingId};
use countersign_inbox::{DedupeStore, IdentityPolicy, UnsignedIds};
use countersign_tests::Request;
use countersign_tests::inline::{
    ANONYMOUS, App, Does, Fault, Faulty, HANDLED, Handler, Op, Stack, github, github_receiver, preflix,
    preflix_receiver, stacks,
};
use http::{Response, StatusCode};

use crate::support::{Short, builder, paused, short};

/// A sequence of deliveries.
struct Case {
    name: &'static str,
    configure: fn(DeduplicatorBuilder) -> DeduplicatorBuilder,
    /// The actions of the handler, by run.
    plan: &'static [Does],
    steps: &'static [Step],
}

#[derive(Clone, Copy)]
enum Step {
    /// A delivery by its id, and its response.
    Send(&'static str, Expected),
    /// A delivery with another body.
    SendOther(&'static str, Expected),
    /// A delivery whose handler keeps running.
    Begin(&'static str),
    /// The running handler ends, and the delivery is answered.
    End(Expected),
    Meet(Op, Fault, usize),
    GoDown,
    Heal,
    /// All background tasks have ended.
    Settle,
    /// The number of started runs of the handler.
    Runs(usize),
}

use Step::{Begin, End, GoDown, Heal, Meet, Runs, Send, SendOther, Settle};

type Expected = (u16, Option<&'static str>, Option<u64>);

const OK: Expected = (200, None, None);
const DONE: Expected = (200, Some("done"), None);
const FAILED: Expected = (500, None, None);
const LATER: Expected = (503, None, Some(5));

const CASES: &[Case] = &[
    Case {
        name: "new: the handler runs, and its 2xx is relayed; after that, duplicates are told so",
        configure: |builder| builder,
        plan: &[Does::Answer(202)],
        steps: &[
            Send("a", (202, None, None)),
            Send("a", DONE),
            SendOther("a", DONE),
            Runs(1),
            Send("b", OK),
            Runs(2),
        ],
    },
    Case {
        name: "a duplicate of what is being handled comes again",
        configure: |builder| builder,
        plan: &[Does::Wait(200)],
        steps: &[Begin("a"), Send("a", LATER), SendOther("a", LATER), End(OK), Send("a", DONE), Runs(1)],
    },
    Case {
        name: "no later than the end of the lease",
        configure: |builder| builder.with_lease(Duration::from_millis(1500)),
        plan: &[Does::Wait(200)],
        steps: &[Begin("a"), Send("a", (503, None, Some(2))), End(OK)],
    },
    Case {
        name: "or when it was told to",
        configure: |builder| builder.with_retry_after(Duration::from_secs(20)),
        plan: &[Does::Wait(200)],
        steps: &[Begin("a"), Send("a", (503, None, Some(20))), End(OK)],
    },
    Case {
        name: "what failed is handled again, whatever it said",
        configure: |builder| builder,
        plan: &[
            Does::Answer(500),
            Does::Answer(503),
            Does::Answer(599),
            Does::Answer(400),
            Does::Answer(409),
            Does::Answer(302),
            Does::Answer(304),
        ],
        steps: &[
            Send("a", FAILED),
            Send("a", (503, None, None)),
            Send("a", (599, None, None)),
            // Providers would not retry after the handler's own status.
            Send("a", FAILED),
            Send("a", FAILED),
            Send("a", FAILED),
            Send("a", FAILED),
            Send("a", OK),
            Send("a", DONE),
            Runs(8),
        ],
    },
    Case {
        name: "a 4xx that is permanent is relayed, and not handled again",
        configure: |builder| builder.with_permanent_statuses([StatusCode::UNPROCESSABLE_ENTITY]),
        plan: &[Does::Answer(400), Does::Answer(422)],
        steps: &[Send("a", FAILED), Send("a", (422, None, None)), Send("a", DONE), Runs(2)],
    },
    Case {
        name: "data that does not fit is answered with 422, and handled again",
        configure: |builder| builder,
        plan: &[Does::Answer(422), Does::Answer(422)],
        steps: &[
            Send("a", (422, None, None)),
            Send("a", (422, None, None)),
            Send("a", OK),
            Send("a", DONE),
            Runs(3),
        ],
    },
    Case {
        name: "a panic is a failure",
        configure: |builder| builder,
        plan: &[Does::Panic, Does::WaitAndPanic],
        steps: &[
            Send("a", FAILED),
            Begin("a"),
            Send("a", LATER),
            End(FAILED),
            Send("a", OK),
            Send("a", DONE),
            Runs(3),
        ],
    },
    Case {
        name: "while the store is down or full nothing is handled, and nothing is lost",
        configure: |builder| builder,
        plan: &[],
        steps: &[
            GoDown,
            Send("a", LATER),
            Heal,
            Meet(Op::Claim, Fault::Full, 1),
            Send("a", LATER),
            Meet(Op::Claim, Fault::Hang, 1),
            Send("a", LATER),
            Runs(0),
            Send("a", OK),
            Send("a", DONE),
            GoDown,
            // It was handled, but the outcome is unknown.
            Send("a", LATER),
            Runs(1),
        ],
    },
    Case {
        name: "a reply that is lost once is asked for again",
        configure: |builder| builder,
        plan: &[Does::Answer(500)],
        steps: &[
            Meet(Op::Claim, Fault::Lose, 1),
            Meet(Op::Release, Fault::Lose, 1),
            Send("a", FAILED),
            Meet(Op::Complete, Fault::Lose, 1),
            Send("a", OK),
            Settle,
            Send("a", DONE),
            Runs(2),
        ],
    },
    Case {
        name: "a success that the store cannot be told is a success, and is told later",
        configure: |builder| builder,
        plan: &[],
        steps: &[
            Meet(Op::Complete, Fault::Fail, 4),
            Send("a", OK),
            Send("a", LATER),
            Settle,
            Send("a", DONE),
            Runs(1),
        ],
    },
    Case {
        name: "without an id every delivery is new",
        configure: |builder| builder,
        plan: &[Does::Answer(200), Does::Answer(404), Does::Panic],
        steps: &[
            Send(ANONYMOUS, OK),
            Send(ANONYMOUS, FAILED),
            Send(ANONYMOUS, FAILED),
            Send(ANONYMOUS, OK),
            Runs(4),
        ],
    },
    Case {
        name: "unless it is rejected",
        configure: |builder| builder.with_missing_id(MissingId::Reject),
        plan: &[],
        steps: &[Send(ANONYMOUS, (400, None, None)), Send("a", OK), Runs(1)],
    },
    Case {
        name: "a duplicate can wait for a success",
        configure: |builder| builder.with_coalesce_wait(Duration::from_secs(3)),
        plan: &[Does::Wait(200)],
        // The handler does not continue: the wait ends first.
        steps: &[Begin("a"), Send("a", LATER), End(OK), Send("a", DONE), Runs(1)],
    },
    Case {
        name: "duplicates are answered as the provider wants it",
        configure: |builder| {
            let accepted = Response::builder().status(StatusCode::ACCEPTED).body("ok".into()).unwrap();
            builder.with_duplicate_response(accepted)
        },
        plan: &[],
        steps: &[Send("a", OK), Send("a", (202, Some("done"), None)), Runs(1)],
    },
];

#[test]
fn every_framework_answers_every_situation_as_expected() {
    System::with_tokio_rt(paused).block_on(async {
        for case in CASES {
            for stack in stacks() {
                play(case, stack).await;
            }
        }
    });
}

async fn play(case: &Case, (stack, make): Stack) {
    let place = format!("{stack}: {}", case.name);
    let (store, handler) = (Faulty::new(1000), Handler::new(case.plan.iter().copied()));
    let dedupe = (case.configure)(builder(&store)).build().unwrap();
    let app = make(preflix_receiver(), dedupe.clone(), handler.clone()).await;
    let mut running = Vec::new();
    for (nth, step) in case.steps.iter().enumerate() {
        let place = format!("{place}: step {nth}");
        match *step {
            Send(id, expected) => expect(&place, &app, preflix(id, "one"), expected).await,
            SendOther(id, expected) => expect(&place, &app, preflix(id, "two"), expected).await,
            Begin(id) => {
                let seen = handler.runs();
                handler.forget_started();
                let app = app.clone();
                running.push(rt::spawn(async move { app.ask(preflix(id, "one")).await }));
                handler.started().await;
                assert_eq!(handler.runs(), seen + 1, "{place}");
            }
            End(expected) => {
                handler.go_on();
                let answer = running.pop().expect("something runs").await.unwrap();
                assert_eq!(short(&answer), owned(expected), "{place}: {answer:?}");
            }
            Meet(op, fault, times) => store.meet(op, fault, times),
            GoDown => store.go_down(),
            Heal => store.heal(),
            Settle => dedupe.idle().await,
            Runs(runs) => assert_eq!(handler.runs(), runs, "{place}"),
        }
    }
    assert!(running.is_empty(), "{place}: something runs on");
}

async fn expect(place: &str, app: &App, request: Request, expected: Expected) {
    let answer = app.ask(request).await;
    assert_eq!(short(&answer), owned(expected), "{place}: {answer:?}");
    // The handler's own response, an empty one, or a problem document.
    let body = str::from_utf8(&answer.body).unwrap();
    let is_word = body.starts_with(r#"{"title":""#) && body.len() < 60;
    assert!(body == HANDLED || body.is_empty() || body == "ok" || is_word, "{place}: {body}");
}

fn owned((status, duplicate, retry_after): Expected) -> Short {
    (status, duplicate.map(str::to_owned), retry_after)
}

/// GitHub's ids are in a header that the signature does not cover.
#[test]
fn bytes_that_were_recorded_do_not_pass_under_another_id_where_that_is_the_policy() {
    System::with_tokio_rt(paused).block_on(async {
        for (stack, make) in stacks() {
            for (policy, forged, runs) in [
                (UnsignedIds::Reject, (200, Some("replayed"), None), 1),
                (UnsignedIds::Warn, OK, 2),
                (UnsignedIds::Off, OK, 2),
            ] {
                let (store, handler) = (Faulty::new(1000), Handler::new([]));
                let endpoint = IdentityPolicy::new("pushes").with_unsigned_ids(policy);
                let store = store as Arc<dyn DedupeStore>;
                let dedupe = Deduplicator::builder(store, endpoint, &providers::GITHUB).build().unwrap();
                let app = make(github_receiver(), dedupe, handler.clone()).await;
                let place = format!("{stack}: {policy:?}");
                expect(&place, &app, github("genuine", "{}"), OK).await;
                expect(&place, &app, github("genuine", "{}"), DONE).await;
                expect(&place, &app, github("forged", "{}"), forged).await;
                assert_eq!(handler.runs(), runs, "{place}");
                let suspects = handler.claims().iter().filter(|claim| claim.is_suspect()).count();
                assert_eq!(suspects, usize::from(policy == UnsignedIds::Warn), "{place}");
            }
        }
    });
}

#[test]
fn a_duplicate_that_waits_is_told_of_the_success() {
    System::with_tokio_rt(paused).block_on(async {
        for (stack, make) in stacks() {
            let (store, handler) = (Faulty::new(1000), Handler::new([Does::Wait(200)]));
            let dedupe = builder(&store).with_coalesce_wait(Duration::from_secs(3)).build().unwrap();
            let app = make(preflix_receiver(), dedupe, handler.clone()).await;
            let ask = || {
                let app = app.clone();
                rt::spawn(async move { app.ask(preflix("a", "one")).await })
            };
            let first = ask();
            handler.started().await;
            let others: Vec<_> = (0..10).map(|_| ask()).collect();
            // All of them have called the store, and wait.
            while store.calls(Op::Claim) < 11 {
                tokio::task::yield_now().await;
            }
            handler.go_on();
            assert_eq!(short(&first.await.unwrap()), owned(OK), "{stack}");
            for other in others {
                assert_eq!(short(&other.await.unwrap()), owned(DONE), "{stack}");
            }
            assert_eq!(handler.runs(), 1, "{stack}");
        }
    });
}

#[test]
fn without_the_layer_that_verifies_nothing_is_handled() {
    System::with_tokio_rt(paused).block_on(async {
        let store = Faulty::new(10);
        let layer = countersign_tower::DedupeLayer::new(builder(&store).build().unwrap());
        let handler = axum::routing::post(async || "handled").layer(layer);
        let app: axum::Router = axum::Router::new().route("/", handler);
        let request = http::Request::post("/").body(axum::body::Body::empty()).unwrap();
        assert_eq!(tower::ServiceExt::oneshot(app, request).await.unwrap().status(), 500);

        let dedupe = countersign_actix::Dedupe::new(builder(&store).build().unwrap());
        let route = actix_web::web::post().to(async || "handled");
        let app = actix_web::App::new().service(actix_web::web::resource("/").route(route).wrap(dedupe));
        let app = actix_web::test::init_service(app).await;
        let request = actix_web::test::TestRequest::post().uri("/").to_request();
        assert_eq!(actix_web::test::call_service(&app, request).await.status(), 500);
        assert_eq!(store.calls(Op::Claim), 0);
    });
}
