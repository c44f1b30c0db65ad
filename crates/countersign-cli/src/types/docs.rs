//! Descriptions in schemas as documentation.

/// Returns the first sentence of a description, without links and tags, so that it means itself in documentation.
pub(super) fn line(description: &str) -> String {
    let paragraph = description.trim().split("\n\n").next().unwrap_or_default();
    let text = without_tags(&without_links(paragraph));
    let sentence = text.find(". ").and_then(|end| text.get(..=end)).unwrap_or(&text);
    let has_code = sentence.matches('`').count().is_multiple_of(2);
    let (mut escaped, mut in_code) = (String::new(), false);
    for letter in sentence.chars() {
        match letter {
            '`' if !has_code => continue,
            '`' => in_code = !in_code,
            '[' | ']' | '<' | '>' | '*' | '\\' if !in_code => escaped.push('\\'),
            _ => {}
        }
        escaped.push(letter);
    }
    // Addresses without a scheme are words, so that they need no brackets.
    escaped.replace("https://", "").replace("http://", "")
}

/// Returns the texts of links in Markdown.
fn without_links(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("](") {
        let Some((_, behind)) = after.split_once(')') else { break };
        match before.rsplit_once('[') {
            Some((before, text)) => {
                plain.push_str(before);
                plain.push_str(text);
            }
            None => plain.push_str(before),
        }
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

/// Returns a text without tags of HTML.
fn without_tags(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let is_tag = after.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/');
        match after.split_once('>').filter(|_| is_tag) {
            Some((_, behind)) => rest = behind,
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}
