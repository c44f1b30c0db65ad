//! Braces in templates: `{name}` is a placeholder, and `{{` and `}}` are literal braces.

/// Appends the literal text at the start of a template, and returns the rest: from the next placeholder on, or nothing.
pub(crate) fn literal<'t>(template: &'t str, literal: &mut String) -> &'t str {
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        literal.push_str(before);
        let Some(escaped) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) else { return from };
        literal.extend(from.chars().next());
        rest = escaped;
    }
    literal.push_str(rest);
    ""
}

/// Returns the name of the placeholder at the start of a text, and what follows it; or the problem if there is none.
pub(crate) fn placeholder(text: &str) -> Result<(&str, &str), &'static str> {
    let placeholder = text.strip_prefix('{').and_then(|inner| inner.split_once('}'));
    placeholder.ok_or("a brace is not closed, or closes nothing; `{{` and `}}` are literal braces")
}
