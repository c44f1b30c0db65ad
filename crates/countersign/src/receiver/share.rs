use bytes::Bytes;

use super::{Receiver, Rejection};
use crate::error::ErrorKind;
use crate::head::{HeadSize, Headers};
use crate::verifier::{Buffer, Growth};

/// The bytes that a request has taken from its receiver's budget. Returned on drop.
#[derive(Debug)]
pub(super) struct Share {
    receiver: Receiver,
    bytes: usize,
}

impl Receiver {
    /// Takes so many bytes from the budget, until the returned value is dropped; `None` if fewer are left.
    pub(super) fn hold(&self, bytes: usize) -> Option<Share> {
        self.options().budget.take(bytes).then(|| Share { receiver: self.clone(), bytes })
    }

    /// Returns the bytes that a head takes until the decision, and those that it takes in addition while it is
    /// checked.
    ///
    /// The adapter holds the head. The verifiers keep what they need of it, and so do handshakes and the public URL.
    pub(super) fn size_of<H: Headers>(&self, target: &str, headers: &H) -> (usize, usize) {
        let (options, size) = (self.options(), HeadSize::of(target, headers));
        let (mut kept, mut passing) = (size.bytes + ENTRY * size.headers, 0);
        for verifier in [Some(&options.verifier), options.fallback.as_ref()].into_iter().flatten() {
            let memory = verifier.memory();
            kept += memory.kept(size);
            passing += memory.passing(size);
        }
        if let Some(url) = &options.public_url {
            kept += if url.is_in_headers() { size.bytes } else { size.target };
        }
        if options.answerer.is_some() {
            // The part that is recognised, and the copy for handshakes that bring a secret.
            kept += 2 * size.bytes + ENTRY * size.headers;
        }
        (kept, passing)
    }
}

/// The bytes that a map of headers takes for each, besides name and value.
pub(super) const ENTRY: usize = 128;

impl Share {
    /// Starts with nothing taken.
    pub(super) const fn of(receiver: Receiver) -> Self {
        Self { receiver, bytes: 0 }
    }

    pub(super) const fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// Takes bytes from the budget.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Rejection> {
        if !self.receiver.options().budget.take(bytes) {
            return Err(self.receiver.refuse(ErrorKind::BudgetSpent));
        }
        self.bytes += bytes;
        Ok(())
    }

    /// Returns bytes to the budget.
    pub(super) fn give_back(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.receiver.options().budget.give_back(bytes);
    }

    /// Takes what a buffer needs in order to grow, lets it grow, and returns what is free afterwards.
    pub(super) fn grow(&mut self, growth: Growth, grow: impl FnOnce()) -> Result<(), Rejection> {
        if growth.needed > 0 {
            self.take(growth.needed)?;
        }
        grow();
        if growth.freed > 0 {
            self.give_back(growth.freed);
        }
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.receiver.options().budget.give_back(self.bytes);
    }
}

/// The body of a request at a receiver that only observes. Counted in the budget besides what is verified.
pub(super) struct ObservedBody {
    body: Buffer,
    share: Share,
}

impl ObservedBody {
    pub(super) fn of(receiver: &Receiver) -> Self {
        Self { body: Buffer::default(), share: Share::of(receiver.clone()) }
    }

    /// Adds the next bytes. The limit on bodies holds.
    pub(super) fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        let receiver = self.share.receiver();
        if chunk.len() > receiver.body_limit().saturating_sub(self.body.len()) {
            return Err(receiver.refuse(ErrorKind::PayloadTooLarge));
        }
        if chunk.is_empty() {
            return Ok(());
        }
        let growth = self.body.growth(chunk.len(), 0);
        self.share.grow(growth, || self.body.push(chunk, 0, Vec::new))
    }

    /// Returns the whole body.
    pub(super) fn finish(self) -> Bytes {
        self.body.finish().0
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;
    use crate::providers::{GITHUB, MONDAY_HANDSHAKES};
    use crate::receiver::{HandshakePolicy, PublicUrl, ReceiverBuilder, TrustedProxy};
    use crate::scheme::{Encoding, Scheme, SignatureField};
    use crate::{Provider, Secret, Verifier};

    /// Returns a receiver whose declaration signs the body alone: a head is kept once, and its headers are listed.
    fn builder(provider: Provider) -> ReceiverBuilder {
        Receiver::builder(Verifier::new(provider, Secret::new("secret").unwrap()).unwrap())
    }

    #[test]
    fn the_memory_of_a_head_counts_every_part_that_keeps_it() {
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("1"));
        headers.insert("x-b", HeaderValue::from_static("2"));
        let github = || builder(GITHUB.clone());
        let answering = builder(GITHUB.clone().with_handshakes(MONDAY_HANDSHAKES))
            .with_handshakes(HandshakePolicy::new().with_echo());
        let fallback = Verifier::new(GITHUB.clone(), Secret::new("old").unwrap()).unwrap();
        let header = SignatureField::header("x-sig", Encoding::Hex);
        let signs_header = Provider::new("own", "Own", Scheme::hmac_sha256(header, "{header:x-a}.{body}"));
        // The target has 9 bytes, the head has 17 and two headers, each of which takes 128 in a map and 160 in a list.
        let (map, list) = (2 * 128, 2 * 160);
        for (builder, kept, passing) in [
            (github(), 2 * 17 + map, list),
            (github().with_fallback(fallback), 3 * 17 + map, 2 * list),
            (github().with_public_url("https://own.example"), 2 * 17 + 9 + map, list),
            (
                github().with_public_url(PublicUrl::from_trusted_proxy(TrustedProxy::x_forwarded())),
                3 * 17 + map,
                list,
            ),
            (answering, 4 * 17 + 2 * map, list),
            (builder(signs_header), 3 * 17 + map, 2 * 17 + list),
        ] {
            assert_eq!(builder.build().unwrap().size_of("/hook?a=1", &headers), (kept, passing));
        }
    }
}
