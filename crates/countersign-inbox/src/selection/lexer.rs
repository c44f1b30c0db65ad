use std::fmt;

use super::decimal::Decimal;

/// A mistake in the text of a filter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Mistake {
    /// The position of the character, from 1.
    column: usize,
    problem: String,
}

/// A part of the text of a filter, and its column.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) column: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind<'t> {
    /// `and`, `or`, `not`, `in`, `exists`, `true`, `false`, `null`, or the path of a value.
    Word(&'t str),
    /// A text in quotation marks.
    Text(String),
    Number(Decimal, &'t str),
    /// `==` and its like.
    Operator(&'t str),
    /// `(`, `)`, `[`, `]` or `,`.
    Mark(char),
    /// Something else: the problem and its cure.
    Unknown(String),
    End,
}

impl Mistake {
    pub(super) fn new(column: usize, problem: impl Into<String>) -> Self {
        Self { column, problem: problem.into() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.problem)
    }
}

impl fmt::Display for Kind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) | Self::Number(_, text) | Self::Operator(text) => write!(f, "`{text}`"),
            Self::Text(text) => write!(f, "the text {text:?}"),
            Self::Mark(mark) => write!(f, "`{mark}`"),
            Self::Unknown(problem) => f.write_str(problem),
            Self::End => f.write_str("the end"),
        }
    }
}

/// Splits the text of a filter into its tokens. The last one is [`Kind::End`], or what is none.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut rest, mut column) = (Vec::new(), text, 1);
    loop {
        let trimmed = rest.trim_start();
        let (spaces, _) = rest.split_at(rest.len() - trimmed.len());
        column += spaces.chars().count();
        let token = trimmed.chars().next().map(|first| token(trimmed, first));
        let (kind, length) = match token {
            Some(Ok(token)) => token,
            Some(Err(problem)) => (Kind::Unknown(problem), trimmed.len()),
            None => (Kind::End, 0),
        };
        let is_last = matches!(kind, Kind::Unknown(_) | Kind::End);
        tokens.push(Token { kind, column });
        if is_last {
            return tokens;
        }
        let (taken, after) = trimmed.split_at(length);
        column += taken.chars().count();
        rest = after;
    }
}

/// Returns the token at the beginning of the text, and its length in bytes.
fn token(text: &str, first: char) -> Result<(Kind<'_>, usize), String> {
    let while_is = |is: fn(char) -> bool| text.split_once(|c| !is(c)).map_or(text, |(taken, _)| taken);
    if matches!(first, '(' | ')' | '[' | ']' | ',') {
        Ok((Kind::Mark(first), 1))
    } else if matches!(first, '"' | '\'') {
        quoted(text, first)
    } else if first == '-' || first.is_ascii_digit() {
        let written = while_is(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-'));
        let number = Decimal::parse(written).ok_or_else(|| format!("`{written}` is not a number of JSON"))?;
        Ok((Kind::Number(number, written), written.len()))
    } else if first == '/' || is_name(first) {
        let word = while_is(|c| is_name(c) || matches!(c, '.' | '/' | '~'));
        Ok((Kind::Word(word), word.len()))
    } else {
        let written = while_is(|c| matches!(c, '=' | '!' | '<' | '>' | '&' | '|'));
        match written {
            "==" | "!=" | "<" | "<=" | ">" | ">=" => Ok((Kind::Operator(written), written.len())),
            "" => Err(format!(
                "`{first}` is unexpected: a name with such characters is written as a JSON pointer in \
                 quotation marks, `\"/data/{first}\"`"
            )),
            "=" | "===" => Err(format!("`{written}` is no comparison: write `==`")),
            "&" | "&&" => Err(format!("`{written}` is no operator: write `and`")),
            "|" | "||" => Err(format!("`{written}` is no operator: write `or`")),
            "!" => Err("`!` is no operator: write `not`".into()),
            _ => Err(format!("`{written}` is no comparison: there are `==`, `!=`, `<`, `<=`, `>` and `>=`")),
        }
    }
}

/// Reads a text in quotation marks: double ones as JSON writes it, single ones without escapes.
fn quoted(text: &str, mark: char) -> Result<(Kind<'_>, usize), String> {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == mark && !is_escaped;
        is_escaped = *c == '\\' && mark == '"' && !is_escaped;
        ends
    });
    let Some((end, _)) = end else {
        return Err(format!("the text has no end: its closing {mark} is missing"));
    };
    let length = end + mark.len_utf8();
    let written = text.get(..length).unwrap_or_default();
    if mark == '\'' {
        return Ok((Kind::Text(written.trim_matches(mark).to_owned()), length));
    }
    match serde_json::from_str(written) {
        Ok(text) => Ok((Kind::Text(text), length)),
        Err(_) => Err(format!("{written} is not a text of JSON: is a backslash missing?")),
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '-')
}
