use std::collections::HashMap;

/// An operation of the recorded process.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    Write {
        file: String,
        offset: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: String,
        length: usize,
    },
    Delete {
        file: String,
    },
    /// The writes to the file that ended before the sync began are on the disk. Others may be written during a sync.
    Sync {
        file: String,
        /// The number of operations before its beginning.
        begun: usize,
    },
    /// The process has acknowledged this event.
    Acknowledge {
        id: String,
    },
}

/// Parses the output of `strace -f -y -xx` for files in a folder.
pub(super) fn parse(log: &str, folder: &str) -> Vec<Operation> {
    let mut begun: HashMap<&str, (&str, usize)> = HashMap::new();
    let mut operations = Vec::new();
    for line in log.lines() {
        let Some((process, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(beginning) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(process, (beginning, operations.len()));
        } else if let Some((_, end)) =
            call.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"))
        {
            let (beginning, at) = begun.remove(process).unwrap_or_default();
            operations.extend(operation(&format!("{beginning}{end}"), folder, at));
        } else {
            operations.extend(operation(call, folder, operations.len()));
        }
    }
    operations
}

/// Parses a call that began after this number of operations.
fn operation(call: &str, folder: &str, begun: usize) -> Option<Operation> {
    let (name, rest) = call.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(") = ").or_else(|| rest.rsplit_once(')'))?;
    if result.trim_start_matches([' ', '=']).starts_with('-') {
        return None;
    }
    if name == "write" {
        return acknowledged(arguments);
    }
    if name.starts_with("unlink") {
        let path = text(arguments.split('"').nth(1)?);
        return file_in(&path, folder).map(|file| Operation::Delete { file });
    }
    let (_, rest) = arguments.split_once('<')?;
    let (path, rest) = rest.split_once('>')?;
    let file = file_in(&text(path), folder)?;
    match name {
        "pwrite64" => {
            let (_, rest) = rest.split_once('"')?;
            let (bytes, rest) = rest.split_once('"')?;
            assert!(!rest.starts_with("..."), "strace has cut a write off: {file}");
            let offset = rest.rsplit(", ").next()?.parse().unwrap();
            Some(Operation::Write { file, offset, bytes: unescape(bytes) })
        }
        "ftruncate" => Some(Operation::Truncate { file, length: rest.rsplit(", ").next()?.parse().unwrap() }),
        "fsync" | "fdatasync" => Some(Operation::Sync { file, begun }),
        _ => None,
    }
}

/// A line of the standard output.
fn acknowledged(arguments: &str) -> Option<Operation> {
    let (descriptor, rest) = arguments.split_once('<')?;
    if descriptor != "1" {
        return None;
    }
    let line = text(rest.split('"').nth(1)?);
    let id = line.strip_prefix("acknowledged ")?.trim_end().to_owned();
    Some(Operation::Acknowledge { id })
}

/// The name of a file in the folder; empty for the folder itself. Memory that processes share is not on the disk.
fn file_in(path: &str, folder: &str) -> Option<String> {
    let name = path.strip_prefix(folder)?.trim_start_matches('/');
    (!name.ends_with("-shm")).then(|| name.to_owned())
}

fn text(escaped: &str) -> String {
    if escaped.starts_with("\\x") {
        String::from_utf8(unescape(escaped)).unwrap()
    } else {
        escaped.to_owned()
    }
}

fn unescape(escaped: &str) -> Vec<u8> {
    let digits = |pair: &str| u8::from_str_radix(pair, 16).unwrap();
    escaped.split("\\x").skip(1).map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_also_where_another_thread_comes_between() {
        let log = r#"
12 pwrite64(5</tmp/a/inbox.db-wal>, "\x01\xff", 2, 32) = 2
12 pwrite64(5</tmp/a/inbox.db-wal>, "\x01\xff", 2, 32) = -1 EIO (Input/output error)
12 pwrite64(6</tmp/a/inbox.db-shm>, "\x01\xff", 2, 32) = 2
12 fdatasync(5<\x2f\x74\x6d\x70\x2f\x61\x2f\x78> <unfinished ...>
13 write(1<pipe:[7]>, "\x61\x63\x6b\x6e\x6f\x77\x6c\x65\x64\x67\x65\x64\x20\x65\x0a", 15) = 15
13 pwrite64(6</tmp/a/x>, "\x02", 1, 0) = 1
12 <... fdatasync resumed>)           = 0
12 ftruncate(5</tmp/a/x>, 0)          = 0
12 unlink("\x2f\x74\x6d\x70\x2f\x61\x2f\x78") = 0
12 write(2</dev/null>, "\x61", 1) = 1
12 +++ exited with 0 +++
"#;
        let file = || "x".to_owned();
        let expected = [
            Operation::Write { file: "inbox.db-wal".to_owned(), offset: 32, bytes: vec![1, 255] },
            Operation::Acknowledge { id: "e".to_owned() },
            Operation::Write { file: file(), offset: 0, bytes: vec![2] },
            Operation::Sync { file: file(), begun: 1 },
            Operation::Truncate { file: file(), length: 0 },
            Operation::Delete { file: file() },
        ];
        assert_eq!(parse(log, "/tmp/a"), expected);
    }
}
