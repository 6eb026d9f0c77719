//! Keyset paging: `sort=KEY&q=KEY=[LAST+1~]`.
//!
//! Paging by number over a list that changes loses rows and repeats others (measured on a Harbor under pushes and
//! deletions: 4 to 50 lost, up to 369 repeated); asking for what follows the last key seen does neither. `Link` headers
//! are never followed: Harbor un-escapes the query in them.

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::cause::Cause;
use super::details::Details;
use crate::failure::FailureKind;

/// Harbor refuses more.
const PAGE_SIZE: usize = 100;

/// Of rows that the server needs whole reports for. It sends nothing before the last row is done, proxies give up after
/// a minute, and one row with thousands of findings takes more than a tenth of a second.
const SLOW_PAGE_SIZE: usize = 25;

/// After so many pages of a smaller size the next ones are twice as large again.
const PAGES_BEFORE_GROWTH: u8 = 3;

/// Where a list goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The highest key seen so far.
    after: i64,
    /// The page before was empty although the server announced rows.
    is_second_look: bool,
    size: Size,
}

/// How much is asked for at once: whole pages, unless the server took too long for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    halvings: u8,
    /// Pages of this size that came.
    pages: u8,
    /// A single row without what the server needs whole reports for.
    is_bare: bool,
}

/// Some rows of a list in the order of their keys.
#[derive(Debug)]
pub(crate) struct Page<R> {
    pub(crate) rows: Vec<Row<R>>,
    /// How many rows match from this page on, where the server says so.
    pub(crate) total: Option<u64>,
}

/// One row of a list. A row that cannot be used does not spoil the others.
#[derive(Debug)]
pub(crate) struct Row<R> {
    key: Option<i64>,
    content: Result<R, Cause>,
}

/// What a list is sorted by.
#[derive(Debug)]
pub(crate) struct Key<T> {
    /// The member of a row that holds it.
    pub(crate) name: &'static str,
    /// The same, of a row that is as described.
    pub(crate) of: fn(&T) -> Option<i64>,
}

/// What follows a page.
#[derive(Debug)]
pub(crate) struct Turn<R> {
    /// The rows that were not seen before.
    pub(crate) rows: Vec<Result<R, Cause>>,
    /// Where the list goes on, unless this was the end.
    pub(crate) next: Option<Cursor>,
    /// Why the list ends before its end, if it does.
    pub(crate) complaint: Option<Cause>,
}

impl<R> Page<R> {
    /// Reads the JSON array of a list: `key` is what the list is sorted by, and `convert` makes of the described type
    /// what is wanted.
    ///
    /// Only where a row is not as described they are read one by one, so that it costs nothing but itself.
    pub(crate) fn read<T: DeserializeOwned>(
        body: &[u8],
        headers: &HeaderMap,
        key: Key<T>,
        mut convert: impl FnMut(T) -> Result<R, Cause>,
    ) -> Result<Self, Cause> {
        let rows = match serde_json::from_slice::<Vec<T>>(body) {
            Ok(rows) => rows.into_iter().map(|row| Row { key: (key.of)(&row), content: convert(row) }).collect(),
            Err(_) => read_one_by_one(body, key.name, convert)?,
        };
        Ok(Self { rows, total: total_count(headers) })
    }

    /// How many rows the whole list has, as far as its first page tells.
    pub(crate) fn announced(&self) -> u64 {
        self.total.unwrap_or(self.rows.len() as u64)
    }
}

impl Cursor {
    /// The lowest key that was not seen yet.
    pub(crate) fn first_key(self) -> i64 {
        self.after.saturating_add(1)
    }

    /// The value of `q` for the rows after this place, with further conditions in front.
    pub(crate) fn query(self, key: &str, conditions: &[String]) -> String {
        let range = format!("{key}=[{}~]", self.first_key());
        conditions.iter().cloned().chain([range]).collect::<Vec<_>>().join(",")
    }

