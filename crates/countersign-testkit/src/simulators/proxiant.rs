mod api;

use std::ops::Deref;
use std::sync::Arc;
use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
};

use countersign::providers::proxiant::PROVIDER;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{DeliveryPolicy, Simulator, SimulatorOptions, scripts};

/// Proxiant with its subscription API, on a free port of this machine until it is dropped.
///
/// `GET /webhooks` lists subscriptions, `POST /webhooks` creates one and sends it `webhook.test`, `DELETE /webhooks/:id` removes
/// it; all of them take the [key](Self::api_key) as Bearer token. [`play`](Simulator::play) publishes the twelve events. A receiver
/// has 10 s to respond; a failed delivery is retried at once, after 5 min and after 30 min more. A subscription that was created
/// without a secret is delivered unsigned.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use countersign_testkit::simulators::Proxiant;
///
/// let proxiant = Proxiant::start().await?;
/// // The program under test subscribes at `proxiant.base_url()` with `proxiant.api_key()`.
/// proxiant.play()?;
/// proxiant.run().await;
/// assert!(proxiant.attempts().iter().all(|attempt| attempt.outcome.is_acknowledged()));
/// # Ok(())
/// # }
/// ```
pub struct Proxiant {
    simulator: Simulator,
    addr: SocketAddr,
    key: Arc<str>,
    tasks: [JoinHandle<()>; 2],
}

impl fmt::Debug for Proxiant {
    /// Shows the address only: the key is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxiant").field("addr", &self.addr).finish_non_exhaustive()
    }
}

impl Proxiant {
    /// Starts the provider with the real clock.
    ///
    /// # Errors
    ///
    /// The error of the socket.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(SimulatorOptions::new()).await
    }

    /// Starts the provider.
    ///
    /// # Errors
    ///
    /// The error of the socket.
    pub async fn start_with(options: SimulatorOptions) -> io::Result<Self> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), options).await
    }

    /// Starts the provider at an address of this machine.
    ///
    /// # Errors
    ///
    /// The error of the socket, or [`io::ErrorKind::AddrNotAvailable`] for an address that other machines can reach.
    pub async fn start_at(addr: SocketAddr, options: SimulatorOptions) -> io::Result<Self> {
        if !addr.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::AddrNotAvailable,
                "not an address of this machine only",
            ));
        }
        let simulator = Simulator::new(&PROVIDER, options);
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let key: Arc<str> = format!("pk_simulated_{:016x}", fastrand::u64(..)).into();
        let router = api::router(simulator.clone(), Arc::clone(&key));
        let server = tokio::spawn(async move {
            // The only error is that of a listener that was closed, and it has no receiver.
            let _ = axum::serve(listener, router).await;
        });
        let driver = simulator.clone();
        let driver = tokio::spawn(async move { driver.run_forever().await });
        Ok(Self { simulator, addr, key, tasks: [server, driver] })
    }

    /// Returns the policy of the provider.
    #[must_use]
    pub fn policy() -> DeliveryPolicy {
        scripts::proxiant::policy()
    }

    /// Returns the simulator behind the API.
    #[must_use]
    pub const fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Returns the URL of the API, without a final slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Returns the Bearer token that the API takes.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.key
    }
}

impl Deref for Proxiant {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

impl Drop for Proxiant {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
