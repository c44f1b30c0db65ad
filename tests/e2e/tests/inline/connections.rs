//! Tests with real servers and connections on the loopback interface.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use actix_web::dev::Service;
use actix_web::{App, HttpServer};
use axum::extract::Request as AxumRequest;
use axum::middleware::{Next, from_fn};
use countersign_inbox::inline::Deduplicator;
use countersign_tests::Request;
use countersign_tests::inline::{Does, Faulty, Handler, actix_app, axum_app, preflix, preflix_receiver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::support::dedupe;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_duplicates_at_once_one_is_handled() {
    for serve in SERVERS {
        let (dedupe, handler, gone) = (dedupe(&Faulty::new(10_000)), Handler::new([]), Gone::default());
        let (framework, server) = serve(dedupe, handler.clone(), gone);
        for round in 0..20 {
            let request = wire(&preflix(&format!("evt_{round}"), "bill"));
            let all: Vec<_> = (0..100).map(|_| tokio::spawn(ask(server, request.clone()))).collect();
            let mut statuses = Vec::new();
            for one in all {
                statuses.push(one.await.unwrap());
            }
            assert!(
                statuses.iter().all(|status| [(200, true), (200, false), (503, false)].contains(status)),
                "{framework}: {statuses:?}"
            );
            let handled = statuses.iter().filter(|status| **status == (200, false)).count();
            assert_eq!((handled, handler.runs()), (1, round + 1), "{framework}: {statuses:?}");
            assert_eq!(ask(server, request).await, (200, true), "{framework}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_duplicates_of_what_is_being_handled_each_comes_again() {
    for serve in SERVERS {
        let handler = Handler::new([Does::Wait(200)]);
        let (framework, server) = serve(dedupe(&Faulty::new(10_000)), handler.clone(), Gone::default());
        let request = wire(&preflix("evt", "bill"));
        let first = tokio::spawn(ask(server, request.clone()));
        handler.started().await;
        let others: Vec<_> = (0..100).map(|_| tokio::spawn(ask(server, request.clone()))).collect();
        for other in others {
            assert_eq!(other.await.unwrap(), (503, false), "{framework}");
        }
        handler.go_on();
        assert_eq!(first.await.unwrap(), (200, false), "{framework}");
        let others: Vec<_> = (0..100).map(|_| tokio::spawn(ask(server, request.clone()))).collect();
        for other in others {
            assert_eq!(other.await.unwrap(), (200, true), "{framework}");
        }
        assert_eq!(handler.runs(), 1, "{framework}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_whose_client_has_gone_runs_to_its_end_and_its_delivery_is_handled() {
    for serve in SERVERS {
        let (handler, gone) = (Handler::new([Does::Wait(200)]), Gone::default());
        let dedupe = dedupe(&Faulty::new(100));
        let (framework, server) = serve(dedupe.clone(), handler.clone(), gone.clone());
        let request = wire(&preflix("evt", "bill"));
        let mut client = TcpStream::connect(server).await.unwrap();
        client.write_all(&request).await.unwrap();
        handler.started().await;
        drop(client);
        // The server has dropped the request.
        timeout(PATIENCE, gone.0.acquire()).await.expect(framework).unwrap().forget();
        assert_eq!(handler.finished(), 0, "{framework}");
        assert_eq!(ask(server, request.clone()).await, (503, false), "{framework}: while it runs");
        handler.go_on();
        dedupe.idle().await;
        assert_eq!(handler.finished(), 1, "{framework}");
        assert_eq!(ask(server, request).await, (200, true), "{framework}");
        assert_eq!(handler.runs(), 1, "{framework}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_a_500_and_the_next_attempt_is_handled() {
    for serve in SERVERS {
        let handler = Handler::new([Does::Panic]);
        let (framework, server) = serve(dedupe(&Faulty::new(100)), handler.clone(), Gone::default());
        let request = wire(&preflix("evt", "bill"));
        for expected in [(500, false), (200, false), (200, true)] {
            assert_eq!(ask(server, request.clone()).await, expected, "{framework}");
        }
    }
}

type Serve = fn(Deduplicator, Handler, Gone) -> (&'static str, SocketAddr);

const SERVERS: [Serve; 2] = [serve_axum, serve_actix];

/// Counts the requests that servers dropped or answered, around all middleware.
#[derive(Clone)]
struct Gone(Arc<Semaphore>);

impl Default for Gone {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }
}

impl Gone {
    fn when_dropped(&self) -> impl Drop + use<> {
        struct Count(Gone);
        impl Drop for Count {
            fn drop(&mut self) {
                self.0.0.add_permits(1);
            }
        }
        Count(self.clone())
    }
}

fn serve_axum(dedupe: Deduplicator, handler: Handler, gone: Gone) -> (&'static str, SocketAddr) {
    let watch = from_fn(move |request: AxumRequest, next: Next| {
        let gone = gone.when_dropped();
        async move {
            let _gone = gone;
            next.run(request).await
        }
    });
    let app = axum_app(preflix_receiver(), dedupe, handler).layer(watch);
    let (listener, addr) = listen();
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    ("axum", addr)
}

fn serve_actix(dedupe: Deduplicator, handler: Handler, gone: Gone) -> (&'static str, SocketAddr) {
    let (listener, addr) = listen();
    let app = move || {
        let gone = gone.clone();
        let hook = actix_app(preflix_receiver(), dedupe.clone(), handler.clone());
        App::new().service(hook).wrap_fn(move |request, service| {
            let (gone, answer) = (gone.when_dropped(), service.call(request));
            async move {
                let _gone = gone;
                answer.await
            }
        })
    };
    // The thread ends with the tests.
    thread::spawn(move || {
        // By default the server continues for clients that have closed their half, which could still read.
        let server = HttpServer::new(app).workers(2).disable_signals().h1_allow_half_closed(false);
        actix_web::rt::System::new().block_on(server.listen(listener).unwrap().run())
    });
    ("actix", addr)
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}

/// Returns the bytes of a request.
fn wire(request: &Request) -> Arc<[u8]> {
    let mut bytes =
        format!("POST {} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n", request.target).into_bytes();
    for (name, value) in &request.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.extend(request.bytes());
    bytes.into()
}

/// Returns the status, and whether it is a duplicate of a handled delivery.
async fn ask(server: SocketAddr, request: Arc<[u8]>) -> (u16, bool) {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(&request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let head = answer.to_ascii_lowercase();
    assert_eq!(head.contains("retry-after: "), status == 503, "{answer}");
    (status, head.contains("x-webhook-duplicate: done"))
}

/// The timeout, which is reached only on failures.
const PATIENCE: Duration = Duration::from_secs(30);
