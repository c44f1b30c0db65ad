//! The server of the page: strangers who reach its port cannot keep operators out.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::{BoxError, Router};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout_at};

/// The bounds of what clients may hold.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) connections: usize,
    /// The time for a head. An idle connection is closed after it, too.
    pub(super) head: Duration,
    /// The time for a body, from the end of its head.
    pub(super) body: Duration,
}

impl Limits {
    /// The bounds of the command: few connections, because a system may allow 256 files.
    pub(super) const DEFAULT: Self =
        Self { connections: 128, head: Duration::from_secs(10), body: Duration::from_secs(10) };
}

/// Serves the application. The path of the page is secret: who has sent a request below it is no stranger.
///
/// A connection too many closes the oldest one without a request in progress, those of strangers first: a stranger who opens
/// many connections closes their own.
pub(super) async fn serve(listener: TcpListener, app: Router, page: &str, limits: Limits) -> Infallible {
    let (page, app) = (Arc::<str>::from(page), TowerToHyperService::new(app));
    let mut tasks = JoinSet::new();
    let mut connections = Vec::<Connection>::new();
    loop {
        let accepted = listener.accept().await;
        while tasks.try_join_next().is_some() {}
        connections.retain(|of| !of.task.is_finished());
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                if !is_of_client(&error) {
                    // There are no more files: one is needed.
                    close_one(&mut connections);
                    sleep(PAUSE).await;
                }
                continue;
            }
        };
        while connections.len() >= limits.connections && !close_one(&mut connections) {
            // Each has a request in progress.
            tasks.join_next().await;
            connections.retain(|of| !of.task.is_finished());
        }
        let usage = Arc::new(Usage::default());
        let task = tasks.spawn(hold(stream, app.clone(), Arc::clone(&page), Arc::clone(&usage), limits));
        connections.push(Connection { usage, task });
    }
}

/// An open connection.
struct Connection {
    usage: Arc<Usage>,
    task: AbortHandle,
}

/// The requests of a connection.
#[derive(Default)]
struct Usage {
    /// The number of requests in progress.
    requests: AtomicUsize,
    /// Whether a request had the path of the page.
    is_known: AtomicBool,
}

/// A request in progress, until it is dropped.
struct InProgress(Arc<Usage>);

impl InProgress {
    fn new(of: &Arc<Usage>) -> Self {
        of.requests.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(of))
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Closes the oldest connection without a request in progress, those of strangers first. Returns whether there was one.
fn close_one(connections: &mut Vec<Connection>) -> bool {
    let idle =
        connections.iter().enumerate().filter(|(_, of)| of.usage.requests.load(Ordering::Relaxed) == 0);
    let Some((nth, _)) = idle.min_by_key(|(nth, of)| (of.usage.is_known.load(Ordering::Relaxed), *nth))
    else {
        return false;
    };
    connections.remove(nth).task.abort();
    true
}

/// Serves a connection until it ends.
async fn hold(
    stream: TcpStream,
    app: TowerToHyperService<Router>,
    page: Arc<str>,
    usage: Arc<Usage>,
    limits: Limits,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let in_progress = InProgress::new(&usage);
        if request.uri().path().starts_with(&*page) {
            usage.is_known.store(true, Ordering::Relaxed);
        }
        let answer = app.call(request.map(|body| within(body, limits.body)));
        async move {
            let response = answer.await;
            drop(in_progress);
            response
        }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    // The error of a connection is one of its client, who has it, too.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

/// Returns a body that fails if it does not end within a time.
fn within(body: Incoming, time: Duration) -> Body {
    let deadline = Instant::now() + time;
    Body::from_stream(stream::unfold(body.into_data_stream(), move |mut parts| async move {
        let part = match timeout_at(deadline, parts.next()).await {
            Ok(part) => part?.map_err(BoxError::from),
            Err(elapsed) => Err(elapsed.into()),
        };
        Some((part, parts))
    }))
}

/// Returns whether an error is that of one client, rather than of this machine.
fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// The time between two attempts to accept a connection while there are no more files.
const PAUSE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::body::to_bytes;
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    async fn served(limits: Limits) -> SocketAddr {
        let form = |body: Body| async { to_bytes(body, 1000).await.map_or("late", |_| "whole") };
        let app = Router::new().route("/page", get("page")).route("/page/form", post(form));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, app, "/page", limits));
        addr
    }

    async fn opened(addr: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// Returns the response to what was sent and this end of a head, as far as it came.
    async fn response(stream: &mut TcpStream, rest: &str) -> String {
        // A closed connection may refuse to take it.
        let _ = stream.write_all(rest.as_bytes()).await;
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text).await;
        String::from_utf8(text).unwrap()
    }

    const BEGUN: &str = "GET /page HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";

    #[tokio::test]
    async fn unfinished_heads_keep_nobody_out() {
        let addr = served(Limits { connections: 4, head: LONG, body: LONG }).await;
        let mut strangers = Vec::new();
        for _ in 0..40 {
            strangers.push(opened(addr, BEGUN).await);
        }
        let mut operator = opened(addr, BEGUN).await;
        assert!(response(&mut operator, "\r\n").await.ends_with("page"));
        // The oldest are closed, and the latest are not.
        assert_eq!(response(&mut strangers[0], "\r\n").await, "");
        assert_eq!(response(&mut strangers[35], "\r\n").await, "");
        assert!(response(&mut strangers[39], "\r\n").await.ends_with("page"));
    }

    #[tokio::test]
    async fn a_connection_of_the_page_outlives_those_of_strangers() {
        let addr = served(Limits { connections: 3, head: LONG, body: LONG }).await;
        let mut operator = opened(addr, "GET /page HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let mut first = [0; 512];
        assert!(operator.read(&mut first).await.unwrap() > 0);
        // A form whose body is still on its way is a request in progress.
        let head = "POST /page/form HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
        let mut form = opened(addr, head).await;
        assert!(form.read(&mut first).await.unwrap() > 0);
        for _ in 0..20 {
            opened(addr, "GET /").await;
        }
        let mut stranger = opened(addr, "GET /other HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(response(&mut stranger, "").await.starts_with("HTTP/1.1 404"));
        assert!(response(&mut operator, &format!("{BEGUN}\r\n")).await.ends_with("page"));
        assert!(response(&mut form, "x").await.ends_with("whole"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_head_and_a_slow_body_end() {
        let addr = served(Limits::DEFAULT).await;
        let form =
            "POST /page/form HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9\r\n\r\nbegun";
        for (sent, answer) in [(BEGUN, ""), (form, "late")] {
            let mut slow = opened(addr, sent).await;
            let ended = timeout(LONG, response(&mut slow, "")).await;
            assert!(ended.as_ref().is_ok_and(|text| text.ends_with(answer)), "{sent}: {ended:?}");
        }
    }
}
