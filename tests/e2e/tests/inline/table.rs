//! The responses to all situations, for axum, plain tower and actix, with the middleware in all positions.

mod cases;

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::{self, System};
use countersign::providers;
use countersign_inbox::inline::Deduplicator;
use countersign_inbox::{DedupeStore, IdentityPolicy, UnsignedIds};
use countersign_tests::Request;
use countersign_tests::inline::{
    App, Does, Faulty, HANDLED, Handler, Op, Stack, github, github_receiver, preflix, preflix_receiver,
    stacks,
};

use self::cases::Step::{Begin, End, GoDown, Heal, Meet, Runs, Send, SendOther, Settle};
use self::cases::{CASES, Case, DONE, Expected, OK};
use crate::support::{Short, builder, paused, short};

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
fn a_duplicate_that_waits_receives_the_success() {
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
