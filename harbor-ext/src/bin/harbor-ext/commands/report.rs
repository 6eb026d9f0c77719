//! The overview.

mod json;
mod text;

use harbor_ext::Inventory;
use harbor_ext::schema::{self, Schema};

use super::missing;
use crate::arguments::Report;
use crate::ending::{Ending, Problem};
use crate::output::messages::Messages;
use crate::output::to_standard_output;
use crate::source;

/// How many of the worst are shown, unless something else is said.
const TOP: usize = 10;

pub(super) async fn run(arguments: Report, messages: Messages) -> Result<Ending, Problem> {
    let inventory = source::inventory(&arguments.subjects, messages).await?;
    let top = arguments.number.get();
    to_standard_output(|output| {
        if arguments.json { json::write(output, &inventory, top) } else { text::write(output, &inventory, top) }
    })?;
    Ok(missing::tell(&inventory, messages))
}

/// The overview for people.
pub(super) fn show(inventory: &Inventory) -> Result<(), Problem> {
    to_standard_output(|output| text::write(output, inventory, TOP))
}

/// What is written as JSON.
pub(super) fn schemas() -> [(&'static str, Schema); 1] {
    [schema::of::<json::Overview<'_>>("Overview")]
}
