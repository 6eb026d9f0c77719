//! Files that other programs take.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use harbor_ext::chrono::Utc;
use harbor_ext::export::{self, Document};
use harbor_ext::judge::Assessment;

use super::{gate, knowledge, missing};
use crate::arguments::{Export, Format};
use crate::ending::{Ending, Problem};
use crate::output::messages::Messages;
use crate::output::{file, to_standard_output};
use crate::source;

pub(super) async fn run(arguments: Export, messages: Messages) -> Result<Ending, Problem> {
    let is_standard_output = arguments.output == Path::new("-");
    if !is_standard_output {
        file::check(&arguments.output, arguments.force)?;
    }
    let policy = arguments.policy.as_deref().map(gate::read).transpose()?;
    let knowledge = knowledge::read(&arguments.knowledge)?;
    let inventory = source::inventory(&arguments.subjects, messages).await?;
    let assessment = Assessment::new(&inventory, &knowledge, Utc::now());
    let verdict = policy.map(|policy| policy.check(&assessment)).transpose();
    let verdict = verdict.map_err(|error| Problem::usage(error.to_string()))?;
    let mut document = Document::new(&assessment);
    if let Some(verdict) = &verdict {
        document = document.with_verdict(verdict);
    }
    let write = |output: &mut dyn Write| write(arguments.format, &document, output);
    if is_standard_output { to_standard_output(write)? } else { file::write(&arguments.output, write)? }
    assessment.notes().iter().for_each(|note| messages.say(note));
    Ok(missing::tell(&inventory, messages))
}

fn write(format: Format, document: &Document<'_>, output: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    match format {
        Format::Ndjson => export::ndjson::write(document, output)?,
        Format::Csv => export::csv::write(document, output)?,
        _ => todo!(),
    }
    Ok(())
}
