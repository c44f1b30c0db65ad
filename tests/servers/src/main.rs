//! Starts the servers that tests share, prints the variables that name them, and keeps them until its input ends.

use std::io;

use countersign_test_servers::{Postgres, Redis};

fn main() -> io::Result<()> {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    println!("COUNTERSIGN_TEST_POSTGRES={}", postgres.url());
    println!("COUNTERSIGN_TEST_REDIS={}", redis.url());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
