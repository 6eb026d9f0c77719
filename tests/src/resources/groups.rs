//! User groups, of which a registry with local users has none.

use crate::http::{Call, Outcome};
use crate::wire::rows::Selection;

/// Lists the groups.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.permit_system("user-group:list")?;
    none(call)
}

/// Finds groups by a part of their name.
pub(crate) fn search(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    none(call)
}

fn none(call: &Call<'_>) -> Outcome {
    let selection = Selection::without_query(call.asked.parameters);
    call.list_with_links_if_any::<()>(&[], 0, selection.page)
}
