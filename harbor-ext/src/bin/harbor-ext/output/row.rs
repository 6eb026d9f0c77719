//! Rows of the program's own listings.

use harbor_ext::chrono::{DateTime, Utc};
use harbor_ext::export::rows::Cell;
use harbor_ext::model::Severity;

/// Makes a row of a struct, whose fields are its columns: in JSON, NDJSON and CSV they have the same names.
macro_rules! row {
    ($(#[$meta:meta])* struct $name:ident<'a> { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, ::serde::Serialize, ::schemars::JsonSchema)]
        pub(super) struct $name<'a> { $($(#[$field_meta])* pub(super) $field: $type,)+ }

        impl ::harbor_ext::export::rows::Row for $name<'_> {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            fn cells(&self) -> impl Iterator<Item = ::harbor_ext::export::rows::Cell<'_>> {
                [$($crate::output::row::ToCell::to_cell(&self.$field)),+].into_iter()
            }
        }
    };
}

pub(crate) use row;

/// What can stand in a column.
pub(crate) trait ToCell {
    fn to_cell(&self) -> Cell<'_>;
}

macro_rules! to_cell {
    ($($type:ty),+) => {
        $(impl ToCell for $type {
            fn to_cell(&self) -> Cell<'_> {
                (*self).into()
            }
        })+
    };
}

to_cell!(&str, usize, f64, bool, DateTime<Utc>);

impl ToCell for String {
    fn to_cell(&self) -> Cell<'_> {
        self.as_str().into()
    }
}

impl ToCell for Severity {
    fn to_cell(&self) -> Cell<'_> {
        self.as_str().into()
    }
}

impl ToCell for Vec<&str> {
    fn to_cell(&self) -> Cell<'_> {
        self.as_slice().into()
    }
}

impl ToCell for Vec<String> {
    fn to_cell(&self) -> Cell<'_> {
        self.as_slice().into()
    }
}

impl<T: ToCell> ToCell for Option<T> {
    fn to_cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Unknown, ToCell::to_cell)
    }
}
