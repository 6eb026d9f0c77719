//! The JSON Schemas of what is written as JSON.

use harbor_ext::schema::{self, Schema};

use super::{diff, fixes, report, top};
use crate::ending::{Ending, Problem};
use crate::output::to_standard_output;

pub(super) fn run(name: Option<&str>) -> Result<Ending, Problem> {
    let schemas = all();
    let names = || schemas.iter().map(|(name, _)| *name);
    let Some(name) = name else {
        to_standard_output(|output| Ok(names().try_for_each(|name| writeln!(output, "{name}"))?))?;
        return Ok(Ending::Fine);
    };
    let found = schemas.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    let (_, schema) = found.ok_or_else(|| {
        Problem::usage(format!("there is no schema {name:?}")).help("`harbor-ext schema` lists the names")
    })?;
    to_standard_output(|output| {
        serde_json::to_writer_pretty(&mut *output, schema)?;
        Ok(writeln!(output)?)
    })?;
    Ok(Ending::Fine)
}

/// The schemas of the library and those of what only this program writes, by name.
fn all() -> Vec<(&'static str, Schema)> {
    let mut schemas = schema::all();
    schemas.extend(report::schemas());
    schemas.extend(top::schemas());
    schemas.extend(fixes::schemas());
    schemas.extend(diff::schemas());
    schemas.sort_by_key(|(name, _)| *name);
    schemas
}
