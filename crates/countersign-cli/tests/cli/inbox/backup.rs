use super::Fixture;
use crate::support::{countersign, run_command};

#[test]
fn a_copy_is_made_beside_the_server_and_opened_in_its_place() {
    let fixture = Fixture::sqlite();
    fixture.receive(3);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let words = format!("backup {}", copy.display());
    let ran = fixture.inbox(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("holds everything that was stored"), "{ran:?}");
    let mut stats = countersign();
    stats.args(["inbox", "stats", "--json"]).env("COUNTERSIGN_STORE", format!("sqlite:{}", copy.display()));
    let stats = run_command(stats, b"").json();
    assert_eq!(stats.pointer("/total/ready"), Some(&serde_json::json!(3)));
    let again = fixture.inbox(&words);
    assert!(again.code == 2 && again.stderr.contains("exists already"), "{again:?}");
}

#[test]
fn a_copy_is_restored_while_no_process_has_the_file_open() {
    let fixture = Fixture::sqlite();
    fixture.receive(3);
    let folder = tempfile::tempdir().unwrap();
    let [copy, place] = ["copy.db", "place.db"].map(|name| folder.path().join(name));
    assert_eq!(fixture.inbox(&format!("backup {}", copy.display())).code, 0);
    let restore = || {
        let mut restore = countersign();
        restore
            .args(["inbox", "restore"])
            .arg(&copy)
            .arg("--store")
            .arg(format!("sqlite:{}", place.display()));
        run_command(restore, b"")
    };
    let ran = restore();
    assert!(ran.code == 0 && ran.stdout.contains("start the server"), "{ran:?}");
    let ran = restore();
    assert!(ran.code == 0 && ran.stdout.contains("the replaced file was kept as"), "{ran:?}");
    let mut stats = countersign();
    stats.args(["inbox", "stats", "--json"]).env("COUNTERSIGN_STORE", format!("sqlite:{}", place.display()));
    assert_eq!(run_command(stats, b"").json().pointer("/total/ready"), Some(&serde_json::json!(3)));
    // The server of the fixture runs.
    let ran = fixture.inbox(&format!("restore {}", copy.display()));
    assert!(ran.code == 2 && ran.stderr.contains("stop"), "{ran:?}");
}

#[test]
fn a_clock_that_is_right_needs_no_acceptance() {
    let ran = Fixture::sqlite().inbox("accept-clock");
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "no server has found its clock to be off\n"));
}

#[test]
fn a_database_is_copied_with_its_own_tools() {
    for words in ["backup copy.db", "restore copy.db", "accept-clock"] {
        let mut command = countersign();
        command.arg("inbox").args(words.split(' ')).env("COUNTERSIGN_STORE", "postgres://localhost/inbox");
        let ran = run_command(command, b"");
        assert!(ran.code == 2 && ran.stderr.contains("PostgreSQL has"), "{ran:?}");
    }
}
