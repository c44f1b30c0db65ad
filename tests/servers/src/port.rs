use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

/// Returns an unused port below the range of outgoing connections, so that none of them takes it before a server
/// restarts.
pub(crate) fn free() -> u16 {
    (0..1000)
        .map(|attempt| FIRST + (RandomState::new().hash_one(attempt) % COUNT) as u16)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one port of thousands is free")
}

const FIRST: u16 = 20_000;
const COUNT: u64 = 12_000;
