use super::condition::{Comparison, Condition, Literal};
use super::lexer::{Kind, Mistake, Token, tokens};
use super::paths::Paths;

/// Parses the text of a filter, and adds the places that it compares to the paths.
///
/// ```text
/// condition  = all { "or" all }
/// all        = one { "and" one }
/// one        = "not" one | "(" condition ")"
///            | path "exists" | path comparison literal | path "in" "[" literal { "," literal } "]"
/// comparison = "==" | "!=" | "<" | "<=" | ">" | ">="
/// literal    = number | text | "true" | "false" | "null"
/// path       = name { "." name } | pointer | quoted pointer
/// ```
pub(super) fn parse(text: &str, paths: &mut Paths) -> Result<Condition, Mistake> {
    let mut parser = Parser { tokens: tokens(text), at: 0, depth: 0, paths };
    let condition = parser.any()?;
    match parser.next() {
        Token { kind: Kind::End, .. } => Ok(condition),
        other => Err(unexpected(&other, "`and`, `or` or the end")),
    }
}

/// Parses the path of a value alone, without quotation marks.
pub(super) fn parse_path(path: &str) -> Result<Vec<String>, Mistake> {
    if path.starts_with('/') {
        return steps(path, 1);
    }
    if let Some(pointer) = path.strip_prefix("json:") {
        return Err(Mistake::new(1, format!("that is a place in a declaration: write `{pointer}`")));
    }
    match tokens(path).as_slice() {
        [Token { kind: Kind::Word(word), column }, Token { kind: Kind::End, .. }] => steps(word, *column),
        [found, ..] if !matches!(found.kind, Kind::Word(_)) => Err(unexpected(found, PATH)),
        [_, found, ..] => Err(unexpected(found, "the end of the path")),
        _ => Err(Mistake::new(1, PATH)),
    }
}

struct Parser<'t, 'p> {
    /// Never empty: the last one is the end, or what is no token.
    tokens: Vec<Token<'t>>,
    at: usize,
    depth: usize,
    paths: &'p mut Paths,
}

impl<'t> Parser<'t, '_> {
    fn any(&mut self) -> Result<Condition, Mistake> {
        let mut conditions = vec![self.all()?];
        while self.skip("or") {
            conditions.push(self.all()?);
        }
        Ok(one_or(conditions, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, Mistake> {
        let mut conditions = vec![self.one()?];
        while self.skip("and") {
            conditions.push(self.one()?);
        }
        Ok(one_or(conditions, Condition::All))
    }

    fn one(&mut self) -> Result<Condition, Mistake> {
        let token = self.next();
        match &token.kind {
            Kind::Word("not") | Kind::Mark('(') if self.depth == DEEPEST => Err(Mistake::new(
                token.column,
                format!("there are more than {DEEPEST} conditions within each other"),
            )),
            Kind::Word("not") => self.deeper(|parser| Ok(Condition::Not(Box::new(parser.one()?)))),
            Kind::Mark('(') => self.deeper(|parser| {
                let condition = parser.any()?;
                parser.expect(')', "`and`, `or` or `)`")?;
                Ok(condition)
            }),
            Kind::Word("and" | "or" | "in" | "exists" | "true" | "false" | "null") => Err(unexpected(
                &token,
                "the path of a value, such as `data.amount`; `/in` is a member of that name",
            )),
            Kind::Word(path) => self.compared(steps(path, token.column)?),
            Kind::Text(pointer) if pointer.starts_with('/') => self.compared(steps(pointer, token.column)?),
            Kind::Text(_) => Err(Mistake::new(
                token.column,
                "the path of a value is written without quotation marks, such as `data.amount`, or as a JSON pointer, \
                 such as \"/data/amount\"; a value is on the right of a comparison",
            )),
            _ => Err(unexpected(&token, "the path of a value, such as `data.amount`, `not` or `(`")),
        }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Mistake>) -> Result<T, Mistake> {
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn compared(&mut self, steps: Vec<String>) -> Result<Condition, Mistake> {
        let token = self.next();
        let comparison = match &token.kind {
            Kind::Word("exists") => return Ok(Condition::Exists(self.paths.place(steps))),
            Kind::Word("in") => {
                self.expect('[', "`[` and the values")?;
                let literals = self.literals()?;
                return Ok(Condition::In(self.paths.place(steps), literals));
            }
            Kind::Operator(operator) => Comparison::of(operator),
            Kind::Mark('[') => {
                let problem = "the items of an array are numbered from 0, as in `data.items.0.price`";
                return Err(Mistake::new(token.column, problem));
            }
            _ => None,
        };
        let comparison = comparison.ok_or_else(|| {
            unexpected(&token, "a comparison: `==`, `!=`, `<`, `<=`, `>`, `>=`, `in` or `exists`")
        })?;
        let column = self.column();
        let literal = self.literal()?;
        if comparison.is_of_order() && !matches!(literal, Literal::Number(_)) {
            let problem = "only numbers have an order: compare other values with `==`, `!=` or `in`";
            return Err(Mistake::new(column, problem));
        }
        Ok(Condition::Is(self.paths.place(steps), comparison, literal))
    }

    fn literals(&mut self) -> Result<Vec<Literal>, Mistake> {
        let mut literals = vec![self.literal()?];
        loop {
            match self.next() {
                Token { kind: Kind::Mark(','), .. } => literals.push(self.literal()?),
                Token { kind: Kind::Mark(']'), .. } => return Ok(literals),
                other => return Err(unexpected(&other, "`,` or `]`")),
            }
        }
    }

    fn literal(&mut self) -> Result<Literal, Mistake> {
        let token = self.next();
        match token.kind {
            Kind::Number(number, _) => Ok(Literal::Number(number)),
            Kind::Text(text) => Ok(Literal::Text(text)),
            Kind::Word("true") => Ok(Literal::Bool(true)),
            Kind::Word("false") => Ok(Literal::Bool(false)),
            Kind::Word("null") => Ok(Literal::Null),
            _ => Err(unexpected(
                &token,
                "a value: a number, a text in quotation marks, `true`, `false` or `null`",
            )),
        }
    }

    fn next(&mut self) -> Token<'t> {
        let end = || Token { kind: Kind::End, column: 1 };
        let token = self.tokens.get(self.at).or(self.tokens.last()).cloned().unwrap_or_else(end);
        self.at += 1;
        token
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).map_or(1, |token| token.column)
    }

    fn skip(&mut self, word: &str) -> bool {
        let is_it =
            matches!(self.tokens.get(self.at), Some(Token { kind: Kind::Word(found), .. }) if *found == word);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, mark: char, expected: &str) -> Result<(), Mistake> {
        match self.next() {
            Token { kind: Kind::Mark(found), .. } if found == mark => Ok(()),
            other => Err(unexpected(&other, expected)),
        }
    }
}

/// Returns the only condition, or all of them joined.
fn one_or(mut conditions: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        last => {
            conditions.extend(last);
            join(conditions)
        }
    }
}

