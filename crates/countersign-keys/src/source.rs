use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign::Clock;
use countersign::receiver::{KeySource, KeysFuture, ResolveError};
use http::{HeaderMap, StatusCode};
use tokio::runtime::Handle;

use crate::cache::{Answer, Ask, Entries, Fetched, Outcome, Waiter, fresh_for};
use crate::error::FetchError;
use crate::format::KeySetFormat;
use crate::pins::Pattern;
use crate::place::{Place, is_https};
use crate::transport::Transport;

/// Published keys and certificates of a provider, fetched on demand and cached. Cheap to clone; clones share the
/// cache.
///
/// Fetches run in separate tasks: dropping a request does not cancel them.
///
/// ```
/// use countersign::receiver::KeySource;
/// use countersign_keys::HttpKeys;
///
/// let keys = HttpKeys::jwks("https://login.example.com/.well-known/jwks.json").build()?;
///
/// fn is_source(_: impl KeySource) {}
/// is_source(keys);
/// # Ok::<(), countersign_keys::BuildError>(())
/// ```
#[derive(Clone)]
pub struct HttpKeys {
    shared: Arc<Options>,
}

pub(crate) struct Options {
    pub(crate) place: Place,
    pub(crate) format: KeySetFormat,
    pub(crate) subjects: Vec<Pattern>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) body_limit: usize,
    pub(crate) entries: Mutex<Entries>,
}

/// Fetches on behalf of all requests that wait for an address. However it ends, they are notified.
struct Leader {
    shared: Arc<Options>,
    address: String,
    outcome: Result<Option<Fetched>, FetchError>,
}

impl HttpKeys {
    pub(crate) fn new(options: Options) -> Self {
        Self { shared: Arc::new(options) }
    }

    /// Fetches the keys of all [known](crate::HttpKeysBuilder::with_known) names, or those of the one address,
    /// unless they are cached already. Call it at start-up, so that the first delivery does not wait.
    ///
    /// # Errors
    ///
    /// [`ResolveError`] if keys cannot be fetched. Deliveries start the same fetch again.
    pub async fn prefetch(&self) -> Result<(), ResolveError> {
        let mut addresses = self.shared.entries().configured();
        addresses.extend(self.shared.place.locate(None));
        for address in addresses {
            let shared = Arc::clone(&self.shared);
            shared.look_up(address, None).await.map_err(ResolveError::new)?;
        }
        Ok(())
    }
}

impl KeySource for HttpKeys {
    fn keys(&self, key_id: Option<String>) -> KeysFuture {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { shared.keys(key_id.as_deref()).await.map_err(ResolveError::new) })
    }
}

impl Options {
    async fn keys(self: Arc<Self>, key_id: Option<&str>) -> Answer {
        let Some(address) = self.place.locate(key_id) else { return Ok(None) };
        let name = key_id.filter(|_| self.format.is_set()).map(str::to_owned);
        self.look_up(address, name.as_deref()).await
    }

    async fn look_up(self: Arc<Self>, address: String, name: Option<&str>) -> Answer {
        let now = self.clock.now();
        let ask = self.entries().ask(&address, name, now);
        let waiter = match ask {
            Ask::Tell(answer) => return answer,
            Ask::TellAndFetch(answer) => {
                self.start_fetch(address);
                return answer;
            }
            Ask::Wait(waiter) => waiter,
            Ask::FetchAndWait(waiter) => {
                Arc::clone(&self).start_fetch(address);
                waiter
            }
        };
        let fetched = outcome_of(waiter).await?;
        Ok(fetched.and_then(|fetched| fetched.published.select(name, self.clock.now())))
    }

    fn start_fetch(self: Arc<Self>, address: String) {
        let leader = Leader { shared: self, address, outcome: Err(FetchError::Interrupted) };
        // Without a runtime the leader is dropped here, which notifies waiting requests.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(leader.fetch());
        }
    }

    async fn fetch(&self, address: &str) -> Result<Option<Fetched>, FetchError> {
        let Some(mut request) = self.place.request(address) else { return Ok(None) };
        if !is_https(request.uri()) {
            return Err(FetchError::unusable("the request for it is not for https://"));
        }
        request.headers_mut().extend(self.headers.clone());
        let sent = self.transport.send(request, self.body_limit);
        let answer = tokio::time::timeout(self.timeout, sent).await;
        let answer = answer.map_err(|_| FetchError::TimedOut { after: self.timeout })??;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE if !self.place.is_fixed() => return Ok(None),
            status => return Err(FetchError::Status { status }),
        }
        if answer.body().len() > self.body_limit {
            return Err(FetchError::TooLarge { limit: self.body_limit });
        }
        let published = Arc::new(self.format.read(answer.body(), &self.subjects)?);
        Ok(Some(Fetched { published, fresh_for: fresh_for(answer.headers()) }))
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leader {
    async fn fetch(mut self) {
        self.outcome = self.shared.fetch(&self.address).await;
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        let outcome = std::mem::replace(&mut self.outcome, Ok(None));
        let address = without_query(&self.address);
        match &outcome {
            Ok(Some(_)) => tracing::debug!(target: "countersign", address, "keys fetched"),
            Ok(None) => tracing::debug!(target: "countersign", address, "no such key"),
            Err(error) => {
                let cause = std::error::Error::source(error).map(ToString::to_string);
                tracing::warn!(target: "countersign", address, %error, cause, "keys could not be fetched");
            }
        }
        let now = self.shared.clock.now();
        #[cfg(feature = "metrics")]
        crate::telemetry::fetched(&self.address, outcome.as_ref().map(Option::is_some), now);
        self.shared.entries().settle(&self.address, outcome.map_err(Arc::new), now);
    }
}

/// Removes the query for logs, because it may contain credentials.
fn without_query(address: &str) -> &str {
    address.split_once('?').map_or(address, |(address, _)| address)
}

/// Waits for the outcome of a fetch.
async fn outcome_of(mut waiter: Waiter) -> Outcome {
    let outcome = waiter.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
    outcome.unwrap_or_else(|| Err(Arc::new(FetchError::Interrupted)))
}

impl fmt::Debug for HttpKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpKeys")
            .field("place", &self.shared.place)
            .field("format", &self.shared.format)
            .finish_non_exhaustive()
    }
}
