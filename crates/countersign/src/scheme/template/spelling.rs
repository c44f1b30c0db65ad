use super::part::Value;
use super::table::TABLE;

/// Returns the placeholder that was probably meant, if the argument is spelled almost like the rest of a name in the table:
/// `{form:php-serialise}` is a field of that name.
pub(crate) fn probably_meant(value: &Value) -> Option<&'static str> {
    let text = value.text.as_str();
    let alike = TABLE.iter().filter(|_| !value.row.argument.is_empty()).filter_map(|row| {
        let colon = || text.find(':').and_then(|at| text.get(..=at));
        let last_colon = || text.rfind(':').and_then(|at| text.get(at..));
        let (typed, known) = match row.before.strip_prefix(value.row.before)? {
            "" => (last_colon()?, row.after),
            rest if row.argument.is_empty() => (text, rest),
            rest => (colon()?, rest),
        };
        let distance = strsim::osa_distance(typed, known);
        (1..=known.len() / 4).contains(&distance).then_some((distance, row.name))
    });
    alike.min().map(|(_, name)| name)
}
