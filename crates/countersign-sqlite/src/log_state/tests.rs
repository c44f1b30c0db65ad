use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use rusqlite::Connection;

use super::*;

/// A store that is written by another connection than the observed one.
struct Fixture {
    folder: tempfile::TempDir,
    file: Connection,
    state: LogState,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let file = Connection::open(&path).unwrap();
        file.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t(n, text)")
            .unwrap();
        let [log, index] = ["-wal", "-shm"].map(|suffix| {
            let path = folder.path().join(format!("inbox.db{suffix}"));
            Arc::new(File::open(path).unwrap())
        });
        let state = LogState::of(log, index);
        Self { folder, file, state }
    }

    fn path(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("inbox.db{suffix}"))
    }

    fn write(&self, number: usize) {
        for _ in 0..number {
            self.file.execute("INSERT INTO t VALUES(1, hex(randomblob(3000)))", ()).unwrap();
        }
    }
}

#[test]
fn a_log_that_others_write_move_empty_and_begin_again_is_the_same() {
    let fixture = Fixture::new();
    let other = Connection::open(fixture.path("")).unwrap();
    for step in 0..400_usize {
        fixture.write(step % 3);
        match step % 10 {
            2 => other.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").unwrap(),
            4 => other.execute_batch("PRAGMA wal_checkpoint(RESTART)").unwrap(),
            6 => other.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap(),
            // The first frame of this connection gets other salts.
            7 => {
                let new = Connection::open(fixture.path("")).unwrap();
                new.execute_batch("INSERT INTO t VALUES(2, '')").unwrap();
            }
            // Pages of an open transaction are in the log, and disappear.
            8 => other
                .execute_batch(
                    "PRAGMA cache_size = 2; BEGIN; WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50) \
                     INSERT INTO t SELECT n, hex(randomblob(3000)) FROM n; ROLLBACK",
                )
                .unwrap(),
            9 if step % 100 == 9 => other.execute_batch("DELETE FROM t; VACUUM").unwrap(),
            _ => {}
        }
        assert_eq!(fixture.state.foreign(), None, "{step}");
        assert!(fixture.state.seen.get().is_some());
    }
}

#[test]
fn a_log_that_is_written_while_it_is_looked_at_is_the_same() {
    let fixture = Fixture::new();
    let path = fixture.path("");
    let writer = std::thread::spawn(move || {
        let file = Connection::open(path).unwrap();
        file.execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 7").unwrap();
        for n in 0..3000 {
            file.execute("INSERT INTO t VALUES(?1, '')", [n]).unwrap();
        }
    });
    while !writer.is_finished() {
        assert_eq!(fixture.state.foreign(), None);
    }
    writer.join().unwrap();
}

/// Whatever is written over the files, is noticed before the next commit, and after it.
#[test]
fn other_content_of_the_log_or_its_index_is_noticed() {
    let truncate = |fixture: &Fixture, length| {
        OpenOptions::new().write(true).open(fixture.path("-wal")).unwrap().set_len(length).unwrap();
    };
    let overwrite = |fixture: &Fixture, at, length| {
        let file = OpenOptions::new().write(true).open(fixture.path("-wal")).unwrap();
        file.write_all_at(&vec![0; length], at).unwrap();
    };
    let put_back = |fixture: &Fixture, suffixes: &[&str]| {
        for suffix in suffixes {
            let content = fs::read(fixture.path(&format!(".copy{suffix}"))).unwrap();
            let file = OpenOptions::new().write(true).open(fixture.path(suffix)).unwrap();
            file.write_all_at(&content, 0).unwrap();
            if *suffix == "-wal" {
                file.set_len(content.len() as u64).unwrap();
            }
        }
    };
    type Case<'a> = (&'a str, &'a dyn Fn(&Fixture), Foreign);
    let cases: [Case<'_>; 9] = [
        ("truncated", &|fixture| truncate(fixture, 0), Foreign::Log),
        ("half", &|fixture| truncate(fixture, 100_000), Foreign::Log),
        (
            "a byte too short",
            &|fixture| truncate(fixture, fs::metadata(fixture.path("-wal")).unwrap().len() - 1),
            Foreign::Log,
        ),
        ("without a header", &|fixture| overwrite(fixture, 0, 32), Foreign::Log),
        ("with other frames", &|fixture| overwrite(fixture, 32, 4_000_000), Foreign::Log),
        ("older", &|fixture| put_back(fixture, &["-wal"]), Foreign::Log),
        ("an older index", &|fixture| put_back(fixture, &["-shm"]), Foreign::Index),
        ("both older", &|fixture| put_back(fixture, &["-wal", "-shm"]), Foreign::Log),
        ("all older", &|fixture| put_back(fixture, &["", "-wal"]), Foreign::Log),
    ];
    for restarts in [false, true] {
        for (name, replace, expected) in cases {
            let fixture = Fixture::new();
            fixture.write(30);
            for suffix in ["", "-wal", "-shm"] {
                fs::copy(fixture.path(suffix), fixture.path(&format!(".copy{suffix}"))).unwrap();
            }
            if restarts {
                fixture.file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            }
            fixture.write(60);
            assert_eq!(fixture.state.foreign(), None, "{name}");
            replace(&fixture);
            let found = fixture.state.foreign();
            // An index of an earlier log does not say what the log is.
            let is_lost = found == Some(expected) || (restarts && found.is_some());
            assert!(is_lost, "{name} {restarts}: {found:?}");
        }
    }
}

/// The index has passed the end that was seen when it is looked at again.
#[test]
fn a_log_that_was_written_by_an_older_index_is_noticed() {
    let fixture = Fixture::new();
    fixture.write(30);
    let index = fs::read(fixture.path("-shm")).unwrap();
    fixture.write(10);
    assert_eq!(fixture.state.foreign(), None);
    OpenOptions::new().write(true).open(fixture.path("-shm")).unwrap().write_all_at(&index, 0).unwrap();
    fixture.write(60);
    assert_eq!(fixture.state.foreign(), Some(Foreign::Log));
}
