//! Lists as the database would answer them: rows filtered by `q`, sorted by `sort`, cut to a page.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::errors::Refusal;
use super::paging::Page;
use super::parameters::Parameters;
use super::q::{Pattern, Query, Scalar};
use super::time;

/// A row of a list.
pub(crate) trait Row {
    /// The value of a column, or `None` where the model has no such column.
    fn column(&self, name: &str) -> Option<Cell<'_>>;

    /// The unique number of the row.
    fn id(&self) -> i64;

    /// A value of the type that a column has, by which a statement is checked that has no rows to look at.
    fn example(_name: &str) -> Option<Cell<'static>> {
        None
    }
}

/// A value in a row.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) enum Cell<'a> {
    Boolean(bool),
    Integer(i64),
    Text(&'a str),
    Time(Option<DateTime<Utc>>),
}

/// How a key with a suffix, such as `id__gt`, is compared.
#[derive(Clone, Copy, Debug)]
enum Operator {
    Exact,
    Contains,
    In,
    Compared(fn(Ordering) -> bool),
}

/// What a list was asked for.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) query: Query,
    pub(crate) page: Page,
    sort: Vec<(String, bool)>,
}

/// The rows of a page and the number of all rows that match.
#[derive(Debug)]
pub(crate) struct Selected<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) total: usize,
}

impl Selection {
    /// Reads `page`, `page_size`, `q` and `sort`.
    pub(crate) fn from_parameters(parameters: &Parameters) -> Result<Self, Refusal> {
        let query = Query::parse(parameters.text("q").unwrap_or_default())?;
        Ok(Self { query, ..Self::without_query(parameters) })
    }

    /// Reads `page`, `page_size` and `sort`, for the lists that have no `q`.
    pub(crate) fn without_query(parameters: &Parameters) -> Self {
        Self { query: Query::default(), page: Page::from_parameters(parameters), sort: sort_keys(parameters) }
    }

    /// Filters, sorts and cuts the rows. `default` is the order where no sort key is known; a minus
    /// means descending.
    pub(crate) fn of<T: Row>(&self, rows: Vec<T>, default: &[&str]) -> Result<Selected<T>, Refusal> {
        let rows = self.matching(rows)?;
        let total = rows.len();
        let order = self.order(rows.first(), default);
        Ok(Selected { rows: cut(rows, &order, self.page), total })
    }

    /// The rows that match `q`. A key that is no column is ignored, as Harbor does without a word.
    pub(crate) fn matching<T: Row>(&self, mut rows: Vec<T>) -> Result<Vec<T>, Refusal> {
        self.check_types(&rows)?;
        for (key, pattern) in self.query.terms() {
            let Some((name, operator)) = column_and_operator(key) else { continue };
            let mut problem = None;
            rows.retain(|row| match row.column(&name).map(|cell| matches_with(cell, operator, pattern)) {
                None => true,
                Some(Ok(matched)) => matched,
                Some(Err(refusal)) => {
                    problem = Some(refusal);
                    false
                }
            });
            if let Some(refusal) = problem {
                return Err(refusal);
            }
        }
        Ok(rows)
    }

    /// Refuses what has the wrong type, which the database does before it looks at any row.
    fn check_types<T: Row>(&self, rows: &[T]) -> Result<(), Refusal> {
        for (key, pattern) in self.query.terms() {
            let Some((name, operator)) = column_and_operator(key) else { continue };
            let cell = rows.first().map_or_else(|| T::example(&name), |row| row.column(&name));
            if let Some(cell) = cell {
                matches_with(cell, operator, pattern)?;
                check_text(pattern)?;
            }
        }
        Ok(())
    }

    fn order<T: Row>(&self, row: Option<&T>, default: &[&str]) -> Vec<(String, bool)> {
        let known = |name: &str| row.is_some_and(|row| row.column(name).is_some());
        let sort: Vec<_> = self.sort.iter().filter(|(name, _)| known(name)).cloned().collect();
        if !sort.is_empty() {
            return sort;
        }
        let default = default.iter().map(|key| match key.strip_prefix('-') {
            Some(key) => (key.to_owned(), true),
            None => ((*key).to_owned(), false),
        });
        default.collect()
    }
}

