//! `page` and `page_size`, and the `Link` header with the damage that Harbor does to it.

use axum::http::HeaderValue;

use super::parameters::{self, Parameters};

/// The page that a list was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    number: i64,
    size: i64,
}

impl Page {
    /// Reads the two parameters, which are known to be numbers from the validation where they are there.
    pub(crate) fn from_parameters(parameters: &Parameters) -> Self {
        let integer = |name: &str, default| parameters.text(name).and_then(|text| text.parse().ok()).unwrap_or(default);
        Self { number: integer("page", 1), size: integer("page_size", 10) }
    }

    /// The number of the page as it was sent.
    pub(crate) fn number(self) -> i64 {
        self.number
    }

    /// The size of the page as it was sent.
    pub(crate) fn size(self) -> i64 {
        self.size
    }

    /// The first row of the page. Zero and negative numbers mean the first page, and without a size
    /// there is one page.
    pub(crate) fn offset(self) -> usize {
        match self.size {
            ..=0 => 0,
            _ => usize::try_from(self.rows_before(self.number)).unwrap_or(0),
        }
    }

    /// The part of a list that the page shows.
    pub(crate) fn cut<T>(self, rows: &[T]) -> &[T] {
        let first = self.offset().min(rows.len());
        &rows[first..first.saturating_add(self.limit()).min(rows.len())]
    }

    /// The most rows on the page; no limit for sizes of zero and below.
    pub(crate) fn limit(self) -> usize {
        match usize::try_from(self.size) {
            Ok(0) | Err(_) => usize::MAX,
            Ok(size) => size,
        }
    }

    /// The `Link` header for a list of `total` rows, with its query un-escaped once before "next"
    /// is built from "prev".
    pub(crate) fn link(self, path: &str, query: &str, total: usize) -> Option<HeaderValue> {
        if self.size == 0 {
            return None;
        }
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        let mut query = query.to_owned();
        let mut links = Vec::new();
        if self.number > 1 && self.rows_before(self.number) < total {
            query = self.query_of(&query, self.number - 1);
            links.push(format!("<{path}?{query}>; rel=\"prev\""));
        }
        if self.rows_before(self.number.wrapping_add(1)) < total {
            query = self.query_of(&query, self.number.wrapping_add(1));
            links.push(format!("<{path}?{query}>; rel=\"next\""));
        }
        match links.is_empty() {
            true => None,
            false => HeaderValue::from_bytes(links.join(" , ").as_bytes()).ok(),
        }
    }

    /// The rows before a page. Numbers that are too large come round, as they do on the real server.
    fn rows_before(self, page: i64) -> i64 {
        page.wrapping_sub(1).wrapping_mul(self.size)
    }

    fn query_of(self, query: &str, page: i64) -> String {
        let mut parameters = Parameters::parse_leniently(query);
        parameters.set("page", page);
        parameters.set("page_size", self.size);
        let encoded = parameters.encode();
        parameters::unescape(&encoded).unwrap_or(encoded)
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn next_is_unescaped_twice_where_there_is_a_previous_page() {
        let page = Page { number: 2, size: 10 };
        let query = "page=2&page_size=10&q=media_type%3Da%2Fb%252Bjson";
        let link = page.link("/api/v2.0/x", query, 21).unwrap();
        assert_eq!(
            link.to_str().unwrap(),
            "</api/v2.0/x?page=1&page_size=10&q=media_type=a/b%2Bjson>; rel=\"prev\" , \
             </api/v2.0/x?page=3&page_size=10&q=media_type=a/b+json>; rel=\"next\""
        );
    }

    #[test]
    fn numbers_that_are_too_large_come_round() {
        let page = Page { number: i64::MAX, size: 10 };
        assert_eq!(page.offset(), 0);
        let link = page.link("/x", "", 3).unwrap();
        let link = link.to_str().unwrap();
        assert!(link.contains("page=9223372036854775806&") && link.contains("page=-9223372036854775808&"), "{link}");
        assert_eq!(Page { number: 99_999_999_999, size: 100 }.offset(), 9_999_999_999_800);
    }
}
