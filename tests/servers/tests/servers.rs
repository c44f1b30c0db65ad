//! Tests that servers start, restart with their data, and end with the process that started them.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use countersign_test_servers::{Postgres, Redis, fresh_database, fresh_namespace};

#[test]
fn postgres_keeps_its_port_and_data_when_it_is_killed() {
    let mut server = Postgres::with(&[("work_mem", "5MB")]);
    let (port, url) = (server.port(), server.url());
    assert_eq!(psql(&url, "SHOW work_mem"), "5MB");
    assert_eq!(psql(&url, "SHOW fsync"), "on");
    psql(&url, "CREATE TABLE kept AS SELECT 42 AS answer");
    server.kill();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    server.restart();
    assert_eq!(server.port(), port);
    assert_eq!(psql(&url, "SELECT answer FROM kept"), "42");
    server.restart_with(&[("work_mem", "6MB")]);
    assert_eq!(psql(&url, "SHOW work_mem"), "6MB");
}

#[test]
fn redis_keeps_its_port_and_data_when_it_is_killed() {
    let mut server = Redis::with(&[("maxmemory", "64mb")]);
    let port = server.port();
    assert!(command(port, "SET kept 42").starts_with("+OK"));
    assert!(command(port, "CONFIG GET maxmemory").contains("67108864"));
    server.kill();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    server.restart();
    assert!(command(port, "GET kept").contains("42"));
}

#[test]
fn each_test_gets_a_database_of_its_own() {
    let (one, other) = (fresh_database(), fresh_database());
    psql(&one, "CREATE TABLE here()");
    assert_eq!(psql(&one, "SELECT count(*) FROM pg_tables WHERE tablename = 'here'"), "1");
    assert_eq!(psql(&other, "SELECT count(*) FROM pg_tables WHERE tablename = 'here'"), "0");
    assert_ne!(fresh_namespace(), fresh_namespace());
}

#[test]
fn a_dropped_server_is_gone_with_its_folder() {
    let server = Redis::start();
    let (port, folder) = (server.port(), working_folder(server.pid().unwrap()));
    assert!(Path::new(&folder).is_dir());
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(!Path::new(&folder).exists());
}

#[test]
fn servers_end_when_the_input_of_the_program_ends_and_when_it_is_killed() {
    for is_killed in [false, true] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_countersign-test-servers"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines: Vec<String> =
            BufReader::new(program.stdout.take().unwrap()).lines().take(2).map(Result::unwrap).collect();
        let [postgres, redis] = lines.as_slice() else { panic!("{lines:?}") };
        let postgres = postgres.strip_prefix("COUNTERSIGN_TEST_POSTGRES=").unwrap();
        let redis = redis.strip_prefix("COUNTERSIGN_TEST_REDIS=").unwrap();
        let ports = [port_of(postgres), port_of(redis)];
        assert_eq!(psql(postgres, "SELECT 1"), "1");
        assert!(command(ports[1], "PING").starts_with("+PONG"));
        if is_killed {
            program.kill().unwrap();
        } else {
            drop(program.stdin.take());
        }
        program.wait().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while ports.iter().any(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()) {
            assert!(Instant::now() < deadline, "a server has survived");
            thread::yield_now();
        }
    }
}

fn psql(url: &str, statement: &str) -> String {
    let output = Command::new("psql").args(["-X", "-q", "-A", "-t", "-c", statement, url]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Returns the first line of the answer and its payload.
fn command(port: u16, command: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "{command}\r\nQUIT\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn working_folder(pid: u32) -> String {
    fs::read_link(format!("/proc/{pid}/cwd")).unwrap().to_string_lossy().into_owned()
}

fn port_of(url: &str) -> u16 {
    url.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap()
}
