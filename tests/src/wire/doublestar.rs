//! The patterns of repositories, tags and CVEs: `*`, `**`, `?`, `[a-z]` and `{a,b}`.

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

/// Replaces `{a,b}` by what it stands for; alternatives may have alternatives of their own.
fn spell_out(text: &str) -> Option<Vec<String>> {
    let Some(open) = unescaped(text, '{') else {
        return Some(vec![text.to_owned()]);
    };
    let (mut depth, mut escaped, mut start) = (0, false, open + 1);
    let mut choices = Vec::new();
    for (position, character) in text.char_indices().skip_while(|(position, _)| *position < open) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            ',' if depth == 1 => {
                choices.push(&text[start..position]);
                start = position + 1;
            }
            '}' if depth == 1 => {
                choices.push(&text[start..position]);
                let spelled = choices.iter().map(|choice| {
                    let rest = &text[position + 1..];
                    spell_out(&format!("{}{choice}{rest}", &text[..open]))
                });
                return spelled.collect::<Option<Vec<_>>>().map(|spelled| spelled.concat());
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
    match pattern.split_first() {
        None => name.is_empty(),
        Some((first, [])) if first == "**" => !name.is_empty(),
        Some((first, rest)) if first == "**" => (0..name.len()).any(|skipped| path(rest, &name[skipped..])),
        Some((first, rest)) => match name.split_first() {
            Some((part, others)) => component(first, part) && path(rest, others),
            None => false,
        },
    }
}

fn component(pattern: &str, name: &str) -> bool {
    let mut characters = pattern.chars();
    let Some(first) = characters.next() else {
        return name.is_empty();
    };
    let rest = characters.as_str();
    let mut letters = name.chars();
    let letter = letters.next();
    match (first, letter) {
        ('*', _) => {
            let mut starts = name.char_indices().map(|(position, _)| position).chain([name.len()]);
            starts.any(|start| component(rest, &name[start..]))
        }
        (_, None) => false,
        ('?', _) => component(rest, letters.as_str()),
        ('[', Some(letter)) => {
            let end = unescaped(rest, ']').unwrap_or(rest.len());
            let behind = rest.get(end + 1..).unwrap_or_default();
            is_in_class(&rest[..end], letter) && component(behind, letters.as_str())
        }
        ('\\', Some(letter)) => characters.next() == Some(letter) && component(characters.as_str(), letters.as_str()),
        (first, Some(letter)) => first == letter && component(rest, letters.as_str()),
    }
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
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(name), expected, "{pattern} and {name}");
        }
    }

    #[test]
    fn malformed_patterns_are_found() {
        for pattern in ["{a", "[a", "[]", r"a\", "{a,[}"] {
            assert!(Pattern::parse(pattern).is_none(), "{pattern}");
        }
    }
}