    /// Whether this is the beginning of a list.
    pub(crate) fn is_first(self) -> bool {
        self.after == 0 && !self.is_second_look
    }

    /// How many rows the page may have. Never 0, which would be all of them at once.
    pub(crate) fn page_size(self, details: Details) -> usize {
        let whole = if details.are_slow() { SLOW_PAGE_SIZE } else { PAGE_SIZE };
        if self.size.is_bare { 1 } else { (whole >> self.size.halvings).max(1) }
    }

    /// What to ask for of what is wanted.
    pub(crate) fn details(self, wanted: Details) -> Details {
        if self.size.is_bare { wanted.without_slow() } else { wanted }
    }

    /// Whether less is asked for than is wanted.
    pub(crate) fn is_bare(self) -> bool {
        self.size.is_bare
    }

    /// The same place with half a page, where a page is too much for the server; of a single row only what costs the
    /// server little. `None` where that is too much as well.
    pub(crate) fn smaller(self, details: Details) -> Option<Self> {
        let Size { halvings, is_bare, .. } = self.size;
        let size = match self.page_size(details) {
            2.. => Size { halvings: halvings + 1, ..Size::default() },
            _ if is_bare || !details.are_slow() => return None,
            _ => Size { halvings, is_bare: true, pages: 0 },
        };
        Some(Self { size, ..self })
    }

    /// Turns the page.
    pub(crate) fn turn<R>(self, page: Page<R>) -> Turn<R> {
        let (received, total) = (page.rows.len() as u64, page.total);
        let mut last = self.after;
        let (mut is_sorted, mut has_row_without_key) = (true, false);
        let mut rows = Vec::with_capacity(page.rows.len());
        for row in page.rows {
            match row.key.filter(|key| *key > 0) {
                // A server that ignores the range sends earlier rows again.
                Some(key) if key <= self.after => continue,
                // The same row twice.
                Some(key) if key == last => continue,
                Some(key) => {
                    is_sorted &= key > last;
                    last = last.max(key);
                }
                None => has_row_without_key = true,
            }
            rows.push(row.content);
        }
        // A total below the rows that came contradicts itself and is as good as none. Without one only an empty page
        // is an end: something in front of Harbor may allow smaller pages.
        let is_end = total.filter(|total| *total >= received).map_or(received == 0, |total| total == received);
        let stop = |why| (None, Some(cannot_go_on(total, why)));
        let (next, complaint) = if !is_sorted {
            stop("the rows that came are not sorted")
        } else if is_end {
            (None, None)
        } else if last > self.after {
            (Some(Self { after: last, is_second_look: false, size: self.size.after_page() }), None)
        } else if received > 0 && has_row_without_key {
            stop("the rows that came have no id to go on from")
        } else if received > 0 {
            stop("the rows that came were sent before")
        } else if self.is_second_look {
            stop("none came")
        } else {
            // The count and the rows are two statements: the row may have been deleted between them.
            (Some(Self { is_second_look: true, ..self }), None)
        };
        Turn { rows, next, complaint }
    }
}

impl Size {
    /// What to try after a page that came.
    fn after_page(self) -> Self {
        let Self { halvings, pages, is_bare } = self;
        match pages + u8::from(!is_bare) {
            PAGES_BEFORE_GROWTH.. => Self { halvings: halvings.saturating_sub(1), ..Self::default() },
            pages => Self { halvings, pages, is_bare: false },
        }
    }
}

