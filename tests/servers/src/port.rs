use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

/// A port that nobody listens on: below those that the system gives to outgoing connections, so that none of them has
/// it when a server comes back.
pub(crate) fn free() -> u16 {
    (0..1000)
        .map(|attempt| FIRST + (RandomState::new().hash_one(attempt) % COUNT) as u16)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one port of thousands is free")
}

const FIRST: u16 = 20_000;
const COUNT: u64 = 12_000;