/// Returns the steps of a path: names with dots between them, or a [JSON pointer](https://www.rfc-editor.org/rfc/rfc6901).
fn steps(path: &str, column: usize) -> Result<Vec<String>, Mistake> {
    if let Some(pointer) = path.strip_prefix('/') {
        return pointer.split('/').map(|step| unescaped(step, path, column)).collect();
    }
    if path.contains(['/', '~']) {
        let problem = format!(
            "`{path}` is a path with dots and slashes: a JSON pointer begins with a slash, `/data/amount`"
        );
        return Err(Mistake::new(column, problem));
    }
    if let Some(("$", rest)) = path.split_once('.') {
        let problem = format!("a path begins at the root of the payload, without `$`: write `{rest}`");
        return Err(Mistake::new(column, problem));
    }
    let steps: Vec<_> = path.split('.').map(str::to_owned).collect();
    if steps.iter().any(String::is_empty) {
        return Err(Mistake::new(
            column,
            format!(
                "`{path}` has a dot without a name beside it: a name with other characters is in a JSON pointer, \
             `\"/data/full name\"`"
            ),
        ));
    }
    Ok(steps)
}

fn unescaped(step: &str, pointer: &str, column: usize) -> Result<String, Mistake> {
    let mut pieces = step.split('~');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (escaped, rest) = match piece.as_bytes().first() {
            Some(b'0') => ('~', piece.get(1..)),
            Some(b'1') => ('/', piece.get(1..)),
            _ => {
                let problem =
                    format!("`{pointer}` is no JSON pointer: `~` is written `~0`, and `/` in a name `~1`");
                return Err(Mistake::new(column, problem));
            }
        };
        text.push(escaped);
        text.push_str(rest.unwrap_or_default());
    }
    Ok(text)
}

fn unexpected(found: &Token<'_>, expected: &str) -> Mistake {
    let problem = match &found.kind {
        Kind::Unknown(problem) => problem.clone(),
        kind => format!("found {kind}, expected {expected}"),
    };
    Mistake::new(found.column, problem)
}

/// The form of a path.
const PATH: &str = "the path of a value, such as `data.job.id` or `/data/job/id`";

/// The deepest nesting of conditions, which bounds the stack.
const DEEPEST: usize = 64;
