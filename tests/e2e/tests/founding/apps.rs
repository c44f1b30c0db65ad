//! The same handler in both frameworks, inline and behind an inbox.

use std::fmt::Debug;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use actix_web::dev::HttpServiceFactory;
use actix_web::test::init_service;
use actix_web::web;
use axum::Router;
use axum::routing::{MethodRouter, post};
use countersign::receiver::Receiver;
use countersign::{Event, EventCatalog, Provider};
use countersign_actix::{Dedupe, VerifyWebhook};
use countersign_inbox::inline::Deduplicator;
use countersign_inbox::{Context, Durability, Endpoint, IdentityPolicy, Inbox, MemoryStore};
use countersign_testkit::{MemoryInbox, TokioClock};
use countersign_tests::frameworks::{ask_actix, ask_axum};
use countersign_tests::inline::App;
use countersign_tests::{Answer, NOW, Request};
use countersign_tower::{DedupeLayer, VerifyWebhookLayer};

/// The events of a founding provider.
pub(crate) trait Catalogue: EventCatalog + Clone + Debug + PartialEq + Send + Sync + 'static {}

impl<T: EventCatalog + Clone + Debug + PartialEq + Send + Sync + 'static> Catalogue for T {}

/// A framework and a mode.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    AxumInline,
    AxumDurable,
    ActixInline,
    ActixDurable,
}

impl Way {
    pub(crate) const ALL: [Self; 4] =
        [Self::AxumInline, Self::AxumDurable, Self::ActixInline, Self::ActixDurable];
}

/// The data that the handler received. Clones share it.
#[derive(Clone)]
pub(crate) struct Seen<T>(Arc<Mutex<Vec<T>>>);

impl<T: Clone> Seen<T> {
    pub(crate) fn all(&self) -> Vec<T> {
        self.0.lock().unwrap().clone()
    }

    fn add(&self, data: T) {
        self.0.lock().unwrap().push(data);
    }
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// An endpoint of a provider.
pub(crate) struct Receiving {
    app: App,
    inbox: Option<Inbox>,
}

impl Receiving {
    pub(crate) async fn start<T: Catalogue>(
        way: Way,
        receiver: Receiver,
        provider: &'static Provider,
        seen: Seen<T>,
    ) -> Self {
        match way {
            Way::AxumInline => {
                let app = on_axum(axum_inline(receiver, dedupe(provider), seen));
                Self { app, inbox: None }
            }
            Way::ActixInline => {
                let app = on_actix(actix_inline(receiver, dedupe(provider), seen)).await;
                Self { app, inbox: None }
            }
            Way::AxumDurable => {
                let inbox = inbox(receiver, seen);
                let service = countersign_tower::InboxExt::service(&inbox, ENDPOINT).unwrap();
                Self { app: on_axum(Router::new().route_service(PATH, service)), inbox: Some(inbox) }
            }
            Way::ActixDurable => {
                let inbox = inbox(receiver, seen);
                let service = countersign_actix::InboxExt::service(&inbox, PATH, ENDPOINT).unwrap();
                Self { app: on_actix(service).await, inbox: Some(inbox) }
            }
        }
    }

    /// Returns the response to a request, once everything that was accepted is handled.
    pub(crate) async fn ask(&self, request: Request) -> Answer {
        let answer = self.app.ask(request).await;
        if let Some(inbox) = &self.inbox {
            inbox.run_until_idle().await.unwrap();
        }
        answer
    }
}

fn dedupe(provider: &'static Provider) -> Deduplicator {
    let store = Arc::new(MemoryStore::new(1000));
    Deduplicator::builder(store, IdentityPolicy::new(ENDPOINT), provider).build().unwrap()
}

fn inbox<T: Catalogue>(receiver: Receiver, seen: Seen<T>) -> Inbox {
    let handler = async |seen: Seen<T>, event: Event<T>, _: Context| seen.add(event.data);
    let endpoint = Endpoint::new(ENDPOINT, receiver).on_with(seen, handler);
    Inbox::builder(MemoryInbox::new(Arc::new(TokioClock::starting_at(NOW))))
        .with_endpoint(endpoint)
        .insecure_allow_durability(Durability::Memory)
        .start()
        .unwrap()
}

fn axum_inline<T: Catalogue>(receiver: Receiver, dedupe: Deduplicator, seen: Seen<T>) -> Router {
    let handler = post(async move |event: Event<T>| seen.add(event.data));
    let route: MethodRouter = handler.layer(DedupeLayer::new(dedupe));
    Router::new().route(PATH, route.layer(VerifyWebhookLayer::new(receiver)))
}

fn actix_inline<T: Catalogue>(
    receiver: Receiver,
    dedupe: Deduplicator,
    seen: Seen<T>,
) -> impl HttpServiceFactory + 'static {
    let handler = web::post().to(move |event: Event<T>| {
        seen.add(event.data);
        async { "" }
    });
    web::resource(PATH).route(handler).wrap(Dedupe::new(dedupe)).wrap(VerifyWebhook::new(receiver))
}

fn on_axum(app: Router) -> App {
    App::new(move |request| ask_axum(app.clone(), request))
}

async fn on_actix(service: impl HttpServiceFactory + 'static) -> App {
    let app = Rc::new(init_service(actix_web::App::new().service(service)).await);
    App::new(move |request| {
        let app = Rc::clone(&app);
        async move { ask_actix(&*app, request).await }
    })
}

const ENDPOINT: &str = "hook";
pub(crate) const PATH: &str = "/webhooks/hook";
