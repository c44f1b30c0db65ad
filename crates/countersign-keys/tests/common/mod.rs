//! A publisher with controlled answers, and a manual clock.

#![allow(dead_code, reason = "each test uses a part")]

use std::error::Error;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use countersign::receiver::{KeySource, ResolveError};
use countersign::{Clock, UnixTime};
use countersign_keys::{FetchError, HttpKeys, HttpKeysBuilder, Transport, TransportFuture};
use http::{Request, Response};
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use tokio::sync::Semaphore;

/// The publisher, and the clock of the source.
#[derive(Clone)]
pub(crate) struct Publisher(Arc<State>);

type Answer = dyn Fn(&Request<Bytes>) -> Result<Response<Bytes>, FetchError> + Send;

struct State {
    answer: Mutex<Box<Answer>>,
    requests: Mutex<Vec<Request<Bytes>>>,
    finished: AtomicUsize,
    gate: Semaphore,
    now: AtomicI64,
}

impl Publisher {
    /// Creates a publisher that answers at once with this body, on the 10th of January 2026.
    pub(crate) fn new(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let state = State {
            answer: Mutex::new(Box::new(move |_| Ok(Response::new(body.clone())))),
            requests: Mutex::default(),
            finished: AtomicUsize::new(0),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            now: AtomicI64::new(1_768_000_000),
        };
        Self(Arc::new(state))
    }

    /// Changes the answer from here on.
    pub(crate) fn answers(
        &self,
        answer: impl Fn(&Request<Bytes>) -> Result<Response<Bytes>, FetchError> + Send + 'static,
    ) {
        *self.0.answer.lock().unwrap() = Box::new(answer);
    }

    pub(crate) fn answers_with(&self, body: impl Into<Bytes>) {
        let body = body.into();
        self.answers(move |_| Ok(Response::new(body.clone())));
    }

    pub(crate) fn is_down(&self) {
        self.answers(|_| Err(FetchError::Connection("connection refused".into())));
    }

    pub(crate) fn answers_status(&self, status: u16) {
        self.answers(move |_| Ok(Response::builder().status(status).body(Bytes::new()).unwrap()));
    }

    /// Holds all answers until `open`.
    pub(crate) fn close(&self) {
        self.0.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn open(&self) {
        self.0.gate.add_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.0.requests.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.requests().len()
    }

    /// Waits until all background fetches are complete.
    pub(crate) async fn settle(&self) {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        assert_eq!(self.0.finished.load(Ordering::SeqCst), self.count(), "a fetch hangs");
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Returns a source that queries this publisher.
    pub(crate) fn source(&self, builder: HttpKeysBuilder) -> HttpKeys {
        builder.with_transport(self.clone()).with_clock(self.clone()).build().unwrap()
    }
}

impl Transport for Publisher {
    fn send(&self, request: Request<Bytes>, _: usize) -> TransportFuture {
        self.0.requests.lock().unwrap().push(request.clone());
        let state = Arc::clone(&self.0);
        Box::pin(async move {
            let _permit = state.gate.acquire().await.unwrap();
            state.finished.fetch_add(1, Ordering::SeqCst);
            let answer = state.answer.lock().unwrap();
            answer(&request)
        })
    }
}

impl Clock for Publisher {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.0.now.load(Ordering::SeqCst))
    }
}

/// Returns the names of the keys that a source returns, or the log text of its error.
pub(crate) async fn names(keys: &HttpKeys, name: Option<&str>) -> Result<Option<Vec<String>>, String> {
    let answer = keys.keys(name.map(str::to_owned)).await;
    let cause = |error: ResolveError| error.source().unwrap().to_string();
    answer.map(|set| set.map(|set| set.names().map(str::to_owned).collect())).map_err(cause)
}

/// Returns a set with keys of these names.
pub(crate) fn set(names: &[&str]) -> String {
    let key = |name: &&str| {
        format!(
            r#"{{"kty":"OKP","crv":"Ed25519","kid":"{name}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#
        )
    };
    format!(r#"{{"keys":[{}]}}"#, names.iter().map(key).collect::<Vec<_>>().join(","))
}

pub(crate) fn some(names: &[&str]) -> Result<Option<Vec<String>>, String> {
    Ok(Some(names.iter().map(|name| (*name).to_owned()).collect()))
}

/// Returns a certificate for this name, valid in January and February of 2026.
pub(crate) fn certificate(common_name: &str) -> String {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2026, 3, 1);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}
