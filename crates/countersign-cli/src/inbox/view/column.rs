use std::io::{self, IsTerminal};

/// Returns the text for a column: its beginning, if it is too long for one on a terminal. In a pipe or a file it is whole.
pub(in crate::inbox) fn cut(text: &str, columns: usize) -> String {
    let text = crate::output::printable(text);
    if io::stdout().is_terminal() { beginning(text, columns) } else { text }
}

fn beginning(text: String, columns: usize) -> String {
    match text.char_indices().nth(columns) {
        Some(_) => text.chars().take(columns.saturating_sub(1)).chain(['…']).collect(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_shows_the_beginning_of_a_long_text() {
        assert_eq!(beginning("abcdef".to_owned(), 4), "abc…");
        assert_eq!(beginning("abcd".to_owned(), 4), "abcd");
    }
}
