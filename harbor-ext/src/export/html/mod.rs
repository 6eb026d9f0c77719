//! One page that shows everything, for people who have nothing but a browser.

mod chart;
mod data;
mod page;
mod policy;
mod trends;

use std::fmt::{self, Write};
use std::io;

use askama::Template;

use self::page::Page;
use super::overview::Overview;
use super::{Document, ExportError};
use crate::text::{Shown, cut, shown};

/// How many findings and how many images the tables hold at most.
///
/// Ten thousand can be sorted and searched without a delay that anybody notices.
pub const ROW_LIMIT: usize = 10_000;

/// How many lines a list has that is only to show the worst, and one that is to be read as a whole.
const TOP: usize = 15;
const LIST: usize = 100;

/// How long any text is at most, in characters; most are cut before.
const LONGEST: usize = 2000;

/// Writes a page that needs nothing else: charts, tables that can be sorted and searched, and what is missing in the data.
///
/// It loads nothing and sends nothing, and a policy in it forbids the browser to. It has all numbers, and the
/// [`ROW_LIMIT`] worst findings and images; where there are more, it says how many. Links fill the search:
/// `page.html#cve=CVE-2021-44228`, `#package=openssl`, `#image=library/debian` or `#search=anything`. Without JavaScript
/// there is the beginning of each table. It prints on A4.
///
/// Whatever comes from a registry is shown as text. Characters that cannot be seen or turn the direction of writing are
/// shown by their numbers, and long texts are cut with a mark. The same document always gives the same page.
///
/// # Errors
///
/// Where the output fails.
pub fn write(document: &Document<'_>, mut output: impl io::Write) -> Result<(), ExportError> {
    let overview = Overview::new(document, ROW_LIMIT, LIST);
    Page::new(&overview)?.write_into(&mut output)?;
    Ok(output.flush()?)
}

/// How the templates write everything that is not their own: as text of HTML in which everything can be seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisibleHtml;

impl askama::filters::Escaper for VisibleHtml {
    fn write_escaped_str<W: Write>(&self, mut output: W, text: &str) -> fmt::Result {
        cut(text, LONGEST).chars().try_for_each(|character| match shown(character) {
            Shown::Plain('<') => output.write_str("&lt;"),
            Shown::Plain('>') => output.write_str("&gt;"),
            Shown::Plain('&') => output.write_str("&amp;"),
            Shown::Plain('"') => output.write_str("&quot;"),
            Shown::Plain('\'') => output.write_str("&#39;"),
            shown => write!(output, "{shown}"),
        })
    }
}

#[cfg(test)]
mod tests;
