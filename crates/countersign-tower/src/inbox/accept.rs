use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use countersign::receiver::Rejection;
use countersign::{Delivery, ErrorKind};
use countersign_inbox::{AcceptFuture, Acceptor, StoredHead};
use http::uri::PathAndQuery;
use http::{Request, Response};
use http_body_util::Full;
use tower_service::Service;

/// Stores verified deliveries. Always runs inside the verifying layer.
#[derive(Clone, Debug)]
pub(super) struct Accept {
    acceptor: Acceptor,
}

/// The future of [`Accept`].
pub(super) struct Accepting {
    acceptor: Acceptor,
    // `None` if there is no verified delivery.
    accepted: Option<AcceptFuture>,
}

impl Accept {
    pub(super) const fn new(acceptor: Acceptor) -> Self {
        Self { acceptor }
    }
}

impl Service<Request<Full<Bytes>>> for Accept {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Accepting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Accepting {
        // The body is part of the delivery.
        let (mut parts, _) = request.into_parts();
        let delivery = parts.extensions.remove::<Delivery>();
        let accepted = delivery.map(|delivery| {
            let target = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
            let head = StoredHead::new(parts.method.as_str(), target, parts.headers);
            self.acceptor.accept(&delivery, head)
        });
        Accepting { acceptor: self.acceptor.clone(), accepted }
    }
}

impl Future for Accepting {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match &mut self.accepted {
            Some(accepted) => {
                let answer = ready!(Pin::new(accepted).poll(cx));
                self.acceptor.response(answer)
            }
            None => self.acceptor.receiver().answer(&Rejection::from(ErrorKind::NotInstalled)),
        };
        Poll::Ready(Ok(response.map(Full::new)))
    }
}
