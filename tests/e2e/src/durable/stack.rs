use actix_web::App;
use actix_web::test::init_service;
use axum::Router;

use super::Accepting;
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
    pub async fn ask(self, accepting: &Accepting, request: Request) -> Answer {
        match self {
            Self::Axum => {
                let app = Router::new().route_service("/webhooks/{*rest}", accepting.tower());
                axum_app::ask(app, request).await
            }
            Self::Tower => tower_service::ask(accepting.tower(), request).await,
            Self::Actix => {
                let inbox = accepting.actix("/webhooks/{rest:.*}");
                actix::ask(&init_service(App::new().service(inbox)).await, request).await
            }
        }
    }
}
