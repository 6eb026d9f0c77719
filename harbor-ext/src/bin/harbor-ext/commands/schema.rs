//! The JSON Schemas of what is written as JSON.

use crate::ending::{Ending, Problem};
use crate::output::to_standard_output;

pub(super) fn run(name: Option<&str>) -> Result<Ending, Problem> {
    let schemas = harbor_ext::schema::all();
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
