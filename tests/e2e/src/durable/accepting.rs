use std::sync::Arc;

use countersign_inbox::{Endpoint, Inbox};

use super::Scripted;

/// An inbox that accepts the deliveries to one endpoint.
#[derive(Clone, Debug)]
pub struct Accepting {
    inbox: Inbox,
    endpoint: String,
}

impl Accepting {
    /// Starts the inbox.
    #[must_use]
    pub fn start(store: &Arc<Scripted>, endpoint: Endpoint) -> Self {
        let name = endpoint.name().to_owned();
        let inbox = Inbox::start_accepting(store.clone(), [endpoint]).unwrap();
        Self { inbox, endpoint: name }
    }

    /// Returns the endpoint as a service of tower.
    pub fn tower(&self) -> countersign_tower::InboxService {
        countersign_tower::InboxExt::service(&self.inbox, &self.endpoint).unwrap()
    }

    /// Returns the endpoint as a resource of actix-web.
    pub fn actix(&self, path: &str) -> countersign_actix::InboxService {
        countersign_actix::InboxExt::service(&self.inbox, path, &self.endpoint).unwrap()
    }
}
