//! Rust names for the names in schemas.

use std::collections::BTreeSet;

/// Names that are taken, so that each is given out once.
#[derive(Debug)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// Names of types. Those that the generated code uses itself are taken.
    pub(super) fn of_types() -> Self {
        Self { taken: USED.iter().map(|name| (*name).to_owned()).collect() }
    }

    pub(super) fn empty() -> Self {
        Self { taken: BTreeSet::new() }
    }

    /// Returns the name, with a number behind it if it is taken.
    pub(super) fn unique(&mut self, name: String) -> String {
        let mut unique = name.clone();
        let mut number = 2_u32;
        while !self.taken.insert(unique.clone()) {
            unique = format!("{}{number}", name.trim_start_matches("r#"));
            number = number.saturating_add(1);
        }
        unique
    }
}

/// Converts a name such as `issue_comment` or `issue-comment$created` to `IssueCommentCreated`.
pub(super) fn pascal(name: &str) -> String {
    let mut pascal: String = split_name(name).iter().map(|word| capitalised(word)).collect();
    if pascal.is_empty() {
        "Empty".clone_into(&mut pascal);
    }
    if pascal.starts_with(|letter: char| letter.is_ascii_digit()) || pascal == "Self" {
        pascal.insert_str(0, "Value");
    }
    pascal
}

/// Converts a name such as `createdAt` to `created_at`, and keywords to raw identifiers.
pub(super) fn snake(name: &str) -> String {
    let words: Vec<String> = split_name(name).iter().map(|word| word.to_lowercase()).collect();
    let mut snake = words.join("_");
    if snake.is_empty() {
        "empty".clone_into(&mut snake);
    }
    if snake.starts_with(|letter: char| letter.is_ascii_digit()) {
        snake.insert(0, '_');
    }
    if UNUSABLE.contains(&&*snake) {
        snake.push('_');
    } else if KEYWORDS.contains(&&*snake) {
        snake.insert_str(0, "r#");
    }
    snake
}

/// Returns the name of one of several things: `label` for `labels`.
pub(super) fn singular(name: &str) -> &str {
    match name.strip_suffix('s') {
        Some(stem) if !stem.is_empty() && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => name,
    }
}

fn split_name(name: &str) -> Vec<String> {
    let name = name.replace('+', " plus ");
    // A sign counts: `-1` and `1` are names of their own.
    let name = match name.strip_prefix('-') {
        Some(rest) if rest.starts_with(|letter: char| letter.is_ascii_digit()) => format!("minus {rest}"),
        _ => name,
    };
    let mut words: Vec<String> = Vec::new();
    let mut starts = true;
    let mut before = ' ';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_ascii_alphanumeric() {
            starts = true;
            continue;
        }
        let hump = letter.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || before.is_ascii_uppercase() && letters.peek().is_some_and(char::is_ascii_lowercase));
        match words.last_mut().filter(|_| !starts && !hump) {
            Some(word) => word.push(letter),
            None => words.push(letter.to_string()),
        }
        starts = false;
        before = letter;
    }
    words
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + &letters.as_str().to_lowercase()
    })
}

/// The names that the generated code uses, or that every Rust program has.
const USED: [&str; 22] = [
    "BTreeMap",
    "Box",
    "Clone",
    "Debug",
    "Default",
    "Deserialize",
    "Drop",
    "Eq",
    "Err",
    "EventCatalog",
    "Fn",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Result",
    "Send",
    "Serialize",
    "Some",
    "String",
    "UnknownEvent",
    "Vec",
];

/// Keywords that have no raw form.
const UNUSABLE: [&str; 4] = ["self", "super", "crate", "_"];

const KEYWORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
];
