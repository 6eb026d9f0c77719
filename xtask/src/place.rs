//! Where in the description a reader is, for error messages.

use std::fmt;

/// A JSON pointer that grows on the stack while the description is walked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    key: &'a str,
}

impl<'a> Place<'a> {
    /// The top of the document.
    pub(crate) const ROOT: Place<'static> = Place { parent: None, key: "#" };

    /// A place that was written down before.
    pub(crate) fn written(pointer: &'a str) -> Self {
        Place { parent: None, key: pointer }
    }

    /// The member `key` of this place.
    pub(crate) fn member(&'a self, key: &'a str) -> Place<'a> {
        Place { parent: Some(self), key }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parent {
            None => formatter.write_str(self.key),
            Some(parent) => write!(formatter, "{parent}/{}", escape(self.key)),
        }
    }
}

/// Escapes a key for use in a JSON pointer.
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Reads one segment of a JSON pointer back.
pub(crate) fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_json_pointer() {
        let paths = Place::ROOT.member("paths");
        let path = paths.member("/a/{b~c}");
        assert_eq!(path.member("get").to_string(), "#/paths/~1a~1{b~0c}/get");
        assert_eq!(unescape("~1a~1{b~0c}"), "/a/{b~c}");
    }
}
