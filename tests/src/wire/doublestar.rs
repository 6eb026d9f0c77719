//! The patterns of repositories, tags and CVEs: `*`, `**`, `?`, `[a-z]` and `{a,b}`.

/// The most alternatives that are spelled out. Whoever writes more of them is taken not to mean a pattern, so that no
/// request can keep the server busy for long.
const MOST_ALTERNATIVES: usize = 1_000;

/// A pattern with its alternatives spelled out, each cut into the parts between slashes.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    alternatives: Vec<Vec<String>>,
}

impl Pattern {
    /// Reads a pattern, or tells that it is malformed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let alternatives = spell_out(text)?;
        let alternatives = alternatives.iter().map(|alternative| {
            let parts: Vec<_> = alternative.split('/').map(str::to_owned).collect();
            parts.iter().all(|part| is_well_formed(part)).then_some(parts)
        });
        Some(Self { alternatives: alternatives.collect::<Option<_>>()? })
    }

    /// Whether the pattern matches a whole name. An empty pattern matches everything.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let name: Vec<_> = name.split('/').collect();
        let is_empty = |parts: &[String]| parts.iter().all(String::is_empty) && parts.len() == 1;
        self.alternatives.iter().any(|parts| is_empty(parts) && self.alternatives.len() == 1 || path(parts, &name))
    }
}

/// Replaces every `{a,b}` by what it stands for; alternatives may have alternatives of their own.
fn spell_out(text: &str) -> Option<Vec<String>> {
    let mut unfinished = vec![text.to_owned()];
    let mut finished = Vec::new();
    let mut replaced = 0;
    while let Some(text) = unfinished.pop() {
        let Some(open) = unescaped(&text, '{') else {
            finished.push(text);
            continue;
        };
        let (choices, rest) = choices(&text[open + 1..])?;
        let (front, before) = (&text[..open], unfinished.len());
        unfinished.extend(choices.iter().rev().map(|choice| format!("{front}{choice}{rest}")));
        replaced += unfinished.len() - before;
        if replaced > MOST_ALTERNATIVES {
            return None;
        }
    }
    Some(finished)
}

/// The choices of a group and what comes behind it, from what comes behind its brace.
fn choices(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut depth, mut escaped, mut start) = (0_usize, false, 0);
    let mut choices = Vec::new();
    for (position, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            ',' if depth == 0 => {
                choices.push(&text[start..position]);
                start = position + 1;
            }
            '}' if depth == 0 => {
                choices.push(&text[start..position]);
                return Some((choices, &text[position + 1..]));
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Where a character is that no backslash stands before.
fn unescaped(text: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(position, character)| {
        let found = !escaped && character == wanted;
        escaped = !escaped && character == '\\';
        found.then_some(position)
    })
}

/// Whether the backslashes and the classes of a part are complete.
fn is_well_formed(part: &str) -> bool {
    let mut rest = part;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        rest = match character {
            '\\' => match rest.chars().next() {
                Some(escaped) => &rest[escaped.len_utf8()..],
                None => return false,
            },
            '[' => match unescaped(rest, ']') {
                None | Some(0) => return false,
                Some(end) => &rest[end + 1..],
            },
            _ => rest,
        };
    }
    true
}

/// Two stars between slashes stand for any number of parts, but for one at least at the end.
fn path(pattern: &[String], name: &[&str]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    // What follows the last two stars, and what they have not taken. Those before never have to take more.
    let mut stars: Option<(&[String], &[&str])> = None;
    loop {
        match (pattern.split_first(), name.split_first()) {
            (Some((first, [])), _) if first == "**" => return !name.is_empty(),
            (Some((first, rest)), _) if first == "**" => {
                stars = Some((rest, name));
                pattern = rest;
                continue;
            }
            (None, None) => return true,
            (Some((first, rest)), Some((part, others))) if component(first, part) => {
                (pattern, name) = (rest, others);
                continue;
            }
            _ => {}
        }
        let Some((rest, [_, others @ ..])) = stars else { return false };
        stars = Some((rest, others));
        (pattern, name) = (rest, others);
    }
}

