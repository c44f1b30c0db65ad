#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

fn resolve(url: &str, allowed: &AllowHostArgs, ips: &[&str]) -> Result<Vec<SocketAddr>, String> {
    let lookup = |_: &str, port| {
        Ok(ips.iter().map(|ip| SocketAddr::new(ip.parse::<IpAddr>().unwrap(), port)).collect())
    };
    Destination::resolve_with(url, allowed, lookup)
        .map(|found| found.addrs().to_vec())
        .map_err(|error| error.to_string())
}

#[test]
fn this_machine_is_allowed_under_all_its_names() {
    let none_allowed = AllowHostArgs::default();
    for url in [
        "http://127.0.0.1:3000/in",
        "http://127.9.9.9",
        "http://[::1]:80/",
        "https://[::ffff:127.0.0.1]/",
        "http://0x7f.1/",
    ] {
        assert!(resolve(url, &none_allowed, &[]).is_ok(), "{url}");
    }
    let found = resolve("http://localhost:3000/in", &none_allowed, &["127.0.0.1", "::1"]).unwrap();
    assert_eq!(found, ["127.0.0.1:3000".parse().unwrap(), "[::1]:3000".parse().unwrap()]);
}

#[test]
fn other_machines_are_refused_with_the_option_that_allows_them() {
    let none_allowed = AllowHostArgs::default();
    for (url, ips) in [
        ("http://192.0.2.1/", &[][..]),
        ("http://0.0.0.0:3000/", &[]),
        ("http://[::]/", &[]),
        ("http://[::ffff:192.0.2.1]/", &[]),
        ("http://hooks.example.com/", &["192.0.2.1"]),
        // One address that is not of this machine is enough: the client would use any of them.
        ("http://localhost.example.com/", &["127.0.0.1", "192.0.2.1"]),
    ] {
        let problem = resolve(url, &none_allowed, ips).unwrap_err();
        assert!(
            problem.contains("not this machine") && problem.contains("--allow-host "),
            "{url}: {problem}"
        );
    }
}

#[test]
fn a_host_is_allowed_by_its_exact_name() {
    let allowed = AllowHostArgs::of("Hooks.Example.com");
    assert!(resolve("https://hooks.example.com/in", &allowed, &["192.0.2.1"]).is_ok());
    assert!(resolve("https://hooks.example.com./in", &allowed, &["192.0.2.1"]).is_ok());
    for other in
        ["https://a.hooks.example.com/", "https://example.com/", "https://hooks.example.com.evil.example/"]
    {
        assert!(resolve(other, &allowed, &["192.0.2.1"]).is_err(), "{other}");
    }
    assert!(resolve("http://[2001:db8::1]/", &AllowHostArgs::of("2001:db8::1"), &[]).is_ok());
}

#[test]
fn what_is_no_url_of_a_receiver_is_refused() {
    for (url, reason) in [
        ("127.0.0.1:3000", "expected http"),
        ("ftp://127.0.0.1/", "expected http:// or https://"),
        ("http://user:hunter2@127.0.0.1/", "remove them"),
        ("not a url", "expected http://"),
    ] {
        let problem = resolve(url, &AllowHostArgs::default(), &[]).unwrap_err();
        assert!(problem.contains(reason) && !problem.contains("hunter2"), "{url}: {problem}");
    }
    let failed = |_: &str, _| Err(io::Error::other("no such host"));
    let error =
        Destination::resolve_with("http://nowhere.test/", &AllowHostArgs::default(), failed).unwrap_err();
    assert!(error.to_string().contains("cannot resolve nowhere.test"), "{error}");
}

/// Otherwise a name could lead elsewhere at the second look-up (DNS rebinding).
#[tokio::test]
async fn the_checked_addresses_are_those_that_are_connected_to() {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = receiver.local_addr().unwrap();
    let answering = thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = receiver.accept().unwrap();
            let _ = Read::read(&mut stream, &mut [0; 4096]).unwrap();
            Write::write_all(&mut stream, b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    // The name does not exist.
    let url = format!("http://receiver.invalid:{}/in", addr.port());
    let destination =
        Destination::resolve_with(&url, &AllowHostArgs::default(), |_, _| Ok(vec![addr])).unwrap();
    let response = destination.client().unwrap().get(destination.url().clone()).send().await.unwrap();
    assert_eq!(response.status(), 204);
    let mut stream = Connector::new(&destination).unwrap().connect().await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    answering.join().unwrap();
}
