//! Keeping what lets others in out of messages.

/// What stands in the place of a secret, and where a quotation was cut.
const ELLIPSIS: &str = "…";

/// Fewer characters of a secret help nobody, and stand in many texts by chance.
const SHORTEST_BEGINNING: usize = 4;

/// A text without a secret: neither the whole of it nor what is left of it where a quotation was cut in its middle.
pub(crate) fn hide(text: &str, secret: &str) -> String {
    if secret.is_empty() {
        return text.to_owned();
    }
    let text = text.replace(secret, ELLIPSIS);
    let mut parts: Vec<&str> = text.split(ELLIPSIS).collect();
    // Behind the last one nothing was cut.
    let last = parts.pop();
    parts.iter_mut().for_each(|part| *part = without_beginning(part, secret));
    parts.extend(last);
    parts.join(ELLIPSIS)
}

/// A text without the beginning of a secret at its end.
fn without_beginning<'a>(text: &'a str, secret: &str) -> &'a str {
    let ends = secret.char_indices().map(|(end, _)| end).filter(|end| *end >= SHORTEST_BEGINNING);
    ends.rev().find_map(|end| text.strip_suffix(&secret[..end])).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "YWRtaW46aHVudGVyMg==";

    #[test]
    fn a_secret_is_hidden_wherever_it_stands() {
        assert_eq!(hide(&format!("Basic {SECRET} ({SECRET})"), SECRET), "Basic … (…)");
        assert_eq!(hide("nothing to hide", SECRET), "nothing to hide");
        assert_eq!(hide("nothing to hide", ""), "nothing to hide");
    }

    #[test]
    fn a_quotation_that_is_cut_in_the_middle_of_a_secret_does_not_show_its_beginning() {
        for length in SHORTEST_BEGINNING..SECRET.len() {
            let cut = format!("the page says \"Authorization: Basic {}…\", 403", &SECRET[..length]);
            assert_eq!(hide(&cut, SECRET), "the page says \"Authorization: Basic …\", 403", "{length}");
        }
        // It may have letters of more than one byte, and the same beginning as something else.
        assert_eq!(hide("geheimnißkrämer… geheim", "geheimnißkrämerei"), "… geheim");
        assert_eq!(hide("a page… a pass", "password"), "a page… a pass");
    }
}
