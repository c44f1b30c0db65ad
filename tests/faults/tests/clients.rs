//! Tests of clients that disconnect, that are slow, and that send arbitrary bytes.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "the end of a test")]

mod common;

use std::iter;
use std::thread;

use common::{Place, ids};
use countersign_faults::{Answer, Client, Parts, Provider, SECRET, Victim, until};

#[test]
fn what_is_cut_off_before_its_end_is_never_stored() {
    let place = Place::new();
    let (provider, mut victim) =
        (Provider::new(SECRET), Victim::start(&place.setup().with("LEASE_MS", "20000")));
    let cut = ids("cut", 48);
    thread::scope(|scope| {
        for (at, id) in cut.iter().enumerate() {
            let (provider, victim) = (&provider, &victim);
            scope.spawn(move || {
                let Parts { head, body } = Parts::of(provider, id);
                let all = [&*head, &body].concat();
                // In the head, at its end, after it, in the body, and before its last byte.
                let ends = [
                    1,
                    head.len() / 2,
                    head.len(),
                    head.len() + 1,
                    all.len() - body.len() / 2,
                    all.len() - 1,
                ];
                let mut client = Client::connect(victim);
                client.send(&all[..ends[at % ends.len()]]).unwrap();
            });
        }
        // Other clients are not affected.
        for answer in provider.send_all(&victim.url(), &ids("whole", 16)) {
            assert_eq!(answer, Answer::Status(200, None));
        }
    });
    for answer in provider.send_all(&victim.url(), &cut) {
        assert_eq!(answer, Answer::Status(200, None), "a part of it was taken for the whole");
    }
    victim.finish();
    victim.stop();
    place.assert_handled(&provider);
    assert_eq!(place.effects().total(), 64);
}

#[test]
fn what_was_whole_when_its_client_hung_up_is_handled_once_or_was_never_there() {
    let place = Place::new();
    let (provider, mut victim) =
        (Provider::new(SECRET), Victim::start(&place.setup().with("LEASE_MS", "20000")));
    let ids = ids("evt", 48);
    for id in &ids {
        let Parts { head, body } = Parts::of(&provider, id);
        let mut client = Client::connect(&victim);
        client.send(&[head, body].concat()).unwrap();
    }
    // At least one is stored completely, although its client is gone.
    until("something was handled", || place.effects().total() > 0);
    for answer in provider.send_all(&victim.url(), &ids) {
        assert!(matches!(answer, Answer::Status(200, _)), "{answer:?}");
    }
    victim.finish();
    victim.stop();
    place.assert_handled(&provider);
    assert!(ids.iter().all(|id| place.effects().times(id) == 1));
}

#[test]
fn bodies_that_drip_hold_up_no_other_request_and_are_taken_when_they_are_whole() {
    let place = Place::new();
    let (provider, mut victim) =
        (Provider::new(SECRET), Victim::start(&place.setup().with("LEASE_MS", "20000")));
    let slow = ids("slow", 64);
    let mut dripping: Vec<_> = slow
        .iter()
        .map(|id| {
            let (mut client, parts) = (Client::connect(&victim), Parts::of(&provider, id));
            client.send(&parts.head).unwrap();
            (client, parts.body.into_iter())
        })
        .collect();
    let mut fast = 0;
    while drip(&mut dripping) {
        fast += 1;
        if fast % 8 == 0 {
            let answer = provider.send(&victim.url(), &format!("fast_{fast}"));
            assert_eq!(answer, Answer::Status(200, None));
        }
    }
    assert!(fast > 64, "{fast}");
    for (client, _) in dripping {
        assert_eq!(client.status(), Some(200));
    }
    victim.finish();
    victim.stop();
    place.assert_handled(&provider);
    assert!(slow.iter().all(|id| place.effects().times(id) == 1));
}

#[test]
fn whatever_is_sent_the_victim_goes_on_and_acks_nothing_of_it() {
    let place = Place::new();
    let (provider, mut victim) =
        (Provider::new(SECRET), Victim::start(&place.setup().with("LEASE_MS", "20000")));
    let requests = garbage(&provider);
    let many = requests.len();
    let mut answered = 0;
    for request in requests {
        let mut client = Client::connect(&victim);
        // The server may close the connection before the end.
        let _ = client.send(&request);
        let status = client.status();
        let shown = String::from_utf8_lossy(&request[..request.len().min(200)]);
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?}: {shown}");
        answered += usize::from(status.is_some());
    }
    assert!(answered * 2 > many, "only {answered} of {many} were answered");
    assert_eq!(provider.send(&victim.url(), "evt"), Answer::Status(200, None));
    victim.finish();
    victim.stop();
    place.assert_handled(&provider);
    assert_eq!(place.effects().total(), 1);
}

/// Sends one byte per client. Returns whether there was one left.
fn drip(clients: &mut [(Client, std::vec::IntoIter<u8>)]) -> bool {
    let mut has_sent = false;
    for (client, body) in clients {
        if let Some(byte) = body.next() {
            client.send(&[byte]).unwrap();
            has_sent = true;
        }
    }
    has_sent
}

fn garbage(provider: &Provider) -> Vec<Vec<u8>> {
    let Parts { head, body } = Parts::of(provider, "garbage");
    let text = String::from_utf8([head.clone(), body.clone()].concat()).unwrap();
    let ended = |text: &str| format!("{text}\r\n\r\n").into_bytes();
    let replaced = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from} is not there");
        ended(&changed)
    };
    let mut requests = vec![
        ended("\0\u{1}\u{2}"),
        ended("GARBAGE"),
        ended("POST /webhooks/proxiant"),
        ended("POST /webhooks/proxiant HTTP/9.9"),
        ended("POST /webhooks/proxiant HTTP/1.1\r\nhost: v\r\nconnection: close\r\ncontent-length: 0"),
        ended("POST /webhooks/proxiant HTTP/1.1\r\nhost: v\r\ncontent-length: -1"),
        ended("POST /webhooks/proxiant HTTP/1.1\r\nhost: v\r\ncontent-length: 99999999999999999999999"),
        ended("POST /webhooks/proxiant HTTP/1.1\r\nhost: v\r\ncontent-length: 1\r\ncontent-length: 2"),
        ended(
            "POST /webhooks/proxiant HTTP/1.1\r\nhost: v\r\ntransfer-encoding: chunked\r\n\r\nnot a length",
        ),
        ended(&format!("POST /webhooks/proxiant HTTP/1.1\r\nhost: v\r\nx: {}", "x".repeat(1024 * 1024))),
        ended(&format!("POST /webhooks/proxiant HTTP/1.1\r\nhost: v\r\n{}", "x: y\r\n".repeat(10_000))),
        ended("GET /webhooks/proxiant HTTP/1.1\r\nhost: v\r\nconnection: close"),
        replaced("/webhooks/proxiant", "/elsewhere"),
        replaced("job.served", "job.s\0rved"),
        replaced(r#"{"id""#, r#"["id""#),
    ];
    // The body differs from the signed one.
    requests.extend((0..body.len()).step_by(5).map(|at| {
        let mut body = body.clone();
        body[at] ^= 1;
        [&*head, &body].concat()
    }));
    // Pseudo-random, and the same each time.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    });
    for length in 1..=64 {
        let noise: Vec<u8> = random.by_ref().take(length * 16).collect();
        requests.push([&noise[..], b"\r\n\r\n"].concat());
    }
    requests
}
