//! Pages of a list.

use countersign_inbox::Page;

use super::cli::PageArgs;

/// Returns the requested page with one additional row, which shows whether there is a next page.
pub(super) fn asked(args: PageArgs) -> Page {
    let page = Page::first(usize::from(args.limit) + 1);
    match args.after {
        Some(last) => page.after(last),
        None => page,
    }
}

/// Returns the displayed rows, and the id after which the next page starts.
pub(super) fn shown<T>(
    mut rows: Vec<T>,
    args: PageArgs,
    number: impl Fn(&T) -> i64,
) -> (Vec<T>, Option<i64>) {
    let limit = usize::from(args.limit);
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    let next = if is_last { None } else { rows.last().map(number) };
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_next_page_only_if_something_is_on_it() {
        let args = PageArgs { limit: 2, after: None };
        assert_eq!(asked(args), Page::first(3));
        assert_eq!(asked(PageArgs { after: Some(4), ..args }), Page::first(3).after(4));
        assert_eq!(shown(vec![9, 8, 7], args, |number| *number), (vec![9, 8], Some(8)));
        assert_eq!(shown(vec![9, 8], args, |number| *number), (vec![9, 8], None));
        assert_eq!(shown(vec![], args, |number: &i64| *number), (vec![], None));
    }
}