/// Reads the rows of a list of which some are not as described.
fn read_one_by_one<R, T: DeserializeOwned>(
    body: &[u8],
    key: &str,
    mut convert: impl FnMut(T) -> Result<R, Cause>,
) -> Result<Vec<Row<R>>, Cause> {
    let rows: Vec<Value> = serde_json::from_slice(body).map_err(|error| Cause::of_json(&error, body))?;
    let read = |row: Value| {
        let key = row[key].as_i64();
        let content = T::deserialize(&row).map_err(|error| unusable(key, &error.to_string())).and_then(&mut convert);
        Row { key, content }
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Why a list cannot be followed to its end.
fn cannot_go_on(total: Option<u64>, why: &str) -> Cause {
    let announced = total.map_or_else(|| "more rows".to_owned(), |total| format!("{total} rows"));
    Cause::new(FailureKind::Incomplete, format!("the list announced {announced} from here on, but {why}"))
}

/// A row that cannot be used, named by its key.
pub(super) fn unusable(key: Option<i64>, why: &str) -> Cause {
    let row = key.map_or_else(|| "a row without id".to_owned(), |key| format!("the row with id {key}"));
    Cause::new(FailureKind::Undecodable, format!("{row} cannot be used: {why}"))
}

/// Reads `X-Total-Count`; an empty, negative or odd one is as good as none.
pub(crate) fn total_count(headers: &HeaderMap) -> Option<u64> {
    headers.get("x-total-count")?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(keys: impl IntoIterator<Item = i64>, total: Option<u64>) -> Page<i64> {
        let row = |key| Row { key: Some(key), content: Ok(key) };
        Page { rows: keys.into_iter().map(row).collect(), total }
    }

    #[test]
    fn a_list_is_walked_by_its_highest_key() {
        let first = Cursor::default();
        assert!(first.is_first());
        assert_eq!(first.query("id", &[]), "id=[1~]");
        let second = first.turn(page(1..=100, Some(150))).next.unwrap();
        assert!(!second.is_first());
        assert_eq!(second.query("id", &["tags=v1".to_owned()]), "tags=v1,id=[101~]");
        let end = second.turn(page(101..=150, Some(50)));
        assert_eq!((end.rows.len(), end.next), (50, None));
        assert!(end.complaint.is_none());
    }

    #[test]
    fn a_page_that_is_too_much_is_split_down_to_a_single_row_and_grows_again() {
        let plain = Details::default();
        let slow = Details { scan_overview: true, ..plain };
        let sizes = |details| {
            let cursors = std::iter::successors(Some(Cursor::default()), |cursor| cursor.smaller(details));
            cursors.map(|cursor| (cursor.page_size(details), cursor.details(details))).collect::<Vec<_>>()
        };
        assert_eq!(sizes(plain), [100, 50, 25, 12, 6, 3, 1].map(|size| (size, plain)));
        let mut wanted = [25, 12, 6, 3, 1].map(|size| (size, slow)).to_vec();
        wanted.push((1, plain));
        assert_eq!(sizes(slow), wanted, "at last a row without its overview");

        let smallest = std::iter::successors(Some(Cursor::default()), |cursor| cursor.smaller(slow)).last().unwrap();
        assert!(smallest.is_bare() && smallest.is_first(), "the same place");
        let following = |cursor: &Cursor| cursor.turn(page([cursor.first_key()], Some(1000))).next;
        let grown: Vec<_> = std::iter::successors(following(&smallest), following)
            .map(|cursor| cursor.page_size(slow))
            .take(8)
            .collect();
        assert_eq!(grown, [1, 1, 1, 3, 3, 3, 6, 6]);
    }

    #[test]
    fn a_short_page_is_the_end_only_where_the_server_does_not_say_more() {
        // Without a total only an empty page is an end: something in front of Harbor may allow smaller pages.
        assert!(Cursor::default().turn(page(1..=3, None)).next.is_some());
        assert!(Cursor::default().turn(page([], None)).next.is_none());
        assert!(Cursor::default().turn(page(1..=3, Some(0))).next.is_some());
        assert!(Cursor::default().turn(page(1..=100, None)).next.is_some());
        assert!(Cursor::default().turn(page(1..=100, Some(100))).next.is_none());
        // Harbor 2.5 leaves accessories out of a page after counting them.
        let turned = Cursor::default().turn(page(1..=3, Some(10)));
        assert_eq!(turned.next.map(|cursor| cursor.after), Some(3));
    }

    #[test]
    fn an_empty_page_where_rows_are_announced_is_looked_at_twice_and_then_told() {
        let second_look = Cursor::default().turn(page([], Some(1))).next.unwrap();
        assert_eq!(second_look.query("id", &[]), "id=[1~]");
        let end = second_look.turn(page([], Some(1)));
        assert!(end.next.is_none());
        assert!(end.complaint.unwrap().message.contains("none came"));
        assert!(second_look.turn(page([], Some(0))).complaint.is_none());
    }

    #[test]
    fn a_server_that_ignores_the_range_does_not_trap_the_walk() {
        let second = Cursor::default().turn(page(1..=100, Some(200))).next.unwrap();
        let turned = second.turn(page(1..=100, Some(200)));
        assert!(turned.rows.is_empty() && turned.next.is_none());
        assert!(turned.complaint.unwrap().message.contains("sent before"));
    }

    #[test]
    fn rows_without_a_key_are_kept() {
        let turned = Cursor::default().turn(page([0, 0], Some(5)));
        assert_eq!(turned.rows.len(), 2);
        assert!(turned.complaint.unwrap().message.contains("no id"));
        assert_eq!(Cursor::default().turn(page([0, 7], Some(5))).next.map(|cursor| cursor.after), Some(7));
    }

    #[test]
    fn rows_out_of_order_are_told_and_repeated_ones_are_not_taken_twice() {
        assert!(Cursor::default().turn(page([3, 1, 2], Some(3))).complaint.is_some());
        let turned = Cursor::default().turn(page([1, 2, 2, 3], Some(4)));
        assert_eq!(turned.rows.len(), 3);
        assert!(turned.complaint.is_none());
    }

    #[test]
    fn one_odd_row_does_not_spoil_a_page() {
        let body = br#"[{"id":1,"name":"a"},{"id":2,"name":7},{"id":3,"name":"c"},null]"#;
        #[derive(serde::Deserialize)]
        struct Named {
            id: i64,
            name: String,
        }
        const KEY: Key<Named> = Key { name: "id", of: |row| Some(row.id) };
        let read = |body| Page::read(body, &HeaderMap::new(), KEY, |named: Named| Ok(named.name));
        let page = read(body).unwrap();
        assert_eq!(page.announced(), 4);
        let turned = Cursor::default().turn(page);
        let rows: Vec<Result<String, String>> =
            turned.rows.into_iter().map(|row| row.map_err(|cause| cause.message)).collect();
        assert_eq!((rows[0].as_deref(), rows[2].as_deref()), (Ok("a"), Ok("c")));
        assert!(rows[1].as_ref().is_err_and(|message| message.contains("id 2")), "{rows:?}");
        assert!(rows[3].is_err());
        assert_eq!(turned.next.map(|cursor| cursor.after), Some(3));
        let long = format!(r#"[{{"id":4,"name":["{}\u001b"]}}]"#, "x".repeat(9000));
        let key = Key { name: "id", of: |row: &Value| row["id"].as_i64() };
        let page = Page::read(long.as_bytes(), &HeaderMap::new(), key, |row: Value| {
            Err::<(), _>(unusable(Some(4), row["name"][0].as_str().unwrap()))
        });
        let cause = Cursor::default().turn(page.unwrap()).rows.remove(0).unwrap_err();
        assert!(cause.message.chars().count() < 600 && !cause.message.contains('\u{1b}'), "{}", cause.message);
        assert!(read(b"{}").is_err());
        let page = read(br#"[{"id":1,"name":"a"},{"id":2,"name":"b"}]"#).unwrap();
        let rows: Vec<_> = page.rows.into_iter().map(|row| (row.key, row.content.unwrap())).collect();
        assert_eq!(rows, [(Some(1), "a".to_owned()), (Some(2), "b".to_owned())]);
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
