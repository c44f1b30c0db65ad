use std::convert::Infallible;

/// A pattern of event types: `*` stands for any text, `?` for one character.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    pattern: Vec<char>,
}

impl Glob {
    #[expect(clippy::unnecessary_wraps, reason = "the parser of an option")]
    pub(super) fn new(pattern: &str) -> Result<Self, Infallible> {
        Ok(Self { pattern: pattern.chars().collect() })
    }

    /// Returns whether the whole text fits the pattern, in time proportional to the product of their lengths.
    pub(super) fn matches(&self, text: &str) -> bool {
        // The positions in the pattern that the text so far may have led to.
        let mut reached = vec![false; self.pattern.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        self.skip_stars(&mut reached);
        for letter in text.chars() {
            let mut next = vec![false; reached.len()];
            for ((position, pattern), _) in
                self.pattern.iter().enumerate().zip(&reached).filter(|(_, is_reached)| **is_reached)
            {
                let to = match pattern {
                    '*' => position,
                    one if *one == '?' || *one == letter => position + 1,
                    _ => continue,
                };
                if let Some(to) = next.get_mut(to) {
                    *to = true;
                }
            }
            self.skip_stars(&mut next);
            reached = next;
        }
        reached.last().copied().unwrap_or_default()
    }

    fn skip_stars(&self, reached: &mut [bool]) {
        for (position, pattern) in self.pattern.iter().enumerate() {
            if *pattern == '*'
                && reached.get(position) == Some(&true)
                && let Some(behind) = reached.get_mut(position + 1)
            {
                *behind = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_text() {
        let matches = |pattern: &str, text: &str| Glob::new(pattern).is_ok_and(|glob| glob.matches(text));
        for (pattern, text) in [
            ("push", "push"),
            ("*", ""),
            ("*", "invoice.paid"),
            ("invoice.*", "invoice.paid"),
            ("*.paid", "invoice.paid"),
            ("in*.*d", "invoice.paid"),
            ("?ush", "push"),
            ("a**b", "ab"),
            ("ü?", "üö"),
            ("*a*a*a*", "aaa"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("push", "pushed"),
            ("push", ""),
            ("invoice.*", "invoice"),
            ("?", ""),
            ("", "a"),
            ("*b", "abc"),
            ("A", "a"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(100), &"a".repeat(99)), "in time");
    }
}
