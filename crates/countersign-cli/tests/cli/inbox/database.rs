use countersign_test_servers::{fresh_database, refusing_addr};

use crate::support::{Ran, countersign, run_command};

fn stats(url: &str, more: &[&str]) -> Ran {
    let mut command = countersign();
    command.args(["inbox", "stats"]).args(more).env("COUNTERSIGN_STORE", url);
    run_command(command, b"")
}

#[test]
fn a_database_without_an_inbox_is_an_error_and_stays_empty() {
    let url = fresh_database();
    // Twice: the first command has created nothing.
    for _ in 0..2 {
        let ran = stats(&url, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains("there is no inbox in postgres://"), "{ran:?}");
    }
}

#[test]
fn an_inbox_in_another_schema_is_found_by_its_name() {
    let url = fresh_database();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let builder = countersign_postgres::PostgresStore::builder(&url).with_schema("hooks");
    runtime.block_on(builder.connect()).unwrap();
    assert_eq!(stats(&url, &[]).code, 2);
    let ran = stats(&url, &["--schema", "hooks", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let ran = stats("sqlite:inbox.db", &["--schema", "hooks"]);
    assert!(ran.code == 2 && ran.stderr.contains("a file has no schemas"), "{ran:?}");
}

#[test]
fn a_server_that_is_not_there_is_named_without_the_password() {
    let port = refusing_addr().port();
    let ran = stats(&format!("postgres://ada:hunter2@127.0.0.1:{port}/hooks?sslmode=disable"), &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr
            .contains(&format!("cannot open postgres://127.0.0.1:{port}/hooks (does the server run there")),
        "{ran:?}"
    );
    assert!(!ran.stderr.contains("hunter2"), "{ran:?}");
}

#[test]
fn a_url_that_cannot_be_read_does_not_show_its_password() {
    for url in ["postgres://ada:hunter2@[db/hooks", "postgres://ada:hunter2@db:port/hooks"] {
        let ran = stats(url, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{url}");
        assert!(!ran.stderr.contains("hunter2"), "{ran:?}");
    }
}
