//! Compares headers of a database file, which say whether the file has other content.

/// Numbers in the header of a database (<https://sqlite.org/fileformat.html#the_database_header>).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Header {
    /// Grows with some of the commits.
    changes: u32,
    /// The [number](crate::number), which also grows by one with each change of the tables.
    pub(crate) schema: u32,
    pages: u32,
    /// The bytes of the file.
    length: u64,
}

impl Header {
    /// Reads the first bytes of a file. `None` if it is no database.
    #[cfg(unix)]
    pub(crate) fn of(bytes: &[u8; 100], length: u64) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let is_database = bytes.starts_with(b"SQLite format 3\0");
        is_database.then_some(Self { changes: number(24)?, schema: number(40)?, pages: number(28)?, length })
    }

    /// Returns whether this can be a later header of the same file, for which the owner in this process may have set a number.
    pub(crate) fn follows(self, earlier: Self, expected: u32, most: u32) -> bool {
        let is_later = |of: u32, most: u32| (of..=of.saturating_add(most)).contains(&self.schema);
        // A vacuum by another program counts as a change of the tables.
        let is_shorter = self.pages < earlier.pages || self.length < earlier.length;
        self.changes >= earlier.changes
            && (is_later(earlier.schema, most) || (expected > 0 && is_later(expected, MOST_CHANGES)))
            && !(is_shorter && self.schema == earlier.schema)
    }
}

/// The changes of tables between two looks.
pub(crate) const MOST_CHANGES: u32 = 1000;
/// The most by which owners raise the [number](crate::number) between two looks of an operator.
pub(crate) const MOST_STARTS: u32 = 1 << 22;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_later_header_has_a_later_number_and_no_fewer_pages_unless_the_tables_changed() {
        let seen = Header { changes: 2, schema: 1 << 30, pages: 100, length: 409_600 };
        let at = |schema, pages| Header { schema, pages, length: u64::from(pages) * 4096, ..seen };
        let (first, started) = (seen.schema, seen.schema + MOST_STARTS);
        // The header, the number that the owner has set, and whether it may be a later one for an owner and an operator.
        let cases = [
            (at(first, 100), 0, true, true),
            (at(first + 1, 120), 0, true, true),
            (at(first, 99), 0, false, false),
            (Header { length: 4096, ..seen }, 0, false, false),
            (at(first + 1, 20), 0, true, true),
            (at(first - 1, 120), 0, false, false),
            (at(started, 120), 0, false, true),
            (at(started, 120), started, true, true),
            (at(started - 1, 120), started, false, true),
            (at(started + 1, 120), 0, false, false),
            (at(74, 120), 0, false, false),
            (Header { changes: 1, ..at(first, 100) }, 0, false, false),
        ];
        // The tables of a new file can be in its log only.
        let new = Header { changes: 1, schema: 0, pages: 1, length: 4096 };
        assert!(new.follows(new, 0, MOST_CHANGES) && at(74, 120).follows(new, 0, MOST_CHANGES));
        for (header, expected, by_owner, by_operator) in cases {
            let found = [MOST_CHANGES, MOST_STARTS].map(|most| header.follows(seen, expected, most));
            assert_eq!(found, [by_owner, by_operator], "{header:?} {expected}");
        }
    }
}
