use super::Fixture;

pub(super) fn reports_follow_each_other_as_lines(fixture: &Fixture) {
    fixture.receive(3);
    fixture.kill(1);
    let ran = fixture.inbox("watch --count 2 --every 100ms");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let lines: Vec<Vec<_>> = ran.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    let [_, header, orders, _, again, same] = lines.as_slice() else { panic!("{ran:?}") };
    assert_eq!((header, header.first()), (again, Some(&"ENDPOINT")));
    for row in [orders, same] {
        assert_eq!(row.get(..3), Some(&["orders", "healthy", "2"][..]), "{ran:?}");
        assert_eq!(row.last(), Some(&"1"), "{ran:?}");
    }
    assert_eq!(fixture.inbox("watch --every 1ms").code, 2);
    assert_eq!(fixture.inbox("watch --count 0").code, 2);
}

#[cfg(all(unix, feature = "tui"))]
mod full_screen {
    use std::fs::File;
    use std::io::{Read, Write};

    use super::Fixture;
    use crate::pty::terminal;

    /// Reads what is drawn until this is there.
    fn wait_for(terminal: &mut File, text: &str) {
        let (mut seen, mut chunk) = (Vec::new(), [0; 4096]);
        while !seen.windows(text.len()).any(|part| part == text.as_bytes()) {
            let read = terminal.read(&mut chunk).unwrap();
            assert!(read > 0, "{text}: {}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&chunk[..read]);
        }
    }

    #[test]
    fn a_terminal_has_a_screen_until_a_key_ends_it() {
        let fixture = Fixture::sqlite();
        fixture.receive(2);
        for key in ["q", "\u{3}"] {
            let (mut terminal, other_end) = terminal();
            let mut command = fixture.command("watch --every 1h");
            command.env("TERM", "xterm-256color").stdin(other_end.try_clone().unwrap()).stdout(other_end);
            let mut child = command.spawn().unwrap();
            drop(command);
            wait_for(&mut terminal, "orders");
            terminal.write_all(key.as_bytes()).unwrap();
            wait_for(&mut terminal, "\u{1b}[?1049l");
            assert_eq!(child.wait().unwrap().code(), Some(0), "{key:?}");
        }
    }
}
