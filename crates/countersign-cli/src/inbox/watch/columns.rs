//! Columns and lines that fit a screen.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns the widths of the first columns: as many as there is room for beside the name of an endpoint, the state always.
pub(super) fn widths(longest_name: usize, width: usize) -> Vec<usize> {
    let mut widths = vec![0];
    let mut left = width;
    for column in OTHERS {
        let needed = column + GAP;
        let is_state = widths.len() == 1;
        if !is_state && left < NAME + needed {
            break;
        }
        left = left.saturating_sub(needed);
        widths.push(column);
    }
    // Behind the names that are shown whole, the last column is as wide as possible: it has text.
    let is_all = widths.len() > OTHERS.len();
    let name = if is_all { left.min(longest_name.max(NAME)) } else { left };
    if let Some(last) = widths.last_mut().filter(|_| is_all) {
        *last += left - name;
    }
    if let Some(first) = widths.first_mut() {
        *first = name;
    }
    widths
}

/// Returns text that is not wider than a column, with a mark if it is cut.
pub(super) fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = head(text, width.saturating_sub(1)).to_owned();
    cut.push('…');
    cut
}

/// Returns text as lines that are not wider than a screen. Words stay whole if there is room for them.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let mut rest = word;
        let used = lines.last().map_or(0, |line| line.width());
        if used > 0 && used + word.trim_end().width() > width {
            lines.push(String::new());
        }
        while rest.trim_end().width() > width.max(2) {
            let part = head(rest, width.max(2));
            rest = rest.get(part.len()..).unwrap_or_default();
            if let Some(line) = lines.last_mut() {
                line.push_str(part);
            }
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(rest);
        }
    }
    lines
}

/// Returns as much of the beginning as fits.
fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    let fits = |(_, letter): &(usize, char)| {
        used += letter.width().unwrap_or(0);
        used > width
    };
    let end = text.char_indices().find(fits).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// The least width of a name, before other columns are left out.
const NAME: usize = 20;
/// The widths of state, backlog, oldest due, success, dead, last delivery and pause, the most important first.
const OTHERS: [usize; 7] = [10, 8, 12, 8, 6, 20, 19];
const GAP: usize = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_left_out_before_names_are_cut() {
        let counts = [10, 30, 40, 60, 80, 90, 110, 200].map(|width| widths(24, width).len());
        assert_eq!(counts, [2, 2, 3, 4, 6, 7, 8, 8]);
        for width in 11..200 {
            let widths = widths(24, width);
            assert!(widths.iter().sum::<usize>() + (widths.len() - 1) * GAP <= width, "{width}: {widths:?}");
        }
        assert_eq!(widths(24, 80)[0], 31);
        assert_eq!((widths(24, 130)[0], widths(24, 130)[7]), (24, 35));
    }

    #[test]
    fn text_that_is_cut_says_so() {
        assert_eq!([fit("orders", 6), fit("orders", 5), fit("東京都", 5)], ["orders", "orde…", "東京…"]);
        assert_eq!(fit("orders", 0), "…");
    }

    #[test]
    fn lines_are_no_wider_than_the_screen() {
        assert_eq!(wrapped("an event of `jobs` became", 12), ["an event of ", "`jobs` ", "became"]);
        assert_eq!(wrapped("abcdefgh ij", 5), ["abcde", "fgh ", "ij"]);
        assert_eq!(wrapped("", 5), [""]);
        assert_eq!(wrapped("東京", 0), ["東", "京"]);
    }
}
