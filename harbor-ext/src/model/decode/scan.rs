//! Where a JSON value ends, told without reading it, however it is cut into pieces.

use memchr::memchr2;

/// Follows one JSON value up to its end.
///
/// It knows strings and brackets only: that the value is JSON is for a parser to say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ValueScan {
    depth: usize,
    is_in_string: bool,
    is_after_backslash: bool,
}

impl ValueScan {
    /// How many of the next bytes belong to the value; `None` where they all do and it may go on.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut place = 0;
        while let Some(byte) = bytes.get(place) {
            if self.is_in_string {
                place += self.string_part(&bytes[place..]);
                if !self.is_in_string && self.depth == 0 {
                    return Some(place);
                }
                continue;
            }
            match byte {
                b'"' => self.is_in_string = true,
                b'{' | b'[' => self.depth += 1,
                // What ends the list ends a number in it.
                b'}' | b']' | b',' if self.depth == 0 => return Some(place),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(place + 1);
                    }
                }
                b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => return Some(place),
                _ => {}
            }
            place += 1;
        }
        None
    }

    /// How many of the next bytes belong to the string that has begun, its closing quote included.
    fn string_part(&mut self, bytes: &[u8]) -> usize {
        let mut place = 0;
        while place < bytes.len() {
            if self.is_after_backslash {
                self.is_after_backslash = false;
                place += 1;
                continue;
            }
            let Some(next) = memchr2(b'"', b'\\', &bytes[place..]) else {
                return bytes.len();
            };
            place += next + 1;
            match bytes[place - 1] {
                b'\\' => self.is_after_backslash = true,
                _ => {
                    self.is_in_string = false;
                    return place;
                }
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_they_end_however_they_are_cut() {
        for (value, rest) in [
            ("{}", ","),
            (r#"{"a":[1,"]}",{"b":"\"}\\"}]}"#, "]"),
            ("[[],{}]", " "),
            (r#""a,]}\"""#, ","),
            ("12", ",13"),
            ("null", "]"),
            ("true", "\n]"),
            ("", "]"),
        ] {
            let text = format!("{value}{rest}");
            for cut in 0..=text.len() {
                let (first, second) = text.as_bytes().split_at(cut);
                let mut scan = ValueScan::default();
                let end = scan.end(first).or_else(|| scan.end(second).map(|end| cut + end));
                assert_eq!(end, Some(value.len()), "{text:?} cut at {cut}");
            }
        }
        assert_eq!(ValueScan::default().end(br#"{"a":"}"#), None);
    }
}
