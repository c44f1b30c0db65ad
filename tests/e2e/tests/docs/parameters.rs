//! The catalogue and the declarations name the same parameters.

use std::collections::BTreeSet;
use std::fs;

use countersign::providers;

use crate::root;

#[test]
fn the_catalogue_names_each_parameter_that_a_declaration_needs() {
    let text = fs::read_to_string(root().join("docs/catalogue.md")).unwrap();
    let rows: BTreeSet<_> = text.lines().filter(|line| line.starts_with("| [")).map(str::to_owned).collect();
    let mut expected = BTreeSet::new();
    for provider in providers::all() {
        let open = provider.open_parameters();
        if open.is_empty() {
            continue;
        }
        let slug = &provider.slug;
        expected.insert(slug.to_string());
        let link = format!("(providers.md#{slug})");
        let row =
            rows.iter().find(|row| row.contains(&link)).unwrap_or_else(|| panic!("{slug} needs {open:?}"));
        for name in open {
            assert!(row.contains(&format!("`{name}`")), "{slug} needs `{name}`");
        }
    }
    for row in &rows {
        let links = row.matches("(providers.md#").count();
        let known = expected.iter().filter(|slug| row.contains(&format!("(providers.md#{slug})"))).count();
        assert_eq!(links, known, "{row}");
    }
}