/// The keys of `sort`, and whether each is descending.
fn sort_keys(parameters: &Parameters) -> Vec<(String, bool)> {
    let keys = parameters.text("sort").unwrap_or_default().split(',');
    let keys = keys.filter(|key| !key.is_empty()).map(|key| match key.strip_prefix('-') {
        Some(key) => (column_name(key), true),
        None => (column_name(key), false),
    });
    keys.collect()
}

/// Sorts no more than is needed: the rows before the page only need to be known to lie before it.
fn cut<T: Row>(mut rows: Vec<T>, order: &[(String, bool)], page: Page) -> Vec<T> {
    let compare = |left: &T, right: &T| compare(left, right, order);
    let (offset, limit) = (page.offset(), page.limit());
    if offset >= rows.len() {
        return Vec::new();
    }
    if offset > 0 {
        rows.select_nth_unstable_by(offset, compare);
        rows.drain(..offset);
    }
    if limit < rows.len() {
        rows.select_nth_unstable_by(limit, compare);
        rows.truncate(limit);
    }
    rows.sort_unstable_by(compare);
    rows
}

fn compare<T: Row>(left: &T, right: &T, order: &[(String, bool)]) -> Ordering {
    for (name, descending) in order {
        let ordering = left.column(name).partial_cmp(&right.column(name)).unwrap_or(Ordering::Equal);
        if ordering != Ordering::Equal {
            return if *descending { ordering.reverse() } else { ordering };
        }
    }
    // The database leaves ties open. The simulator closes them, so that a test sees the same order
    // each time.
    left.id().cmp(&right.id())
}

/// Columns may be named as in the database or as in the program: `push_time` or `PushTime`, and nothing between.
fn column_name(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    let mut after_lower = false;
    for character in key.chars() {
        if character.is_ascii_uppercase() && after_lower {
            name.push('_');
        }
        after_lower = character.is_ascii_lowercase();
        name.push(character.to_ascii_lowercase());
    }
    if field_name(&name) == key { name } else { key.to_owned() }
}

/// The name that the program has for a column.
fn field_name(column: &str) -> String {
    let word = |word: &str| match word {
        "id" | "url" | "uuid" => word.to_uppercase(),
        _ => word[..1].to_uppercase() + &word[1..],
    };
    let words = column.split('_').filter(|part| part.is_char_boundary(1));
    words.map(word).collect()
}

/// Takes a key such as `push_time__gte` apart, or tells that Harbor ignores it.
fn column_and_operator(key: &str) -> Option<(String, Option<Operator>)> {
    let mut parts = key.split("__");
    let name = column_name(parts.next()?);
    let operator = match parts.next() {
        None => None,
        Some("exact") => Some(Operator::Exact),
        Some("icontains") => Some(Operator::Contains),
        Some("in") => Some(Operator::In),
        Some("gte") => Some(Operator::Compared(Ordering::is_ge)),
        Some("lte") => Some(Operator::Compared(Ordering::is_le)),
        Some("gt") => Some(Operator::Compared(Ordering::is_gt)),
        Some("lt") => Some(Operator::Compared(Ordering::is_lt)),
        Some(_) => return None,
    };
    parts.next().is_none().then_some((name, operator))
}

/// Compares as the key says. A pattern brings an operator of its own, and two of them make no statement.
fn matches_with(cell: Cell<'_>, operator: Option<Operator>, pattern: &Pattern) -> Result<bool, Refusal> {
    match (operator, pattern) {
        (None, pattern) => matches(cell, pattern),
        (Some(_), Pattern::AllOf(_)) => Ok(true),
        (Some(Operator::Exact | Operator::In), Pattern::Exact(text)) => equals(cell, text),
        (Some(Operator::Contains), Pattern::Exact(text)) => Ok(contains(cell, text)),
        (Some(Operator::Compared(fits)), Pattern::Exact(text)) => compare_text(cell, text).map(fits),
        (Some(_), _) => Err(Refusal::internal("two operators for one key")),
    }
}

