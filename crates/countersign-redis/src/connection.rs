use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ConnectionAddr, ErrorKind, RedisError, ServerErrorKind};
use tokio::time::{sleep, timeout};

use crate::error::{ConnectError, Failure};

/// One connection for all operations, which comes back by itself. In a cluster it is to the node that has the namespace,
/// and follows it to others.
#[derive(Clone)]
pub(crate) struct Connection {
    /// The server of the URL: it names the node of the namespace again when that one is gone.
    seed: Client,
    response_timeout: Duration,
    current: Arc<Mutex<Current>>,
}

/// The manager reconnects when a connection ends, and not when one is dead without having ended: then it is replaced.
#[derive(Clone)]
struct Current {
    client: Client,
    manager: ConnectionManager,
    generation: u64,
}

impl Connection {
    /// Nothing is sent yet.
    pub(crate) fn new(seed: Client, response_timeout: Duration) -> Result<Self, ConnectError> {
        let manager = manager(&seed, response_timeout).map_err(|error| ConnectError::Url(error.into()))?;
        let current = Arc::new(Mutex::new(Current { client: seed.clone(), manager, generation: 0 }));
        Ok(Self { seed, response_timeout, current })
    }

    /// Does something that may be done twice, within the response timeout.
    pub(crate) async fn ask<T, F>(&self, act: impl Fn(ConnectionManager) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        self.ask_any(|manager, _| act(manager)).await
    }

    /// As [`ask`](Self::ask). The second argument of `act` says that the slot is on its way to the server: the command has to
    /// follow an `ASKING`.
    pub(crate) async fn ask_any<T, F>(&self, act: impl Fn(ConnectionManager, bool) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        let generation = self.current().generation;
        let answer = timeout(self.response_timeout, self.follow(act)).await;
        let is_dead = match &answer {
            Ok(Ok(_)) => false,
            // Those of a primary that became a replica are not cut off.
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

    /// Asks the node that has the namespace, as the cluster says.
    async fn follow<T, F>(&self, act: impl Fn(ConnectionManager, bool) -> F) -> Result<T, RedisError>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        let mut hops = 0;
        loop {
            let Current { client, manager: connected, generation } = self.current().clone();
            let answer = match act(connected.clone(), false).await {
                // The server was restarted, or something in between has cut off who was silent. The manager is already
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
                // Some keys of the operation are on their way.
                ErrorKind::Server(ServerErrorKind::TryAgain) => sleep(TRY_AGAIN).await,
                // The node that it was is gone.
                _ if error.is_connection_refusal() && hops <= MOST_HOPS && !same(&client, &self.seed) => {
                    self.replace(generation, self.seed.clone());
                }
                _ => return Err(error),
            }
        }
    }

    /// By one of those that find it dead, or somewhere else. The next one connects.
    fn replace(&self, generation: u64, client: Client) {
        let mut current = self.current();
        if current.generation == generation
            && let Ok(manager) = manager(&client, self.response_timeout)
        {
            *current = Current { client, manager, generation: generation + 1 };
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        // Nothing panics with it in its hands.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The node that an answer names, with the credentials and the TLS of this one.
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
        // The provider tries again: who waits for a server that is down only holds up others.
        .set_number_of_retries(0)
        .set_pipeline_buffer_size(PIPELINE);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

/// Operations that wait to be sent.
const PIPELINE: usize = 1024;

/// Answers that name another node, until they go round in circles.
const MOST_HOPS: u32 = 8;
/// Until a slot that is on its way has moved on.
const TRY_AGAIN: Duration = Duration::from_millis(20);