/// Whether a part of a pattern matches a part of a name.
fn component(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    // What follows the last star, and what it has not taken. Those before never have to take more.
    let mut star: Option<(&str, &str)> = None;
    loop {
        if let Some(rest) = pattern.strip_prefix('*') {
            star = Some((rest, name));
            pattern = rest;
            continue;
        }
        if pattern.is_empty() && name.is_empty() {
            return true;
        }
        if let Some(rests) = without_letter(pattern, name) {
            (pattern, name) = rests;
            continue;
        }
        let Some((rest, left)) = star else { return false };
        let mut letters = left.chars();
        if letters.next().is_none() {
            return false;
        }
        star = Some((rest, letters.as_str()));
        (pattern, name) = (rest, letters.as_str());
    }
}

/// What is left of a pattern and a name behind the first letter, where that matches.
fn without_letter<'a>(pattern: &'a str, name: &'a str) -> Option<(&'a str, &'a str)> {
    let (mut characters, mut letters) = (pattern.chars(), name.chars());
    let (first, letter) = (characters.next()?, letters.next()?);
    let rest = characters.as_str();
    let (matches, rest) = match first {
        '?' => (true, rest),
        '[' => {
            let end = unescaped(rest, ']').unwrap_or(rest.len());
            (is_in_class(&rest[..end], letter), rest.get(end + 1..).unwrap_or_default())
        }
        '\\' => (characters.next() == Some(letter), characters.as_str()),
        first => (first == letter, rest),
    };
    matches.then_some((rest, letters.as_str()))
}

fn is_in_class(class: &str, letter: char) -> bool {
    let (class, negated) = match class.strip_prefix(['^', '!']) {
        Some(class) => (class, true),
        None => (class, false),
    };
    let mut characters = class.chars().peekable();
    let mut found = false;
    while let Some(character) = characters.next() {
        let low = if character == '\\' { characters.next().unwrap_or(character) } else { character };
        let mut high = low;
        if characters.next_if_eq(&'-').is_some() {
            high = characters.next().unwrap_or(low);
        }
        found |= (low..=high).contains(&letter);
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, expected) in [
            ("", "a/b", true),
            ("app", "app", true),
            ("app", "apple", false),
            ("a*", "app", true),
            ("a*", "a", true),
            ("*", "svc/app", false),
            ("**", "svc/app", true),
            ("**", "app", true),
            ("svc/*", "svc/app", true),
            ("svc/**", "svc", false),
            ("**/app", "app", true),
            ("**/app", "a/b/app", true),
            ("a/**/c", "a/c", true),
            ("a/**/c", "a/b/b/c", true),
            ("**p", "svc/app", false),
            ("{a,b}", "b", true),
            ("{a,b}", "c", false),
            ("v{1,2{3,4}}.*", "v24.0", true),
            ("{svc/app,x}", "svc/app", true),
            ("v?", "v1", true),
            ("v?", "v", false),
            ("v[0-9]", "v7", true),
            ("v[^0-9]", "v7", false),
            (r"v\*", "v*", true),
            (r"v\*", "v1", false),
            ("CVE-2024-*", "CVE-2024-0001", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("*b", "abab", true),
            ("a**", "a", true),
            ("**/**", "a", true),
            ("**/x/**", "x/x", true),
            ("**/x/**", "a/x", false),
            ("**/b/**/c/d", "b/c/b/c/c/d", true),
            ("*[bc]?", "abcd", true),
            ("é*", "éa", true),
            ("{a,{b,c}d}{,e}", "cde", true),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(name), expected, "{pattern} and {name}");
        }
    }

    #[test]
    fn large_patterns_take_no_time() {
        let name = "a".repeat(255);
        assert!(!Pattern::parse(&format!("{}b", "a*".repeat(100))).unwrap().matches(&name));
        assert!(Pattern::parse(&"*".repeat(1_000_000)).unwrap().matches(&name));
        assert!(Pattern::parse(&format!("{}*", "**/".repeat(100_000))).unwrap().matches("a/b"));
        assert!(Pattern::parse(&"{a,b}".repeat(40)).is_none());
        assert!(Pattern::parse(&"{a}".repeat(100_000)).is_none());
    }

    #[test]
    fn malformed_patterns_are_found() {
        for pattern in ["{a", "[a", "[]", r"a\", "{a,[}"] {
            assert!(Pattern::parse(pattern).is_none(), "{pattern}");
        }
    }
}
