use std::io;

/// Listens for the end from now on: what it returns resolves when the process is asked to end, by an orchestrator
/// (SIGTERM) or by ctrl-c.
///
/// # Errors
///
/// Signals cannot be listened for.
#[cfg(unix)]
pub(crate) fn termination() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Listens for the end: what it returns resolves at ctrl-c.
///
/// # Errors
///
/// None, on this system.
#[cfg(not(unix))]
pub(crate) fn termination() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // Without it, nobody ends this but by force.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
