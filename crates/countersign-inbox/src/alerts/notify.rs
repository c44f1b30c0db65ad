use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use tracing::{error, info, warn};

use super::alert::{Alert, AlertState};

/// The function of the application that sends alerts, with its types erased.
#[derive(Clone)]
pub(crate) struct Notifier(Arc<dyn Fn(Alert) -> Sending + Send + Sync>);

type Sending = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

impl Notifier {
    pub(crate) fn new<F, R, E>(notify: F) -> Self
    where
        F: Fn(Alert) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display,
    {
        Self(Arc::new(move |alert| {
            let sending = notify(alert);
            Box::pin(async move { sending.await.map_err(|error| format!("{error:#}")) })
        }))
    }

    /// Sends alerts in order, until there can be no more. Failures are logged, and the next alert is sent.
    pub(super) async fn send_all(self, mut alerts: Receiver<Alert>) {
        while let Some(alert) = alerts.recv().await {
            match alert.state {
                AlertState::Fired => warn!(target: "countersign", %alert, "an alert"),
                AlertState::Resolved => info!(target: "countersign", %alert, "an alert"),
            }
            // In a task of its own, because it may panic.
            let notify = Arc::clone(&self.0);
            let shown = alert.key();
            let sending = AbortOnDropHandle::new(tokio::spawn(async move { notify(alert).await }));
            let problem = match timeout(PATIENCE, sending).await {
                Ok(Ok(Ok(()))) => continue,
                Ok(Ok(Err(error))) => error,
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("it took longer than {PATIENCE:?}"),
            };
            error!(target: "countersign", alert = shown, error = problem, "the notifier of alerts failed");
        }
    }
}

/// The time that sending an alert may take.
const PATIENCE: Duration = Duration::from_secs(30);