fn matches(cell: Cell<'_>, pattern: &Pattern) -> Result<bool, Refusal> {
    match pattern {
        Pattern::Exact(text) => equals(cell, text),
        Pattern::Fuzzy(part) => Ok(contains(cell, part)),
        Pattern::Range(minimum, maximum) => {
            let above = match minimum {
                Some(bound) => compare_scalar(cell, bound)? != Ordering::Less,
                None => true,
            };
            let below = match maximum {
                Some(bound) => compare_scalar(cell, bound)? != Ordering::Greater,
                None => true,
            };
            Ok(above && below)
        }
        Pattern::AnyOf(members) => {
            // All of them, because one of the wrong type spoils the statement wherever it stands.
            let mut found = false;
            for member in members {
                found |= compare_scalar(cell, member)? == Ordering::Equal;
            }
            Ok(found)
        }
        // Only the lists that know what to do with it take this pattern out before; for the others
        // it is not there.
        Pattern::AllOf(_) => Ok(true),
    }
}

fn contains(cell: Cell<'_>, part: &str) -> bool {
    let text = match cell {
        Cell::Text(text) => text.to_lowercase(),
        Cell::Integer(number) => number.to_string(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Time(time) => time::database_text(&time),
    };
    text.contains(&part.to_lowercase())
}

fn equals(cell: Cell<'_>, text: &str) -> Result<bool, Refusal> {
    compare_text(cell, text).map(Ordering::is_eq)
}

/// The exact form is text, which the database converts to the type of the column.
fn compare_text(cell: Cell<'_>, text: &str) -> Result<Ordering, Refusal> {
    let ordering = match cell {
        Cell::Text(own) => Some(own.cmp(text)),
        Cell::Integer(number) => text.trim().parse().ok().map(|other: i64| number.cmp(&other)),
        Cell::Boolean(value) => boolean(text).map(|other| value.cmp(&other)),
        Cell::Time(time) => time::from_database_text(text).map(|other| time::compare(&time, &other)),
    };
    ordering.ok_or_else(wrong_type)
}

/// Compares with a member of a range or a list; a number or a time is not converted to text, nor
/// text to a number.
fn compare_scalar(cell: Cell<'_>, scalar: &Scalar) -> Result<Ordering, Refusal> {
    match (cell, scalar) {
        (Cell::Text(text), Scalar::Text(other)) => Ok(text.cmp(other)),
        (Cell::Integer(number), Scalar::Integer(other)) => Ok(number.cmp(other)),
        (Cell::Time(time), Scalar::Time(other)) => Ok(time::compare(&time, other)),
        (Cell::Boolean(_) | Cell::Time(_), Scalar::Text(other)) => compare_text(cell, other),
        _ => Err(wrong_type()),
    }
}

/// Reads what the database takes for a boolean, the beginnings of its words too.
fn boolean(text: &str) -> Option<bool> {
    let text = text.trim().to_lowercase();
    let begins = |word: &str| !text.is_empty() && word.starts_with(&text);
    match text.as_str() {
        "1" | "on" => Some(true),
        "0" | "of" | "off" => Some(false),
        _ if begins("true") || begins("yes") => Some(true),
        _ if begins("false") || begins("no") => Some(false),
        _ => None,
    }
}

/// Refuses what the database does not take for text: a zero, and what was no UTF-8.
fn check_text(pattern: &Pattern) -> Result<(), Refusal> {
    match pattern {
        Pattern::Exact(text) | Pattern::Fuzzy(text) if text.contains(['\0', char::REPLACEMENT_CHARACTER]) => {
            Err(Refusal::internal("the text is none for the database"))
        }
        _ => Ok(()),
    }
}

fn wrong_type() -> Refusal {
    Refusal::internal("the value does not have the type of the column")
}

#[cfg(test)]
mod tests {
    use super::{boolean, column_name};

    #[test]
    fn columns_have_two_names() {
        for (key, name) in [
            ("push_time", "push_time"),
            ("PushTime", "push_time"),
            ("ID", "id"),
            ("RepositoryID", "repository_id"),
            ("hard.storage", "hard.storage"),
        ] {
            assert_eq!(column_name(key), name);
        }
        for key in ["pushTime", "PUSH_TIME", "Push_Time", "Id", "RepositoryId", " id", "é", ""] {
            assert_eq!(column_name(key), key, "no column, so that it is ignored");
        }
    }

    #[test]
    fn booleans_of_the_database() {
        assert_eq!(["t", "TRUE", "y", "on", " 1 "].map(boolean), [Some(true); 5]);
        assert_eq!(["f", "False", "no", "off", "0"].map(boolean), [Some(false); 5]);
        assert_eq!(["", "2", "maybe", "truer"].map(boolean), [None; 4]);
    }
}
