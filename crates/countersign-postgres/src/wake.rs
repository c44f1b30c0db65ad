use tokio::sync::Notify;

/// Tells workers of this process that there may be something to do.
#[derive(Debug, Default)]
pub(crate) struct Wake(Notify);

impl Wake {
    /// Whoever waits, and whoever asks next: he may have looked just before.
    pub(crate) fn all(&self) {
        self.0.notify_waiters();
        self.0.notify_one();
    }

    pub(crate) async fn next(&self) {
        self.0.notified().await;
    }
}
