//! Keyset paging: `sort=KEY&q=KEY=[LAST+1~]`.
//!
//! Paging by number over a list that changes loses rows and repeats others (measured on a Harbor under pushes and
//! deletions: 4 to 50 lost, up to 369 repeated); asking for what follows the last key seen does neither. `Link` headers
//! are never followed: Harbor un-escapes the query in them.

use reqwest::header::HeaderMap;

use super::cause::Cause;
use crate::failure::FailureKind;

/// Harbor refuses more.
pub(crate) const PAGE_SIZE: i64 = 100;

/// Where a list goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The highest key seen so far.
    after: i64,
    /// The page before was empty although the server announced rows.
    is_second_look: bool,
}

/// Some rows of a list in the order of their keys.
#[derive(Debug)]
pub(crate) struct Page<R> {
    pub(crate) rows: Vec<R>,
    /// How many rows match from this page on, where the server says so.
    pub(crate) total: Option<u64>,
}

/// What follows a page.
#[derive(Debug)]
pub(crate) struct Turn<R> {
    /// The rows that were not seen before.
    pub(crate) rows: Vec<R>,
    /// Where the list goes on, unless this was the end.
    pub(crate) next: Option<Cursor>,
    /// Why the list ends before its end, if it does.
    pub(crate) complaint: Option<Cause>,
}

impl Cursor {
    /// The value of `q` for the rows after this place, with further conditions in front.
    pub(crate) fn query(self, key: &str, conditions: &[String]) -> String {
        let range = format!("{key}=[{}~]", self.after.saturating_add(1));
        conditions.iter().cloned().chain([range]).collect::<Vec<_>>().join(",")
    }

    /// Whether this is the beginning of a list.
    pub(crate) fn is_first(self) -> bool {
        self == Self::default()
    }

    /// Turns the page: `key` reads the key of a row.
    pub(crate) fn turn<R>(self, page: Page<R>, key: impl Fn(&R) -> Option<i64>) -> Turn<R> {
        let (received, total) = (page.rows.len() as u64, page.total);
        let mut last = self.after;
        let mut rows = Vec::with_capacity(page.rows.len());
        let mut has_row_without_key = false;
        for row in page.rows {
            match key(&row) {
                // A server that ignores the range sends earlier rows again.
                Some(key) if key <= self.after => continue,
                Some(key) => last = last.max(key),
                None => has_row_without_key = true,
            }
            rows.push(row);
        }
        let is_end = total.map_or(received < PAGE_SIZE as u64, |total| total <= received);
        let (next, complaint) = if is_end {
            (None, None)
        } else if last > self.after {
            (Some(Self { after: last, is_second_look: false }), None)
        } else if received == 0 && !self.is_second_look {
            // The count and the rows are two statements: the row may have been deleted between them.
            (Some(Self { is_second_look: true, ..self }), None)
        } else {
            (None, Some(cannot_go_on(received, total, has_row_without_key)))
        };
        Turn { rows, next, complaint }
    }
}

/// Why a list cannot be followed to its end.
fn cannot_go_on(received: u64, total: Option<u64>, has_row_without_key: bool) -> Cause {
    let announced = total.map_or_else(|| "more".to_owned(), |total| total.to_string());
    let why = match (received, has_row_without_key) {
        (0, _) => "none came",
        (_, true) => "the rows that came have no id to go on from",
        (_, false) => "the rows that came were sent before, so sort or q is ignored",
    };
    Cause::new(
        FailureKind::Undecodable,
        format!("the list has rows that cannot be reached: {announced} were announced, {why}"),
    )
}

/// Reads `X-Total-Count`; an empty, negative or odd one is as good as none.
pub(crate) fn total_count(headers: &HeaderMap) -> Option<u64> {
    headers.get("x-total-count")?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(keys: impl IntoIterator<Item = i64>, total: Option<u64>) -> Page<i64> {
        Page { rows: keys.into_iter().collect(), total }
    }

    fn turn(cursor: Cursor, page: Page<i64>) -> Turn<i64> {
        cursor.turn(page, |key| (*key > 0).then_some(*key))
    }

    #[test]
    fn a_list_is_walked_by_its_highest_key() {
        let first = Cursor::default();
        assert!(first.is_first());
        assert_eq!(first.query("id", &[]), "id=[1~]");
        let second = turn(first, page(1..=100, Some(150))).next.unwrap();
        assert!(!second.is_first());
        assert_eq!(second.query("id", &["tags=v1".to_owned()]), "tags=v1,id=[101~]");
        let end = turn(second, page(101..=150, Some(50)));
        assert_eq!((end.rows.len(), end.next), (50, None));
        assert!(end.complaint.is_none());
    }

    #[test]
    fn a_short_page_is_the_end_only_where_the_server_does_not_say_more() {
        assert!(turn(Cursor::default(), page(1..=3, None)).next.is_none());
        assert!(turn(Cursor::default(), page(1..=100, None)).next.is_some());
        assert!(turn(Cursor::default(), page(1..=100, Some(100))).next.is_none());
        // Harbor 2.5 leaves accessories out of a page after counting them.
        let turned = turn(Cursor::default(), page(1..=3, Some(10)));
        assert_eq!(turned.next.map(|cursor| cursor.after), Some(3));
    }

    #[test]
    fn an_empty_page_where_rows_are_announced_is_looked_at_twice_and_then_told() {
        let second_look = turn(Cursor::default(), page([], Some(1))).next.unwrap();
        assert_eq!(second_look.query("id", &[]), "id=[1~]");
        let end = turn(second_look, page([], Some(1)));
        assert!(end.next.is_none());
        assert!(end.complaint.unwrap().message.contains("none came"));
        assert!(turn(second_look, page([], Some(0))).complaint.is_none());
    }

    #[test]
    fn a_server_that_ignores_the_range_does_not_trap_the_walk() {
        let second = turn(Cursor::default(), page(1..=100, Some(200))).next.unwrap();
        let turned = turn(second, page(1..=100, Some(200)));
        assert!(turned.rows.is_empty() && turned.next.is_none());
        assert!(turned.complaint.unwrap().message.contains("ignored"));
    }

    #[test]
    fn rows_without_a_key_are_kept() {
        let turned = turn(Cursor::default(), page([0, 0], Some(5)));
        assert_eq!(turned.rows.len(), 2);
        assert!(turned.complaint.unwrap().message.contains("no id"));
        assert_eq!(turn(Cursor::default(), page([0, 7], Some(5))).next.map(|cursor| cursor.after), Some(7));
    }

    #[test]
    fn odd_totals_are_no_totals() {
        for (text, wanted) in [("12", Some(12)), ("0", Some(0)), ("-1", None), ("", None), ("many", None)] {
            let headers = HeaderMap::from_iter([("x-total-count".parse().unwrap(), text.parse().unwrap())]);
            assert_eq!(total_count(&headers), wanted, "{text}");
        }
        assert_eq!(total_count(&HeaderMap::new()), None);
    }
}
