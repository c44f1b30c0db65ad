use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ConnectionAddr, ErrorKind, RedisError, ServerErrorKind};
use tokio::time::{sleep, timeout};

use crate::error::{Failure, OpenError};

/// A single connection for all operations, which reconnects automatically. In a cluster it is to the node of the
/// namespace, and follows the namespace to other nodes.
#[derive(Clone)]
pub(crate) struct Connection {
    /// The server of the URL. It is asked for the node of the namespace when that node is gone.
    seed: Client,
    response_timeout: Duration,
    current: Arc<Mutex<Current>>,
}

/// The current connection. The manager reconnects when a connection ends, but not when one is dead without having
/// ended: then it is replaced.
#[derive(Clone)]
struct Current {
    client: Client,
    manager: ConnectionManager,
    generation: u64,
}

impl Connection {
    /// Creates the connection without sending anything.
    pub(crate) fn new(seed: Client, response_timeout: Duration) -> Result<Self, OpenError> {
        let manager = manager(&seed, response_timeout).map_err(|error| OpenError::Url(error.into()))?;
        let current = Arc::new(Mutex::new(Current { client: seed.clone(), manager, generation: 0 }));
        Ok(Self { seed, response_timeout, current })
    }

    /// Runs a repeatable operation within the response timeout.
    pub(crate) async fn ask<T, F>(&self, act: impl Fn(ConnectionManager) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        self.ask_any(|manager, _| act(manager)).await
    }

    /// Like [`ask`](Self::ask). The second argument of `act` is whether the slot is migrating to the server: the
    /// command must then follow an `ASKING`.
    pub(crate) async fn ask_any<T, F>(&self, act: impl Fn(ConnectionManager, bool) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        let generation = self.current().generation;
        let answer = timeout(self.response_timeout, self.follow(act)).await;
        let is_dead = match &answer {
            Ok(Ok(_)) => false,
            // The connections of a primary that became a replica are not closed.
            Ok(Err(error)) => {
                error.is_timeout()
                    || error.is_connection_refusal()
                    || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
            }
            Err(_) => true,
        };
        if is_dead {
            self.replace(generation, self.seed.clone());
        }
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) if error.is_timeout() => Err(Failure::TimedOut(self.response_timeout)),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(Failure::TimedOut(self.response_timeout)),
        }
    }

    /// Runs the operation on the node of the namespace, as the cluster indicates.
    async fn follow<T, F>(&self, act: impl Fn(ConnectionManager, bool) -> F) -> Result<T, RedisError>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        let mut hops = 0;
        loop {
            let Current { client, manager: connected, generation } = self.current().clone();
            let answer = match act(connected.clone(), false).await {
                // The server was restarted, or an intermediary has closed an idle connection. The manager is already
                // reconnecting.
                Err(error) if error.is_connection_dropped() => act(connected, false).await,
                answer => answer,
            };
            let Err(error) = answer else { return answer };
            hops += 1;
            match error.kind() {
                ErrorKind::Server(ServerErrorKind::Moved) if hops <= MOST_HOPS => {
                    let Some(node) = node(&client, &error) else { return Err(error) };
                    self.replace(generation, node);
                }
                ErrorKind::Server(ServerErrorKind::Ask) if hops <= MOST_HOPS => {
                    let Some(node) = node(&client, &error) else { return Err(error) };
                    return act(manager(&node, self.response_timeout)?, true).await;
                }
                // Some keys of the operation are migrating.
                ErrorKind::Server(ServerErrorKind::TryAgain) => sleep(TRY_AGAIN).await,
                // The former node is gone.
                _ if error.is_connection_refusal() && hops <= MOST_HOPS && !same(&client, &self.seed) => {
                    self.replace(generation, self.seed.clone());
                }
                _ => return Err(error),
            }
        }
    }

    /// Replaces the connection, once for several callers that find it dead or moved. The next caller connects.
    fn replace(&self, generation: u64, client: Client) {
        let mut current = self.current();
        if current.generation == generation
            && let Ok(manager) = manager(&client, self.response_timeout)
        {
            *current = Current { client, manager, generation: generation + 1 };
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        // No code panics while holding the lock.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the node that an answer names, with the credentials and the TLS of this one.
fn node(client: &Client, error: &RedisError) -> Option<Client> {
    let (node, _) = error.redirect_node()?;
    let (name, number) = node.rsplit_once(':')?;
    let number = number.parse().ok()?;
    let info = client.get_connection_info().clone();
    let mut addr = info.addr().clone();
    match &mut addr {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            // Without a name, it is the same host.
            if !name.is_empty() {
                name.clone_into(host);
            }
            *port = number;
        }
        _ => return None,
    }
    Client::open(info.set_addr(addr)).ok()
}

fn same(one: &Client, other: &Client) -> bool {
    one.get_connection_info().addr() == other.get_connection_info().addr()
}

fn manager(client: &Client, response_timeout: Duration) -> Result<ConnectionManager, RedisError> {
    let config = ConnectionManagerConfig::new()
        .set_response_timeout(Some(response_timeout))
        .set_connection_timeout(Some(response_timeout))
        // The provider retries: waiting for an unreachable server would only block other operations.
        .set_number_of_retries(0)
        .set_pipeline_buffer_size(PIPELINE);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

/// The largest number of operations that wait to be sent.
const PIPELINE: usize = 1024;

/// The largest number of redirections, which stops cycles.
const MOST_HOPS: u32 = 8;
/// The pause while a slot is migrating.
const TRY_AGAIN: Duration = Duration::from_millis(20);
