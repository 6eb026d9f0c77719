//! A body without the elements of its lists of vulnerabilities, put together from pieces.
//!
//! The elements are nearly all of a body. They are read one by one as they come, so that neither the body nor a list of
//! its elements is ever held; what is left is small, and is read as a whole.

/// The name of the member whose elements are taken out.
const LIST_NAME: &[u8] = b"\"vulnerabilities\"";

/// What is left of a body.
#[derive(Debug)]
pub(super) struct Outline {
    text: Vec<u8>,
    /// Where elements were left out.
    gaps: Vec<Gap>,
    /// How deep the objects are nested whose member is a list of vulnerabilities.
    list_depth: usize,
    depth: usize,
    string: Option<OpenString>,
    before: Before,
    is_object: Option<bool>,
}

/// A place in the text that stood elsewhere in the body.
#[derive(Clone, Copy, Debug)]
struct Gap {
    in_text: usize,
    in_body: usize,
}

/// A string that has begun and not ended.
#[derive(Clone, Copy, Debug)]
struct OpenString {
    start: usize,
    is_after_backslash: bool,
}

/// What stands before the next token, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Other,
    /// The name of a list.
    Name,
    /// The name of a list and a colon.
    Colon,
}

impl Outline {
    pub(super) fn new(list_depth: usize) -> Self {
        Self {
            text: Vec::new(),
            gaps: Vec::new(),
            list_depth,
            depth: 0,
            string: None,
            before: Before::Other,
            is_object: None,
        }
    }

    /// Takes bytes up to the beginning of a list; gives how many, and whether a list begins after them.
    pub(super) fn push(&mut self, piece: &[u8]) -> (usize, bool) {
        for (index, byte) in piece.iter().enumerate() {
            self.text.push(*byte);
            if self.begins_list(*byte) {
                return (index + 1, true);
            }
        }
        (piece.len(), false)
    }

    /// Goes on behind a list whose end stands at a place of the body.
    pub(super) fn go_on_at(&mut self, in_body: usize) {
        self.gaps.push(Gap { in_text: self.text.len(), in_body });
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The place in the body of a place in the text.
    pub(super) fn place_in_body(&self, in_text: usize) -> usize {
        let gap = self.gaps.iter().rev().find(|gap| gap.in_text <= in_text);
        gap.map_or(in_text, |gap| gap.in_body + (in_text - gap.in_text))
    }

    /// Takes note of a byte that was just added; whether it begins a list.
    fn begins_list(&mut self, byte: u8) -> bool {
        if let Some(string) = &mut self.string {
            match byte {
                _ if string.is_after_backslash => string.is_after_backslash = false,
                b'\\' => string.is_after_backslash = true,
                b'"' => {
                    let is_name = self.depth == self.list_depth && &self.text[string.start..] == LIST_NAME;
                    self.before = if is_name { Before::Name } else { Before::Other };
                    self.string = None;
                }
                _ => {}
            }
            return false;
        }
        if byte.is_ascii_whitespace() || !self.is_object_so_far(byte) {
            return false;
        }
        let before = std::mem::replace(&mut self.before, Before::Other);
        match byte {
            b'"' => self.string = Some(OpenString { start: self.text.len() - 1, is_after_backslash: false }),
            b':' if before == Before::Name => self.before = Before::Colon,
            b'[' => {
                self.depth += 1;
                return before == Before::Colon;
            }
            b'{' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        false
    }

    /// Whether the body begins like an object. In a page of a proxy there are no lists.
    fn is_object_so_far(&mut self, byte: u8) -> bool {
        const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
        if self.is_object.is_none() && BYTE_ORDER_MARK.starts_with(&self.text) {
            return false;
        }
        *self.is_object.get_or_insert(byte == b'{')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outline of a body whose lists are empty but for spaces, and where its lists begin.
    fn outline(body: &str, list_depth: usize) -> (Outline, Vec<usize>) {
        let mut outline = Outline::new(list_depth);
        let (mut place, mut lists) = (0, Vec::new());
        while place < body.len() {
            let (taken, begins_list) = outline.push(&body.as_bytes()[place..]);
            place += taken;
            if begins_list {
                lists.push(place - 1);
                place += body[place..].find(']').unwrap_or(body.len() - place);
                outline.go_on_at(place);
            }
        }
        (outline, lists)
    }

    #[test]
    fn lists_are_found_by_name_and_depth() {
        for (body, lists) in [
            (r#"{"a":{"vulnerabilities":[   ]}}"#, vec![24]),
            (r#" { "a" : { "b" : [{}] , "vulnerabilities" : [ ] } } "#, vec![44]),
            (r#"{"a":{"vulnerabilities":[ ],"vulnerabilities":[]},"b":{"vulnerabilities":[]}}"#, vec![24, 46, 73]),
            (r#"{"vulnerabilities":[],"a":[{"vulnerabilities":[]}]}"#, vec![]),
            (r#"{"a":{"x\"vulnerabilities":[],"b":"vulnerabilities"},"c":[]}"#, vec![]),
            (r#"{"a":{"vulnerabilities":{"vulnerabilities":[]}}}"#, vec![]),
            (r#"<html>{{"vulnerabilities":[]}}"#, vec![]),
            ("\u{feff}{\"a\":{\"vulnerabilities\":[]}}", vec![27]),
        ] {
            assert_eq!(outline(body, 2).1, lists, "{body}");
        }
        assert_eq!(outline(r#"{"vulnerabilities":[]}"#, 1).1, [19]);
    }

    #[test]
    fn places_are_those_in_the_body() {
        let body = r#"{"a":{"vulnerabilities":[     ],"vulnerabilities":[   ],"z":1}}"#;
        let (outline, _) = outline(body, 2);
        assert_eq!(outline.text(), br#"{"a":{"vulnerabilities":[],"vulnerabilities":[],"z":1}}"#);
        for (place, byte) in outline.text().iter().enumerate() {
            assert_eq!(body.as_bytes()[outline.place_in_body(place)], *byte, "{place}");
        }
        assert_eq!(outline.place_in_body(outline.text().len()), body.len());
    }
}
