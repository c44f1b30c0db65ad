use actix_web::App;
use actix_web::test::init_service;
use axum::Router;
use countersign::receiver::Receiver;
use countersign_inbox::Acceptor;

use crate::frameworks::{actix, axum as axum_app, tower as tower_service};
use crate::{Answer, Request};

/// The integration of durable mode: everything below `/webhooks/`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stack {
    /// As a service on a route of axum.
    Axum,
    /// As a service.
    Tower,
    /// As a service of an app of actix.
    Actix,
}

impl Stack {
    /// All stacks.
    pub const ALL: [Self; 3] = [Self::Axum, Self::Tower, Self::Actix];

    /// Returns the response to a request.
    pub async fn ask(self, receiver: Receiver, acceptor: Acceptor, request: Request) -> Answer {
        match self {
            Self::Axum => {
                let inbox = countersign_tower::InboxService::new(receiver, acceptor);
                axum_app::ask(Router::new().route_service("/webhooks/{*rest}", inbox), request).await
            }
            Self::Tower => {
                tower_service::ask(countersign_tower::InboxService::new(receiver, acceptor), request).await
            }
            Self::Actix => {
                let inbox = countersign_actix::InboxService::new("/webhooks/{rest:.*}", receiver, acceptor);
                actix::ask(&init_service(App::new().service(inbox)).await, request).await
            }
        }
    }
}
